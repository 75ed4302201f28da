#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"

#include <string>
#include <string_view>

namespace syncline::codec {

/// A JSON document with comments in which one member has another value, every other byte as its
/// author left it: for files that people write. `object`: JSON Pointer (RFC 6901) of the object. A
/// member that is there gets the value in its place; a new one comes last, indented as its
/// neighbours are. NotFound when there is no such object; PayloadMalformed when `text` does not
/// parse.
Result<std::string> set_member(
    std::string_view text, const std::string& object, const std::string& key, const Json& value
);

/// The same with an item added to the end of a list.
Result<std::string> append_item(std::string_view text, const std::string& list, const Json& value);

}  // namespace syncline::codec
