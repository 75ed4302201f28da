#include "app/record_json.hpp"

#include "base/text.hpp"

namespace syncline::app {
namespace {

using codec::Json;

Json text_or_null(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

void put(Json& onto, const std::string& path, Json value) {
    Json* at = &onto;
    for (const std::string_view step : split(path, '.'))
        at = &(*at)[std::string(step)];
    *at = std::move(value);
}

}  // namespace

Json value_json(const Field& field, const FieldValue& value) {
    if (!field.is_composite()) return value.parts.empty() ? Json() : text_or_null(value.parts[0]);
    Json object = Json::object();
    for (std::size_t i = 0; i < field.parts.size() && i < value.parts.size(); ++i) {
        if (value.parts[i]) object[field.parts[i].name] = *value.parts[i];
    }
    return object.empty() ? Json(nullptr) : object;
}

std::string value_text(const FieldValue& value) {
    std::string text;
    for (const auto& part : value.parts) {
        if (part) text += (text.empty() ? "" : ", ") + *part;
    }
    return text.empty() ? "(cleared)" : text;
}

Json customer_json(const Customer& customer, const FieldTable& fields) {
    Json record = Json::object();
    record["id"] = to_text(customer.id);
    for (const auto& [id, state] : customer.fields) {
        if (const Field* field = fields.find(id))
            put(record, field->path, value_json(*field, state.value));
    }
    return record;
}

std::string name_of(const Customer& customer, const FieldTable& fields) {
    const Field* field = fields.find("name");
    const FieldState* state = field == nullptr ? nullptr : customer.fields.find(field->id);
    if (state == nullptr || state->value.is_cleared()) return {};
    return state->value.parts.front().value_or("");
}

Json origin_json(const Origin& origin) {
    switch (origin.kind) {
        case Origin::Kind::System:
            return Json{{"system", origin.name}};
        case Origin::Kind::User:
            return Json{{"user", origin.name}};
        case Origin::Kind::Rule:
            return Json{{"rule", origin.name}};
    }
    return nullptr;
}

std::string origin_text(const Origin& origin) {
    return origin.kind == Origin::Kind::User ? "user " + origin.name : origin.name;
}

Json interval_json(const EditInterval& interval) {
    Json json = Json::object();
    json["earliest"] =
        interval.earliest == Timestamp{} ? Json() : Json(to_rfc3339(interval.earliest));
    json["latest"] = to_rfc3339(interval.latest);
    return json;
}

std::string interval_text(const EditInterval& interval) {
    if (interval.earliest == Timestamp{}) return "before " + to_rfc3339(interval.latest);
    return "between " + to_rfc3339(interval.earliest) + " and " + to_rfc3339(interval.latest);
}

}  // namespace syncline::app
