#include "codec/json.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

using Event = Json::parse_event_t;

enum class Comments : bool { Refused, Allowed };

Error malformed(std::string detail) {
    return {ErrorCode::PayloadMalformed, Remedy::Quarantine, "JSON", std::move(detail)};
}

/// The end of the comment that begins at `at`; `at` when none does.
std::size_t skip_comment(std::string_view text, std::size_t at) {
    if (at >= text.size()) return at;
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("//")) return std::min(text.find_first_of("\r\n", at), text.size());
    if (!rest.starts_with("/*")) return at;
    const auto end = text.find("*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
}

/// Nesting is counted before parsing: the parser itself would recurse when it destroys a deep
/// document.
bool is_deeper_than(std::string_view text, std::size_t limit, Comments comments) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!in_string && comments == Comments::Allowed) {
            for (std::size_t end = skip_comment(text, i); end != i; end = skip_comment(text, i))
                i = end;
            if (i >= text.size()) break;
        }
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > limit) return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

Result<Json> parse(std::string_view text, const JsonLimits& limits, Comments comments) {
    if (text.size() > limits.bytes)
        return malformed("longer than " + std::to_string(limits.bytes) + " bytes");
    if (!is_utf8(text)) return malformed("not well-formed UTF-8");
    // The parser would take it for the end and never look at what follows.
    if (text.find('\0') != std::string_view::npos) return malformed("holds a NUL byte");
    if (is_deeper_than(text, limits.depth, comments))
        return malformed("nested deeper than " + std::to_string(limits.depth) + " levels");
    std::vector<std::set<std::string>> keys;
    std::optional<std::string> twice;
    const auto watch = [&](int, Event event, Json& value) {
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key && !keys.back().insert(value.get<std::string>()).second)
            twice = value.get<std::string>();
        return true;
    };
    try {
        Json json = Json::parse(text, watch, true, comments == Comments::Allowed);
        if (twice) return malformed("the key \"" + *twice + "\" occurs twice in one object");
        return json;
    } catch (const Json::parse_error& error) {
        return malformed("invalid at byte " + std::to_string(error.byte));
    } catch (const Json::exception&) {
        return malformed("a number is out of range");
    }
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    return parse(text, limits, Comments::Refused);
}

Result<Json> parse_json_with_comments(std::string_view text, const JsonLimits& limits) {
    return parse(text, limits, Comments::Allowed);
}

std::string to_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_spaced_line(const Json& json) {
    if (!json.is_structured() || json.empty()) return to_line(json);
    const bool is_object = json.is_object();
    std::string text = is_object ? "{ " : "[";
    bool is_first = true;
    for (const auto& [key, value] : json.items()) {
        if (!is_first) text += ", ";
        is_first = false;
        if (is_object) text += to_line(Json(key)) + ": ";
        text += to_spaced_line(value);
    }
    return text + (is_object ? " }" : "]");
}

std::string to_pretty(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace syncline::codec
