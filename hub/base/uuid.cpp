#include "base/uuid.hpp"

#include <algorithm>

namespace syncline {

std::array<std::uint8_t, 16> mint_uuid(Timestamp at, Random& random) {
    std::array<std::uint8_t, 16> raw{};
    random.fill(raw);
    auto ms = static_cast<std::uint64_t>(to_unix_ms(at));
    for (std::size_t i = 6; i-- > 0;) {
        raw[i] = static_cast<std::uint8_t>(ms & 255U);
        ms >>= 8U;
    }
    raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0FU) | 0x70U);
    raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3FU) | 0x80U);
    return raw;
}

std::string uuid_text(const std::array<std::uint8_t, 16>& raw) {
    std::string text = to_hex(raw);
    for (const std::size_t dash : {8U, 13U, 18U, 23U})
        text.insert(dash, 1, '-');
    return text;
}

std::optional<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) {
        return c != '-';
    });
    const auto bytes = from_hex(digits);
    if (!bytes || bytes->size() != 16) return std::nullopt;
    std::array<std::uint8_t, 16> raw{};
    std::copy(bytes->begin(), bytes->end(), raw.begin());
    return raw;
}

}  // namespace syncline
