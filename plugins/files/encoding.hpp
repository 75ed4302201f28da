#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace files {

enum class Encoding : std::uint8_t {
    Utf8,
    Utf16,  ///< a byte order mark says in which order
    Utf16Le,
    Utf16Be,
    Latin1,
    Latin9,
    Windows1252,
};

/// "utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "iso-8859-15", "windows-1252".
std::optional<Encoding> encoding_named(std::string_view name);
std::string_view name_of(Encoding encoding);
/// All names, for messages: "utf-8, utf-16, …".
std::string encoding_names();

/// A place that cannot be decoded.
struct BadByte {
    std::size_t in_text = 0;  ///< offset in the decoded text
    std::size_t in_file = 0;  ///< of its first byte, from 1
};

/// A whole file as UTF-8, without its byte order mark.
struct Decoded {
    std::string text;          ///< not well-formed at the bad bytes
    std::vector<BadByte> bad;  ///< in their order, the first of each line

    /// The bad byte in text [begin, end), if there is one.
    const BadByte* bad_in(std::size_t begin, std::size_t end) const;
};

/// Throws Failure (INVALID) for bytes that are no text of this encoding as a whole: UTF-16 with
/// half a unit, without the byte order mark it needs, or with that of another encoding.
Decoded decoded(std::string bytes, Encoding encoding);

/// Well-formed UTF-8 in another encoding, without a byte order mark. Nothing when it has a
/// character that the encoding lacks.
std::optional<std::string> encoded(std::string_view text, Encoding encoding);

/// What a file begins with.
std::string_view byte_order_mark(Encoding encoding);

/// The number of characters of well-formed UTF-8. A byte that is none counts as one.
std::size_t length_in_characters(std::string_view text);
/// The offset of each character of a text, and its size at the end.
std::vector<std::size_t> character_offsets(std::string_view text);

}  // namespace files
