#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

/// Without ASCII white space at either end.
std::string_view trimmed(std::string_view text) noexcept;
/// ASCII letters lowered; other bytes as they are.
std::string ascii_lower(std::string_view text);
/// Split at every `separator`; an empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
/// True when the bytes are well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text) noexcept;
/// Number of code points of well-formed UTF-8.
std::size_t count_characters(std::string_view text) noexcept;
/// The longest prefix of at most `limit` code points.
std::string_view first_characters(std::string_view text, std::size_t limit) noexcept;
/// The longest prefix of at most `limit` bytes that ends at a code point.
std::string_view first_bytes(std::string_view text, std::size_t limit) noexcept;
/// The candidate nearest to `word` by edit distance, or empty when none is near: for "did you
/// mean".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace syncline
