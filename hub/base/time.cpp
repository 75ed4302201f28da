#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace syncline {
namespace {

namespace chrono = std::chrono;

/// Takes `digits` decimal digits off the front; nothing when there are fewer.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
    if (error != std::errc{} || end != text.data() + digits || text[0] == '-') return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<chrono::milliseconds> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return chrono::milliseconds{0};
    int ms = 0;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 3) ms = ms * 10 + (text.front() - '0');
        ++digits;
        text.remove_prefix(1);
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (std::size_t i = digits; i < 3; ++i)
        ms *= 10;
    return chrono::milliseconds{ms};
}

std::optional<chrono::minutes> take_offset(std::string_view& text) {
    if (take(text, 'Z') || take(text, 'z')) return chrono::minutes{0};
    const bool east = take(text, '+');
    if (!east && !take(text, '-')) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || !take(text, ':')) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const chrono::minutes offset{*hours * 60 + *minutes};
    return east ? offset : -offset;
}

}  // namespace

std::string to_rfc3339(Timestamp at) {
    const auto day = chrono::floor<chrono::days>(at);
    const chrono::year_month_day date{day};
    const chrono::hh_mm_ss clock{at - day};
    std::array<char, 40> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count())
    );
    return text.data();
}

std::string to_file_stamp(Timestamp at) {
    std::string text;
    for (const char c : to_rfc3339(at).substr(0, sizeof "2026-03-01T09:30:00" - 1)) {
        if (c != '-' && c != ':') text += c;
    }
    return text + "Z";
}

std::optional<Timestamp> from_rfc3339(std::string_view text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const auto second = take_number(text, 2);
    const auto fraction = take_fraction(text);
    const auto offset = take_offset(text);
    if (!second || !fraction || !offset || !text.empty()) return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;

    const chrono::year_month_day date{
        chrono::year{*year},
        chrono::month{static_cast<unsigned>(*month)},
        chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    const Timestamp at = chrono::sys_days{date} + chrono::hours{*hour} + chrono::minutes{*minute} +
                         chrono::seconds{*second} + *fraction - *offset;
    // The offset can lead out of the years that four digits hold.
    const chrono::year_month_day in_utc{chrono::floor<chrono::days>(at)};
    if (in_utc.year() < chrono::year{0} || in_utc.year() > chrono::year{9999}) return std::nullopt;
    return at;
}

}  // namespace syncline
