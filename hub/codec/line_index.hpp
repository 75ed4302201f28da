#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace syncline::codec {

/// Where a value of a document stands: bytes from its beginning, lines from 1.
struct ValuePlace {
    std::size_t line = 1;   ///< of `begin`
    std::size_t begin = 0;  ///< of the key, for an object member; else as `value`
    std::size_t value = 0;
    std::size_t end = 0;  ///< behind the value
};

/// The place of each value of a JSON document with comments, by JSON Pointer (RFC 6901). @pre
/// `text` parses.
std::map<std::string, ValuePlace> index_places(std::string_view text);

/// Their lines alone.
std::map<std::string, std::size_t> index_lines(std::string_view text);

/// One step of a JSON Pointer: '~' and '/' escaped.
std::string pointer_step(std::string_view key);

}  // namespace syncline::codec
