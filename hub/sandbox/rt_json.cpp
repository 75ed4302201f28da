#include "sandbox/rt_json.hpp"

#include "base/text.hpp"

#include <Poco/URI.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace syncline::sandbox {
namespace {

using nlohmann::json;

constexpr int kIndent = 3;  // as Perl's JSON prints
constexpr std::uint32_t kDefaultPerPage = 20;
constexpr std::uint32_t kMostPerPage = 100;

const std::string* find_parameter(const RtParameters& parameters, std::string_view name) {
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& entry) {
        return entry.first == name;
    });
    return found == parameters.end() ? nullptr : &found->second;
}

/// Request Tracker takes what is no positive number for "not said".
std::uint32_t number_of(const std::string* text, std::uint32_t otherwise) {
    if (text == nullptr) return otherwise;
    std::uint32_t number = 0;
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool whole = code == std::errc() && end == text->data() + text->size();
    return whole && number != 0 ? number : otherwise;
}

/// 2026-03-01 09:30:00 -> 2026-03-01T09:30:00Z
std::string w3c(std::string moment) {
    if (moment.size() != 19) return moment;
    moment[10] = 'T';
    return moment + 'Z';
}

/// Perl sees bytes where nlohmann wants UTF-8, so a stray byte must not throw.
std::string text_of(const json& document, int indent) {
    return document.dump(indent, ' ', false, json::error_handler_t::replace);
}

json reference(std::string_view type, const std::string& id, const RtLocation& location) {
    return {
        {"type", type},
        {"id", id},
        {"_url", location.base() + '/' + std::string(type) + '/' + id},
    };
}

json user_link(const std::string& name, const RtLocation& location) {
    return reference("user", name, location);
}

json reference_of(const RtUser& user, const RtLocation& location) {
    return user_link(user.values.find("Name")->second, location);
}

json reference_of(const RtTransaction& transaction, const RtLocation& location) {
    return reference("transaction", std::to_string(transaction.id), location);
}

/// One entry of "fields"; "" for a field that there is none of.
json field_of(const RtUser& user, std::string_view name, const RtLocation& location) {
    if (name == "id") return user.id;
    if (name == "Created") return w3c(user.created);
    if (name == "LastUpdated") return w3c(user.last_updated);
    if (name == "Creator") return user_link(user.creator, location);
    if (name == "LastUpdatedBy") return user_link(user.last_updated_by, location);
    const auto found = user.values.find(name);
    return found == user.values.end() ? json("") : json(found->second);
}

json field_of(const RtTransaction& transaction, std::string_view name, const RtLocation& location) {
    if (name == "id") return std::to_string(transaction.id);
    if (name == "Type") return transaction.type;
    if (name == "Field") return transaction.field;
    if (name == "OldValue") return transaction.old_value;
    if (name == "NewValue") return transaction.new_value;
    if (name == "ObjectType") return transaction.object_type;
    if (name == "ObjectId") return std::to_string(transaction.object_id);
    if (name == "Created") return w3c(transaction.created);
    if (name == "Creator") return user_link(transaction.creator, location);
    return "";
}

std::string page_url(const RtLocation& location, std::uint64_t page) {
    Poco::URI uri(location.server);
    uri.setPath(location.path);
    for (const auto& [name, value] : location.parameters) {
        if (name != "page") uri.addQueryParameter(name, value);
    }
    uri.addQueryParameter("page", std::to_string(page));
    return uri.toString();
}

template <class Row>
std::string collection_json(
    const RtPage<Row>& page, const RtSearch& search, const RtLocation& location
) {
    std::vector<std::string> fields;
    if (const std::string* asked = find_parameter(location.parameters, "fields")) {
        for (const std::string_view field : split(*asked, ','))
            fields.emplace_back(field);
    }
    json items = json::array();
    for (const Row& row : page.rows) {
        json item = reference_of(row, location);
        for (const std::string& field : fields)
            item[field] = field_of(row, field, location);
        items.push_back(std::move(item));
    }
    const std::uint64_t pages = (page.total + search.per_page - 1) / search.per_page;
    json document{
        {"count", page.rows.size()},
        {"total", page.total},
        {"per_page", search.per_page},
        {"page", search.page},
        {"pages", pages},
        {"items", std::move(items)},
    };
    if (search.page < pages) document["next_page"] = page_url(location, search.page + 1);
    if (search.page > 1) {
        const std::uint64_t before = std::min<std::uint64_t>(pages, search.page - 1);
        document["prev_page"] = page_url(location, before);
    }
    return text_of(document, kIndent);
}

Error malformed(std::string message) {
    return {ErrorCode::PayloadMalformed, Remedy::Reject, {}, std::move(message)};
}

Result<json> parse(std::string_view body, json::value_t expected, std::string_view name) {
    json document;
    try {
        document = json::parse(body);
    } catch (const json::parse_error& error) {
        return malformed(std::string("JSON parse error: ") + error.what());
    }
    if (document.type() != expected) return malformed("JSON object must be a " + std::string(name));
    return document;
}

/// Perl does not tell a number from its text.
std::optional<std::string> scalar(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number()) return value.dump();
    return std::nullopt;
}

RtLimit limit_of(const json& entry) {
    RtLimit limit;
    const auto text = [&](const char* name, std::string otherwise) {
        const auto found = entry.find(name);
        return found == entry.end() ? otherwise : scalar(*found).value_or(otherwise);
    };
    limit.field = text("field", "");
    limit.value = text("value", "");
    limit.comparison = text("operator", limit.comparison);
    limit.aggregator = text("entry_aggregator", limit.aggregator);
    return limit;
}

}  // namespace

std::string message_json(std::string_view message) {
    return text_of(json{{"message", message}}, -1);
}

std::string messages_json(const std::vector<std::string>& messages) {
    return text_of(json(messages), -1);
}

std::string reference_json(const RtUser& user, const RtLocation& location) {
    return text_of(reference_of(user, location), -1);
}

std::string user_json(const RtUser& user, const RtLocation& location) {
    json document = json::object();
    for (const auto& [name, value] : user.values)
        document[name] = value;
    for (const char* name : {"id", "Created", "LastUpdated", "Creator", "LastUpdatedBy"})
        document[name] = field_of(user, name, location);
    const std::string own = location.base() + "/user/" + std::to_string(user.id);
    document["Privileged"] = user.privileged ? 1 : 0;
    document["Disabled"] = user.disabled ? "1" : "0";
    document["CustomFields"] = json::array();
    document["Memberships"] = json::array();
    document["_hyperlinks"] = json::array({
        {{"ref", "self"}, {"type", "user"}, {"id", user.id}, {"_url", own}},
        {{"ref", "history"}, {"_url", own + "/history"}},
        {{"ref", "memberships"}, {"_url", own + "/groups"}},
    });
    return text_of(document, kIndent);
}

std::string transaction_json(const RtTransaction& transaction, const RtLocation& location) {
    json document = json::object();
    for (const char* name : {"id", "Type", "Field", "OldValue", "NewValue", "Created", "Creator"})
        document[name] = field_of(transaction, name, location);
    document["Object"] = user_link(std::to_string(transaction.object_id), location);
    return text_of(document, kIndent);
}

std::string page_json(
    const RtPage<RtUser>& page, const RtSearch& search, const RtLocation& location
) {
    return collection_json(page, search, location);
}

std::string page_json(
    const RtPage<RtTransaction>& page, const RtSearch& search, const RtLocation& location
) {
    return collection_json(page, search, location);
}

Result<RtFields> read_fields(std::string_view body) {
    RtFields fields;
    if (body.empty()) return fields;
    SYNCLINE_TRY(const json document, parse(body, json::value_t::object, "HASH"));
    for (const auto& [name, value] : document.items()) {
        // RT has no custom fields of users until somebody makes some; unknown ones are ignored.
        if (name == "CustomFields") continue;
        if (auto text = scalar(value)) fields.emplace(name, *std::move(text));
    }
    return fields;
}

Result<RtSearch> read_search(std::string_view body, const RtParameters& parameters) {
    RtSearch search;
    if (!body.empty()) {
        SYNCLINE_TRY(const json document, parse(body, json::value_t::array, "ARRAY"));
        for (const json& entry : document) {
            if (!entry.is_object()) return malformed("JSON object must be a HASH");
            search.limits.push_back(limit_of(entry));
        }
    }
    std::vector<std::string> directions;
    for (const auto& [name, value] : parameters) {
        RtOrder order;
        if (name == "orderby") {
            order.field = value;
            search.order.push_back(std::move(order));
        }
        if (name == "order") directions.push_back(ascii_lower(value));
    }
    for (std::size_t i = 0; i < std::min(directions.size(), search.order.size()); ++i) {
        if (directions[i] == "desc") search.order[i].direction = RtOrder::Direction::Descending;
    }
    const std::uint32_t per_page =
        number_of(find_parameter(parameters, "per_page"), kDefaultPerPage);
    search.per_page = std::min(per_page, kMostPerPage);
    search.page = number_of(find_parameter(parameters, "page"), 1);
    const std::string* disabled = find_parameter(parameters, "find_disabled_rows");
    if (disabled != nullptr && !disabled->empty() && *disabled != "0")
        search.disabled = RtSearch::Disabled::Shown;
    return search;
}

}  // namespace syncline::sandbox
