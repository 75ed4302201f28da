#pragma once

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

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

/// The whole number that a member of an object holds; `otherwise` when it is not there. Throws
/// Json::exception for what is no whole number of this type: the parser's own conversion would cut
/// it, and has no meaning at all for 1e300.
template <class Number>
Number number_or(const Json& object, const char* key, Number otherwise) {
    const auto wrong = [](const char* what, const Json& json) {
        return Json::type_error::create(302, what, &json);
    };
    if (!object.is_object()) throw wrong("no object", object);
    const auto found = object.find(key);
    if (found == object.end()) return otherwise;
    if (found->is_number_unsigned()) {
        const auto number = found->template get<std::uint64_t>();
        if (std::in_range<Number>(number)) return static_cast<Number>(number);
    } else if (found->is_number_integer()) {
        const auto number = found->template get<std::int64_t>();
        if (std::in_range<Number>(number)) return static_cast<Number>(number);
    }
    throw wrong("no whole number in range", *found);
}

/// One line of text; malformed UTF-8 is replaced, never thrown about.
std::string to_line(const Json& json);
/// One line with room, as people write it: { "policy": "newest", "systems": ["erp"] }.
std::string to_spaced_line(const Json& json);
/// Indented, for people.
std::string to_pretty(const Json& json);

}  // namespace syncline::codec
