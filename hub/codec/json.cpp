#include "codec/json.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

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

/// Makes a document of the parser's events, and watches for keys that occur twice. The library's
/// own way of watching makes a value of each key, and costs three times as much.
class Builder {
public:
    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(std::int64_t value) { return put(value); }
    bool number_unsigned(std::uint64_t value) { return put(value); }
    bool number_float(double value, const std::string&) { return put(value); }
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(Json::binary_t&) { return false; }
    bool start_object(std::size_t) { return open(Json::value_t::object); }
    bool start_array(std::size_t) { return open(Json::value_t::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        Level& level = levels_.back();
        if (!twice && has(level, name)) twice = name;
        key_ = std::move(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
        const bool is_syntax = dynamic_cast<const Json::parse_error*>(&error) != nullptr;
        problem =
            is_syntax ? "invalid at byte " + std::to_string(position) : "a number is out of range";
        return false;
    }

    Json root;
    std::string problem;
    std::optional<std::string> twice;

private:
    /// An object or a list that has not ended. It stays where it is: nothing is added to what holds
    /// it before it ends.
    struct Level {
        Json* value = nullptr;
        std::set<std::string, std::less<>> keys;  ///< of an object with many
    };
    using Members = std::vector<std::pair<const std::string, Json>>;

    static bool has(Level& level, const std::string& name) {
        constexpr std::size_t kFew = 32;
        const Members& members = level.value->get_ref<Json::object_t&>();
        if (members.size() >= kFew && level.keys.empty()) {
            for (const auto& [known, value] : members)
                level.keys.insert(known);
        }
        if (members.size() >= kFew) return !level.keys.insert(name).second;
        return std::any_of(members.begin(), members.end(), [&](const auto& member) {
            return member.first == name;
        });
    }
    template <class Value>
    Json* add(Value&& value) {
        if (levels_.empty()) {
            root = Json(std::forward<Value>(value));
            return &root;
        }
        Json& into = *levels_.back().value;
        if (into.is_array())
            return &into.get_ref<Json::array_t&>().emplace_back(std::forward<Value>(value));
        Members& members = into.get_ref<Json::object_t&>();
        return &members.emplace_back(std::move(key_), Json(std::forward<Value>(value))).second;
    }
    template <class Value>
    bool put(Value&& value) {
        add(std::forward<Value>(value));
        return true;
    }
    bool open(Json::value_t type) {
        levels_.push_back({add(type), {}});
        return true;
    }
    bool close() {
        levels_.pop_back();
        return true;
    }

    std::vector<Level> levels_;
    std::string key_;
};

Result<Json> parse(std::string_view text, const JsonLimits& limits, Comments comments) {
    if (text.size() > limits.bytes)
        return malformed("longer than " + std::to_string(limits.bytes) + " bytes");
    if (!is_utf8(text)) return malformed("not well-formed UTF-8");
    // The parser would take it for the end and never look at what follows.
    if (text.find('\0') != std::string_view::npos) return malformed("holds a NUL byte");
    if (is_deeper_than(text, limits.depth, comments))
        return malformed("nested deeper than " + std::to_string(limits.depth) + " levels");
    Builder builder;
    const bool is_whole = Json::sax_parse(
        text, &builder, Json::input_format_t::json, true, comments == Comments::Allowed
    );
    if (!is_whole) return malformed(std::move(builder.problem));
    if (builder.twice)
        return malformed("the key \"" + *builder.twice + "\" occurs twice in one object");
    return std::move(builder.root);
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
