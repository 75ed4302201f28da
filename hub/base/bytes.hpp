#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The bytes of a text, borrowed.
ByteView bytes_of(std::string_view text) noexcept;
/// The bytes as text, borrowed.
std::string_view text_of(ByteView bytes) noexcept;

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);
/// Reads hexadecimal of either case; nothing when a character or the length is wrong.
std::optional<Bytes> from_hex(std::string_view text);

/// Base64 of RFC 4648 section 4, padded.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace syncline
