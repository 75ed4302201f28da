#include "app/settings_form.hpp"

#include "app/output.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

const Json& member(const Json& object, const char* key) {
    static const Json nothing = Json::object();
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

bool has_type(const Json& schema, std::string_view type) {
    const Json& said = member(schema, "type");
    if (said.is_string()) return said.get<std::string>() == type;
    return said.is_array() && std::find(said.begin(), said.end(), type) != said.end();
}

bool is_required(const Json& schema, const std::string& key) {
    const Json& list = member(schema, "required");
    return list.is_array() && std::find(list.begin(), list.end(), key) != list.end();
}

std::string title_of(const Json& schema, const std::string& key) {
    return schema.value("title", key);
}

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// A text as the schema wants it; nothing when it cannot be that.
std::optional<Json> typed(const Json& schema, const std::string& text) {
    if (const Json& words = member(schema, "enum"); words.is_array()) {
        if (std::find(words.begin(), words.end(), text) == words.end()) return std::nullopt;
        return Json(text);
    }
    if (has_type(schema, "object")) {
        const auto parsed = codec::parse_json(text);
        if (!parsed || !parsed->is_object()) return std::nullopt;
        return *parsed;
    }
    if (has_type(schema, "array") && (!has_type(schema, "string") || text.find(',') != text.npos))
        return Json(comma_separated(text));
    if (has_type(schema, "integer")) {
        const auto number = whole_number(text);
        return number ? std::optional<Json>(*number) : std::nullopt;
    }
    if (has_type(schema, "boolean")) {
        if (text == "true" || text == "yes" || text == "y") return Json(true);
        if (text == "false" || text == "no" || text == "n") return Json(false);
        return std::nullopt;
    }
    return Json(text);
}

std::string expected(const Json& schema) {
    if (const Json& words = member(schema, "enum"); words.is_array()) {
        std::string list;
        for (const Json& word : words)
            list += (list.empty() ? "" : ", ") + word.get<std::string>();
        return "one of " + list + " is meant";
    }
    if (has_type(schema, "integer")) return "a whole number is meant";
    if (has_type(schema, "boolean")) return "yes or no is meant";
    if (has_type(schema, "object")) return "a JSON object is meant";
    return "something is meant";
}

class Form {
public:
    Form(Dialog& dialog, std::string entity, const KeepSecret& keep_secret)
        : dialog_(dialog), entity_(std::move(entity)), keep_secret_(keep_secret) {}

    Result<Json> ask(const Json& schema, const std::string& path) {
        if (has_type(schema, "object")) return ask_object(schema, path);
        return ask_value(schema, path, true);
    }

private:
    static std::string below(const std::string& path, const std::string& key) {
        return path.empty() ? key : path + "." + key;
    }

    Result<Json> ask_object(const Json& schema, const std::string& path) {
        const Json& properties = member(schema, "properties");
        Json object = Json::object();
        if (properties.empty() && member(schema, "additionalProperties").is_object()) {
            SYNCLINE_TRY(
                object[entity_], ask(schema["additionalProperties"], below(path, entity_))
            );
            return object;
        }
        if (schema.value("maxProperties", 0) == 1 && !properties.empty()) {
            SYNCLINE_TRY(const std::string chosen, choose_property(schema, properties, path));
            SYNCLINE_TRY(object[chosen], ask(properties[chosen], below(path, chosen)));
            return object;
        }
        std::vector<std::string> optional;
        for (const auto& [key, part] : properties.items()) {
            if (!is_required(schema, key) && part.value("x-secret", false) == false) {
                optional.push_back(key);
                continue;
            }
            SYNCLINE_TRY(const Json value, ask_member(part, below(path, key), true));
            if (!value.is_null()) object[key] = value;
        }
        if (optional.empty()) return object;
        std::string list;
        for (const std::string& key : optional)
            list += (list.empty() ? "" : ", ") + key;
        SYNCLINE_TRY(
            const bool more,
            dialog_.confirm(
                "More settings" + (path.empty() ? "" : " of " + path) + " (" + list + ")?", false
            )
        );
        for (std::size_t i = 0; more && i < optional.size(); ++i) {
            SYNCLINE_TRY(
                const Json value,
                ask_member(properties[optional[i]], below(path, optional[i]), false)
            );
            if (!value.is_null()) object[optional[i]] = value;
        }
        return object;
    }

    Result<std::string> choose_property(
        const Json& schema, const Json& properties, const std::string& path
    ) {
        std::vector<std::pair<std::string, std::string>> options;
        for (const auto& [key, part] : properties.items())
            options.emplace_back(key, title_of(part, ""));
        return dialog_.choose(title_of(schema, path), options);
    }

    /// Null for what was left out.
    Result<Json> ask_member(const Json& schema, const std::string& path, bool is_needed) {
        if (!has_type(schema, "object")) return ask_value(schema, path, is_needed);
        if (is_needed) return ask(schema, path);
        SYNCLINE_TRY(
            const bool wanted, dialog_.confirm(title_of(schema, path) + ": set it?", false)
        );
        if (!wanted) return Json();
        return ask(schema, path);
    }

    Result<Json> ask_value(const Json& schema, const std::string& path, bool is_needed) {
        const std::string question = title_of(schema, path) + " (" + path + ")";
        if (schema.value("x-secret", false)) return ask_secret(question, path);
        const Json& standard = member(schema, "default");
        const std::string otherwise = standard.is_string()      ? standard.get<std::string>()
                                      : standard.is_primitive() ? standard.dump()
                                                                : "";
        const bool insists = is_needed && otherwise.empty();
        SYNCLINE_TRY(
            const std::string answer,
            dialog_.ask(
                question + (has_type(schema, "array") ? ", separated by commas" : ""),
                otherwise,
                [&](const std::string& given) -> std::string {
                    if (given.empty()) return insists ? "this one is needed" : "";
                    return typed(schema, given) ? "" : expected(schema);
                }
            )
        );
        if (answer.empty()) return Json();
        return *typed(schema, answer);
    }

    Result<Json> ask_secret(const std::string& question, const std::string& path) {
        SYNCLINE_TRY(
            const std::string where,
            dialog_.ask(
                question + ": where is it kept? env:NAME, file:PATH, credential:NAME; - for none; "
                           "empty to type it",
                "",
                [](const std::string& given) -> std::string {
                    const bool is_reference = given.starts_with("env:") ||
                                              given.starts_with("file:") ||
                                              given.starts_with("credential:");
                    return given.empty() || given == "-" || is_reference
                               ? ""
                               : "a secret does not stand in the configuration; name where it is "
                                 "kept";
                }
            )
        );
        if (where == "-") return Json();
        if (!where.empty()) return Json{{"$secret", where}};
        SYNCLINE_TRY(const std::string secret, dialog_.ask_secret("  " + question));
        if (secret.empty()) return Json();
        SYNCLINE_TRY(const std::string reference, keep_secret_(path, secret));
        return Json{{"$secret", reference}};
    }

    Dialog& dialog_;
    const std::string entity_;
    const KeepSecret& keep_secret_;
};

Error no_setting(const std::string& path, const std::string& key, const Json& properties) {
    std::vector<std::string> known;
    for (const auto& [name, part] : properties.items())
        known.push_back(name);
    const std::string near = nearest(key, known);
    std::string list;
    for (const std::string& name : known)
        list += (list.empty() ? "" : ", ") + name;
    return {
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        "--set " + path,
        "the connector has no setting \"" + key + "\" there" +
            (near.empty() ? "; there are " + list : "; did you mean \"" + near + "\"?")};
}

}  // namespace

std::vector<std::string> comma_separated(const std::string& text) {
    std::vector<std::string> words;
    for (const std::string_view part : split(text, ',')) {
        if (!trimmed(part).empty()) words.emplace_back(trimmed(part));
    }
    return words;
}

Result<Json> ask_settings(
    Dialog& dialog, const Json& schema, const std::string& entity, const KeepSecret& keep_secret
) {
    return Form(dialog, entity, keep_secret).ask(schema, "");
}

Result<void> set_setting(Json& settings, const Json& schema, const std::string& assignment) {
    const std::size_t at = assignment.find('=');
    if (at == std::string::npos || at == 0) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            "--set " + assignment,
            "a setting is set as NAME=VALUE: --set database.sqlite=erp.db"};
    }
    const std::string path = assignment.substr(0, at);
    const std::string text = assignment.substr(at + 1);
    const Json* described = &schema;
    Json* place = &settings;
    for (const std::string_view step : split(path, '.')) {
        const std::string key(step);
        const Json& properties = member(*described, "properties");
        const Json& others = member(*described, "additionalProperties");
        if (properties.contains(key))
            described = &properties[key];
        else if (others.is_object() && !others.empty())
            described = &others;
        else
            return no_setting(path, key, properties);
        if (!place->is_object()) *place = Json::object();
        place = &(*place)[key];
    }
    if (described->value("x-secret", false)) {
        *place = Json{{"$secret", text}};
        return {};
    }
    auto value = typed(*described, text);
    if (!value) {
        return Error{
            ErrorCode::UsageInvalid, Remedy::Reject, "--set " + path, expected(*described)};
    }
    *place = *std::move(value);
    return {};
}

}  // namespace syncline::app
