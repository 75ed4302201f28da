// The users of a Request Tracker 5 who are customers: those without privileges. New and changed
// ones are found in the feed of transactions; a user's ETag is the number of its newest
// transaction.

#include "answer.hpp"
#include "manifest.hpp"
#include "syncline/settings.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using namespace request_tracker;

struct Column {
    const char* name;
    std::uint32_t bytes;  ///< Request Tracker cuts what is longer without a word
};
constexpr std::array kColumns{
    Column{"Name", 200},
    Column{"EmailAddress", 120},
    Column{"RealName", 120},
    Column{"NickName", 16},
    Column{"Organization", 200},
    Column{"WorkPhone", 30},
    Column{"MobilePhone", 30},
    Column{"HomePhone", 30},
    Column{"PagerPhone", 30},
    Column{"Address1", 200},
    Column{"Address2", 200},
    Column{"City", 100},
    Column{"State", 100},
    Column{"Zip", 16},
    Column{"Country", 50},
    Column{"Lang", 16},
    Column{"FreeformContactInfo", 0},
    Column{"Comments", 0}};
constexpr std::array<std::string_view, 3> kSystemUsers{"RT_System", "Nobody", "root"};

/// Transactions become visible a little out of order when several server processes write: each
/// reading goes back over the last few numbers and skips those it has seen.
constexpr std::int64_t kLookback = 20;

/// The names in settings/custom_fields.
std::vector<std::string> custom_fields_of(const Json& settings) {
    const auto found = settings.find("custom_fields");
    if (found == settings.end()) return {};
    std::vector<std::string> names;
    for (const Json& name : *found) {
        if (!found->is_array() || !name.is_string() || name.get<std::string>().empty())
            throw Failure(SYNCLINE_E_CONFIG, "settings/custom_fields must be a list of names");
        names.push_back(name.get<std::string>());
    }
    return names;
}

/// A custom field as mappings call it, in Request Tracker's own notation.
std::string remote_name(const std::string& custom_field) {
    return "CF.{" + custom_field + "}";
}

/// The name in CF.{…}; nothing when it is a column.
std::optional<std::string> custom_field_of(std::string_view remote) {
    if (!remote.starts_with("CF.{") || !remote.ends_with('}')) return std::nullopt;
    return std::string(remote.substr(4, remote.size() - 5));
}

/// What a user has in a custom field; one that was emptied has a null in it.
std::string custom_value(const Json& user, const std::string& name) {
    for (const Json& field : user.value("CustomFields", Json::array())) {
        if (field.value("name", Json("")) != name) continue;
        const Json values = field.value("values", Json::array());
        return values.empty() ? std::string() : text_of(values[0]);
    }
    throw Failure(
        SYNCLINE_E_CONFIG,
        "Request Tracker shows no custom field \"" + name +
            "\" of a user; is it gone, or may the token's user not see it (SeeCustomField)?"
    );
}

/// A place in the feed of transactions.
struct Position {
    std::int64_t transaction = 0;
    std::set<std::int64_t> seen;  ///< of the last numbers up to it

    static Position of(const Json& cursor) {
        const auto lost = [] {
            return Failure(SYNCLINE_E_CURSOR, "this position is of another version");
        };
        try {
            if (cursor.at("v") != 1) throw lost();
            Position position;
            position.transaction = number_of(cursor.at("transaction"));
            for (const Json& number : cursor.at("seen"))
                position.seen.insert(number_of(number));
            return position;
        } catch (const std::exception&) {
            throw lost();
        }
    }
    Json cursor() const { return Json{{"v", 1}, {"transaction", transaction}, {"seen", seen}}; }
};

class RequestTracker final : public Connector {
public:
    RequestTracker(Call&, const Json& settings) {
        check_keys(settings, "", {"url", "token", "in_flight", "custom_fields"});
        in_flight_ms_ = milliseconds_or(settings, "in_flight", in_flight_ms_);
        custom_fields_ = custom_fields_of(settings);
    }

    void check(Call& call) override {
        get(call, path("/rt"));
        if (!custom_fields_.empty()) check_custom_fields(call);
    }

    Json discover(Call&) override {
        Json fields = Json::array();
        for (const Column& column : kColumns)
            fields.push_back(Json{{"name", column.name}, {"max_characters", column.bytes}});
        for (const std::string& name : custom_fields_)
            fields.push_back(Json{{"name", remote_name(name)}});
        const Json customer{
            {"entity", "customer"},
            {"primary_key", "id"},
            {"version", "ordered"},
            {"write", "immediate"},
            {"conditional_write", true},
            {"lookup", true},
            {"listing", "complete"},
            {"incremental", true},
            {"create_id", "assigned"},
            {"max_batch", 20},
            {"max_inflight_ms", in_flight_ms_},
            {"fields", fields}};
        return Json{{"entities", Json::array({customer})}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        understood(SYNCLINE_E_TRANSIENT, [&] {
            if (request.full || !request.cursor.is_object())
                list(call, out);
            else
                follow(call, Position::of(request.cursor), out);
        });
    }

    void lookup(Call& call, const std::string&, const Json& keys, const ReadOut& out) override {
        if (keys.contains("create")) {
            // What was made bears a name of our choosing.
            const Json& create = keys["create"];
            const std::string name =
                new_name(create.value("data", Json::object()), create.value("idempotency_key", ""));
            if (const auto found = load_named(call, name)) out.emit(*found);
            return;
        }
        for (const std::string& id : keys.value("ids", std::vector<std::string>{})) {
            const auto found = load(call, id);
            out.emit(found ? *found : Record::gone(id));
        }
    }

    Written write_one(Call& call, const std::string&, const WriteItem& item) override {
        return understood(SYNCLINE_E_IN_DOUBT, [&] {
            return item.op == SYNCLINE_OP_CREATE ? create(call, item) : update(call, item);
        });
    }

private:
    static Json get(Call& call, const UrlPath& url) {
        const HttpResponse response = call.http("GET", url);
        if (response.status != 200) throw classified(response, false);
        return response.json();
    }

    /// A search, which is a read although it is a POST.
    static Json search(Call& call, const UrlPath& url, const Json& conditions) {
        const HttpResponse response =
            call.http("POST", url, conditions.dump(), Json::object(), HttpEffect::None);
        if (response.status != 200) throw classified(response, false);
        return response.json();
    }
    /// One page of a search, in the order of ids.
    static Json search_page(
        Call& call,
        const char* noun,
        const Json& conditions,
        const std::string& fields,
        std::int64_t page
    ) {
        const std::string number = std::to_string(page);
        const std::string pattern =
            std::string("/") + noun + "?per_page=100&orderby=id&fields={}&page={}";
        return search(call, path(pattern, {fields, number}), conditions);
    }
    static Json every_id() {
        return Json::array({Json{{"field", "id"}, {"operator", ">"}, {"value", 0}}});
    }

    /// A user by number; nothing when there is none, or it is disabled or no customer.
    std::optional<Record> load(Call& call, const std::string& number) const {
        if (!is_number(number)) return std::nullopt;
        const HttpResponse response = call.http("GET", path("/user/{}", {number}));
        if (response.status == 404) return std::nullopt;
        if (response.status != 200) throw classified(response, false);
        return understood(SYNCLINE_E_TRANSIENT, [&] {
            return customer_of(response.json(), unquoted(response.header("etag")));
        });
    }

    /// A user by Name, which may have a slash in it, or look like the number of another user: no
    /// path names such a one.
    std::optional<Record> load_named(Call& call, const std::string& name) const {
        const Json condition{{"field", "Name"}, {"operator", "="}, {"value", name}};
        const Json answer = search_page(call, "users", Json::array({condition}), "id", 1);
        const Json items = answer.value("items", Json::array());
        return items.empty() ? std::nullopt : load(call, std::to_string(number_of(items[0]["id"])));
    }

    /// Nothing when the user is disabled or no customer.
    std::optional<Record> customer_of(const Json& user, std::string version) const {
        if (user.contains("Privileged") && !user.contains("id"))
            throw Failure(
                SYNCLINE_E_PERMISSION,
                "Request Tracker shows a summary of its users only: the token's user needs the "
                "right AdminUsers"
            );
        const std::string name = text_of(user.value("Name", Json("")));
        const bool is_system =
            std::find(kSystemUsers.begin(), kSystemUsers.end(), name) != kSystemUsers.end();
        if (is_system || is_true(user, "Disabled") || is_true(user, "Privileged"))
            return std::nullopt;
        Record record;
        record.id = std::to_string(number_of(user.at("id")));
        record.version = std::move(version);
        record.data = Json::object();
        // What nobody ever filled in is left out of the answer.
        for (const Column& column : kColumns)
            record.data[column.name] = text_of(user.value(column.name, Json("")));
        for (const std::string& field : custom_fields_)
            record.data[remote_name(field)] = custom_value(user, field);
        if (user.contains("LastUpdatedBy") && user["LastUpdatedBy"].is_object())
            record.origin = text_of(user["LastUpdatedBy"].value("id", Json("")));
        return record;
    }

    static Json user_transactions_after(std::int64_t number) {
        return Json::array(
            {Json{{"field", "ObjectType"}, {"operator", "="}, {"value", "RT::User"}},
             Json{{"field", "id"}, {"operator", ">"}, {"value", number}}}
        );
    }

    /// The numbers of the newest transactions about users.
    static std::set<std::int64_t> recent_transactions(Call& call) {
        const std::string count = std::to_string(kLookback);
        const UrlPath url =
            path("/transactions?per_page={}&orderby=id&order=DESC&fields=ObjectType", {count});
        std::set<std::int64_t> numbers;
        // Those of tickets may be hidden from the token's user.
        const Json answer = search(call, url, user_transactions_after(0));
        for (const Json& item : answer.value("items", Json::array()))
            numbers.insert(number_of(item.at("id")));
        return numbers;
    }

    /// Every user. The place in the feed is taken before, so that what changes meanwhile is read
    /// again.
    void list(Call& call, const ReadOut& out) {
        Position position{0, recent_transactions(call)};
        if (!position.seen.empty()) position.transaction = *position.seen.rbegin();
        for (std::int64_t page = 1;; ++page) {
            const Json answer = search_page(call, "users", every_id(), "id", page);
            std::vector<Record> found;
            for (const Json& item : answer.value("items", Json::array())) {
                call.throw_if_cancelled();
                const std::string number = std::to_string(number_of(item.at("id")));
                if (auto user = load(call, number)) found.push_back(*user);
            }
            out.emit(found);
            if (!has_page_after(answer, page)) break;
        }
        out.checkpoint(position.cursor());
    }

    /// The users that transactions since the cursor are about.
    void follow(Call& call, const Position& before, const ReadOut& out) {
        const std::int64_t from = std::max<std::int64_t>(before.transaction - kLookback, 0);
        const Json conditions = user_transactions_after(from);
        Position position{before.transaction, {}};
        std::set<std::int64_t> users;
        for (std::int64_t page = 1;; ++page) {
            const Json answer =
                search_page(call, "transactions", conditions, "Type,ObjectType,ObjectId", page);
            for (const Json& item : answer.value("items", Json::array())) {
                const std::int64_t id = number_of(item.at("id"));
                position.transaction = std::max(position.transaction, id);
                position.seen.insert(id);
                if (id > before.transaction || !before.seen.contains(id))
                    users.insert(number_of(item.at("ObjectId")));
            }
            if (!has_page_after(answer, page)) break;
        }
        std::vector<Record> found;
        for (const std::int64_t id : users) {
            call.throw_if_cancelled();
            const std::string key = std::to_string(id);
            const auto user = load(call, key);
            found.push_back(user ? *user : Record::gone(key));
        }
        out.emit(found);
        std::erase_if(position.seen, [&](std::int64_t id) {
            return id <= position.transaction - kLookback;
        });
        out.checkpoint(position.cursor());
    }

    /// A new user's name: the mapped one, or the e-mail address, as people expect, or one that says
    /// where it came from. Always the same for the same record and attempt.
    static std::string new_name(const Json& data, const std::string& key) {
        for (const char* field : {"Name", "EmailAddress"}) {
            const std::string name = text_of(data.value(field, Json("")));
            if (!name.empty()) return name;
        }
        return "syncline-" + key;
    }

    /// Request Tracker passes over custom fields that it does not have, so a name that is wrong
    /// would never be noticed.
    void check_custom_fields(Call& call) const {
        const Json of_users = Json::array({Json{{"field", "LookupType"}, {"value", "RT::User"}}});
        std::map<std::string, std::string> most;  // name -> MaxValues
        for (std::int64_t page = 1;; ++page) {
            const Json answer = search_page(call, "customfields", of_users, "Name,MaxValues", page);
            for (const Json& item : answer.value("items", Json::array()))
                most[text_of(item.value("Name", Json("")))] =
                    text_of(item.value("MaxValues", Json("")));
            if (!has_page_after(answer, page)) break;
        }
        for (const std::string& name : custom_fields_) {
            const auto found = most.find(name);
            if (found == most.end())
                throw Failure(
                    SYNCLINE_E_CONFIG,
                    "Request Tracker has no custom field \"" + name +
                        "\" of users, or the token's user may not see it (SeeCustomField)"
                );
            if (found->second != "1")
                throw Failure(
                    SYNCLINE_E_CONFIG,
                    "the custom field \"" + name + "\" takes several values; one is expected"
                );
        }
    }

    static Json body_of(const Json& fields) {
        Json body = Json::object();
        for (const auto& [name, value] : fields.items()) {
            if (const auto custom = custom_field_of(name))
                body["CustomFields"][*custom] = text_of(value);
            else
                body[name] = text_of(value);
        }
        return body;
    }

    static Written create(Call& call, const WriteItem& item) {
        Json body = body_of(item.data);
        body["Name"] = new_name(item.data, item.idempotency_key);
        body["Privileged"] = 0;
        const HttpResponse response = call.http("POST", path("/user"), body.dump());
        if (response.status == 400) {
            const Json answer = parse_outside(response.body);
            const std::string reason =
                answer.is_object() ? text_of(answer.value("message", Json(""))) : std::string();
            if (const auto refusal = refusal_in(reason)) throw *refusal;
        }
        if (response.status != 201) throw classified(response, true);
        const std::string location = response.header("location");
        const std::string id = location.substr(location.rfind('/') + 1);
        if (!is_number(id))
            throw Failure(SYNCLINE_E_IN_DOUBT, "the answer to a new user names no number");
        return Written{id, "", std::nullopt};
    }

    /// Changes a user. The answer is a list of sentences, errors among them, and does not say what
    /// was cut: the hub reads the user back.
    static Written update(Call& call, const WriteItem& item) {
        Json headers = Json::object();
        if (!item.if_version.empty()) headers["If-Match"] = '"' + item.if_version + '"';
        const HttpResponse response =
            call.http("PUT", path("/user/{}", {item.id}), body_of(item.patch).dump(), headers);
        if (response.status != 200) throw classified(response, true);
        const Json answer = response.json(SYNCLINE_E_IN_DOUBT);
        for (const Json& sentence : answer) {
            if (const auto refusal = refusal_in_sentence(text_of(sentence))) throw *refusal;
        }
        return Written{item.id, "", std::nullopt};
    }

    std::vector<std::string> custom_fields_;
    std::uint32_t in_flight_ms_ = 60'000;  ///< a request without an answer may take effect so late
};

}  // namespace

SYNCLINE_CONNECTOR(
    RequestTracker,
    kManifest,
    SYNCLINE_CAP_READ | SYNCLINE_CAP_INCREMENTAL | SYNCLINE_CAP_DELETES | SYNCLINE_CAP_WRITE |
        SYNCLINE_CAP_IF_VERSION | SYNCLINE_CAP_IDEMPOTENT | SYNCLINE_CAP_PATCH |
        SYNCLINE_CAP_LOOKUP | SYNCLINE_CAP_ORIGIN
)
