#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::codec {

/// The first thing that keeps a text from being JSON with comments, for the person who wrote it.
struct JsonFlaw {
    std::size_t line = 1;
    std::size_t column = 1;  ///< in characters
    std::string detail;      ///< "expected \",\" or \"}\", found a text"; no value of the file
};

/// Finds the flaw of a text that parse_json_with_comments refuses, below its limit of bytes.
/// Nothing for a text that it takes.
std::optional<JsonFlaw> find_flaw(std::string_view text, std::size_t depth_limit);

}  // namespace syncline::codec
