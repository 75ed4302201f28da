#pragma once

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace syncline::codec {

/// A JSON document that keeps the order of its keys. For the edges only: protocols, configuration
/// and output; nothing inside the hub passes documents around.
using Json = nlohmann::ordered_json;

struct JsonLimits {
    std::size_t bytes = std::size_t{16} << 20U;
    std::size_t depth = 64;
};

/// Parses JSON from outside. PayloadMalformed, with the byte offset, for anything RFC 8259 does not
/// allow, for malformed UTF-8, for a key that occurs twice in one object, and beyond the limits.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// The same for files that people write: // and /* */ comments are allowed.
Result<Json> parse_json_with_comments(std::string_view text, const JsonLimits& limits = {});

/// One line of text; malformed UTF-8 is replaced, never thrown about.
std::string to_line(const Json& json);
/// Indented, for people.
std::string to_pretty(const Json& json);

}  // namespace syncline::codec
