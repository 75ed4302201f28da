#include "wide_text.hpp"

#include <cstddef>
#include <cstdint>

namespace sql {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstBeyond = 0x10000;
constexpr char32_t kLast = 0x10FFFF;
constexpr char32_t kHighFirst = 0xD800;
constexpr char32_t kLowFirst = 0xDC00;
constexpr char32_t kLowLast = 0xDFFF;

/// The character at `at`, which moves behind it.
char32_t next_of(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80U) return lead;
    const std::size_t more = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : 1;
    if (lead < 0xC2U || lead > 0xF4U) return kReplacement;
    char32_t whole = lead & (0x3FU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U)
            return kReplacement;
        whole = (whole << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    }
    const bool is_half = whole >= kHighFirst && whole <= kLowLast;
    return is_half || whole > kLast ? kReplacement : whole;
}

void append(std::string& out, char32_t whole) {
    const auto tail = [&](unsigned shift) {
        out += static_cast<char>(0x80U | ((whole >> shift) & 0x3FU));
    };
    if (whole < 0x80U) {
        out += static_cast<char>(whole);
    } else if (whole < 0x800U) {
        out += static_cast<char>(0xC0U | (whole >> 6U));
        tail(0);
    } else if (whole < kFirstBeyond) {
        out += static_cast<char>(0xE0U | (whole >> 12U));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | (whole >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace

std::u16string wide(std::string_view text) {
    std::u16string out;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t whole = next_of(text, at);
        if (whole < kFirstBeyond) {
            out += static_cast<char16_t>(whole);
            continue;
        }
        const char32_t rest = whole - kFirstBeyond;
        out += static_cast<char16_t>(kHighFirst + (rest >> 10U));
        out += static_cast<char16_t>(kLowFirst + (rest & 0x3FFU));
    }
    return out;
}

std::optional<std::string> narrow(std::u16string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char32_t half = text[at];
        if (half < kHighFirst || half > kLowLast) {
            append(out, half);
            continue;
        }
        const bool has_pair = half < kLowFirst && at + 1 < text.size() &&
                              text[at + 1] >= kLowFirst && text[at + 1] <= kLowLast;
        if (!has_pair) return std::nullopt;
        append(out, kFirstBeyond + ((half - kHighFirst) << 10U) + (text[++at] - kLowFirst));
    }
    return out;
}

}  // namespace sql
