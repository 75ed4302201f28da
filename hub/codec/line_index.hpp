#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace syncline::codec {

/// On which line (from 1) each value of a JSON document with comments begins, by JSON Pointer
/// (RFC 6901); for object members, the line of the key. @pre `text` parses.
std::map<std::string, std::size_t> index_lines(std::string_view text);

/// One step of a JSON Pointer: '~' and '/' escaped.
std::string pointer_step(std::string_view key);

}  // namespace syncline::codec
