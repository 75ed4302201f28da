#include "odbc_times.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sql {
namespace {

using namespace std::chrono;

constexpr int kMostDigits = 6;

/// So many digits at a place, as a number.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (text.size() < at + digits) return std::nullopt;
    int number = 0;
    const char* const begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, number);
    if (error != std::errc() || end != begin + digits || number < 0) return std::nullopt;
    return number;
}

std::string padded(std::int64_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

}  // namespace

std::optional<Moment> read_moment(const std::string& text) {
    const auto y = number_at(text, 0, 4);
    const auto m = number_at(text, 5, 2);
    const auto d = number_at(text, 8, 2);
    if (!y || !m || !d || text[4] != '-' || text[7] != '-') return std::nullopt;
    const year_month_day date(
        year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))
    );
    if (!date.ok()) return std::nullopt;
    Moment moment = sys_days(date);
    constexpr std::size_t kDateSize = 10;
    if (text.size() == kDateSize) return moment;
    const auto hour = number_at(text, 11, 2);
    const auto minute = number_at(text, 14, 2);
    const auto second = number_at(text, 17, 2);
    if (!hour || !minute || !second || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
    moment += hours(*hour) + minutes(*minute) + seconds(*second);
    constexpr std::size_t kPoint = 19;
    if (text.size() <= kPoint || text[kPoint] != '.') return moment;
    std::int64_t micros = 0;
    std::size_t at = kPoint + 1;
    for (int i = 0; i < kMostDigits; ++i) {
        const bool is_digit = at < text.size() && text[at] >= '0' && text[at] <= '9';
        micros = micros * 10 + (is_digit ? text[at++] - '0' : 0);
    }
    return moment + microseconds(micros);
}

std::string moment_text(Moment moment, int digits) {
    const auto days_of = floor<days>(moment);
    const year_month_day date(days_of);
    const hh_mm_ss time(moment - days_of);
    std::string text = padded(static_cast<int>(date.year()), 4) + "-" +
                       padded(static_cast<unsigned>(date.month()), 2) + "-" +
                       padded(static_cast<unsigned>(date.day()), 2) + " " +
                       padded(time.hours().count(), 2) + ":" + padded(time.minutes().count(), 2) +
                       ":" + padded(time.seconds().count(), 2);
    const auto shown = static_cast<std::size_t>(std::clamp(digits, 0, kMostDigits));
    if (shown > 0) text += "." + padded(time.subseconds().count(), kMostDigits).substr(0, shown);
    return text;
}

}  // namespace sql
