#include "base/bytes.hpp"

#include <array>
#include <cstddef>

namespace syncline {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

ByteView bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(kHexDigits[byte >> 4U]);
        text.push_back(kHexDigits[byte & 15U]);
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::string to_base64(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const std::uint32_t b1 = left > 1 ? bytes[i + 1] : 0U;
        const std::uint32_t b2 = left > 2 ? bytes[i + 2] : 0U;
        const std::uint32_t group = (std::uint32_t{bytes[i]} << 16U) | (b1 << 8U) | b2;
        text.push_back(kBase64Digits[(group >> 18U) & 63U]);
        text.push_back(kBase64Digits[(group >> 12U) & 63U]);
        text.push_back(left > 1 ? kBase64Digits[(group >> 6U) & 63U] : '=');
        text.push_back(left > 2 ? kBase64Digits[group & 63U] : '=');
    }
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        std::size_t padding = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const char c = text[i + k];
            const bool pad_allowed = i + 4 == text.size() && k >= 2;
            if (c == '=' && pad_allowed) {
                ++padding;
                group <<= 6U;
                continue;
            }
            const auto digit = kBase64Digits.find(c);
            if (digit == std::string_view::npos || padding > 0) return std::nullopt;
            group = (group << 6U) | static_cast<std::uint32_t>(digit);
        }
        const std::uint32_t unused = (1U << (8 * padding)) - 1;
        if ((group & unused) != 0) return std::nullopt;  // so that bytes have one text only
        bytes.push_back(static_cast<std::uint8_t>(group >> 16U));
        if (padding < 2) bytes.push_back(static_cast<std::uint8_t>((group >> 8U) & 255U));
        if (padding < 1) bytes.push_back(static_cast<std::uint8_t>(group & 255U));
    }
    return bytes;
}

}  // namespace syncline
