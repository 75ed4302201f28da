#include "base/text.hpp"
#include "sandbox/rt_handler.hpp"

#include <charconv>
#include <optional>

namespace syncline::sandbox {
namespace {

constexpr std::string_view kRoot = "/REST/2.0/";

RtReply failure(int status, std::string_view message) {
    return {status, message_json(message), {}};
}
RtReply not_found() {
    return failure(404, "Not Found");
}
RtReply method_not_allowed() {
    return failure(405, "Method Not Allowed");
}

std::string etag_of(const RtUser& user) {
    return '"' + std::to_string(user.last_transaction) + '"';
}

/// Whether a list of entity tags ("28", W/"27", *) holds this one.
bool names(std::string_view list, const std::string& etag) {
    for (std::string_view entry : split(list, ',')) {
        entry = trimmed(entry);
        if (entry.starts_with("W/")) entry.remove_prefix(2);
        if (entry == "*" || entry == etag) return true;
    }
    return false;
}

/// Nothing when a write may go on.
std::optional<RtReply> precondition(const RtRequest& request, const RtUser& user) {
    if (request.if_match.empty() || names(request.if_match, etag_of(user))) return std::nullopt;
    return failure(412, "Precondition Failed");
}

bool is_json(const RtRequest& request) {
    return ascii_lower(request.content_type).starts_with("application/json");
}

RtReply show(const RtRequest& request, const RtUser& user) {
    std::string modified = user.last_updated;
    if (modified.size() == 19) modified[10] = 'T';
    RtReply reply{200, {}, {{"ETag", etag_of(user)}, {"Last-Modified", modified + 'Z'}}};
    if (!request.if_none_match.empty() && names(request.if_none_match, etag_of(user))) {
        reply.status = 304;
        return reply;
    }
    reply.body = user_json(user, request.location);
    return reply;
}

RtReply create(RtDesk& desk, const RtRequest& request) {
    if (!is_json(request)) return failure(415, "Unsupported Media Type");
    const auto fields = read_fields(request.body);
    if (!fields) return failure(400, fields.error().detail);
    const RtCreation made = desk.create(*fields);
    if (!made.id) return failure(400, made.message);
    const std::string id = std::to_string(*made.id);
    const auto user = desk.find(id);
    if (!user) return failure(500, "Internal Server Error");
    const std::string place = std::string(kRoot) + "user/" + id;
    return {201, reference_json(*user, request.location), {{"Location", place}}};
}

RtReply update(RtDesk& desk, const RtRequest& request, const RtUser& user) {
    if (!is_json(request)) return failure(415, "Unsupported Media Type");
    const auto fields = read_fields(request.body);
    if (!fields) return failure(400, fields.error().detail);
    return {200, messages_json(desk.update(user.id, *fields)), {}};
}

RtReply answer_missing_user(const RtRequest& request) {
    if (request.method == "PUT") {
        if (request.if_match == "*") return failure(412, "Precondition Failed");
        return failure(404, "Resource does not exist; use POST to create");
    }
    return not_found();
}

RtReply answer_user(RtDesk& desk, const RtRequest& request, std::string_view key) {
    const auto user = desk.find(key);
    if (!user) return answer_missing_user(request);
    if (auto stale = precondition(request, *user)) return *std::move(stale);
    if (request.method == "GET" || request.method == "HEAD") return show(request, *user);
    if (request.method == "PUT") return update(desk, request, *user);
    if (request.method == "POST") return failure(409, "Resource already exists; use PUT to update");
    if (request.method != "DELETE") return method_not_allowed();
    desk.update(user->id, {{"Disabled", "1"}});
    return {204, {}, {}};
}

Result<RtSearch> search_of(const RtRequest& request) {
    std::string json = request.body;
    if (request.method == "GET") {
        json.clear();
        for (const auto& [name, value] : request.location.parameters) {
            if (name == "query") json = value;
        }
    }
    return read_search(json, request.location.parameters);
}

RtReply answer_users(RtDesk& desk, const RtRequest& request) {
    if (request.method != "GET" && request.method != "POST") return method_not_allowed();
    const auto search = search_of(request);
    if (!search) return failure(400, search.error().detail);
    return {200, page_json(desk.search_users(*search), *search, request.location), {}};
}

/// `of_user`: only the history of this user.
RtReply answer_transactions(
    RtDesk& desk, const RtRequest& request, std::optional<std::int64_t> of_user
) {
    if (request.method != "GET" && request.method != "POST") return method_not_allowed();
    auto search = search_of(request);
    if (!search) return failure(400, search.error().detail);
    if (of_user) {
        RtLimit own;
        own.field = "ObjectId";
        own.value = std::to_string(*of_user);
        search->limits.assign(1, own);
    }
    return {200, page_json(desk.search_transactions(*search), *search, request.location), {}};
}

RtReply answer_transaction(RtDesk& desk, const RtRequest& request, std::string_view id) {
    if (request.method != "GET") return method_not_allowed();
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (code != std::errc() || end != id.data() + id.size()) return not_found();
    const auto transaction = desk.find_transaction(number);
    if (!transaction) return not_found();
    return {200, transaction_json(*transaction, request.location), {}};
}

RtReply answer_rest(RtDesk& desk, const RtRequest& request, std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    const std::vector<std::string_view> parts = split(path, '/');
    const std::string_view noun = parts[0];
    if (parts.size() == 1) {
        if (noun == "rt") return {200, R"({"Plugins":[],"Version":"5.0.3"})", {}};
        if (noun == "users") return answer_users(desk, request);
        if (noun == "transactions") return answer_transactions(desk, request, std::nullopt);
        if (noun != "user") return not_found();
        return request.method == "POST" ? create(desk, request) : method_not_allowed();
    }
    if (parts.size() == 2 && noun == "user") return answer_user(desk, request, parts[1]);
    if (parts.size() == 2 && noun == "transaction")
        return answer_transaction(desk, request, parts[1]);
    if (parts.size() == 3 && noun == "user" && parts[2] == "history") {
        const auto user = desk.find(parts[1]);
        return user ? answer_transactions(desk, request, user->id) : not_found();
    }
    return not_found();
}

RtReply answer_misbehaviour(Mischief& mischief, const RtRequest& request) {
    if (request.method == "PUT") {
        const auto settings = read_misbehaviour(request.body);
        if (!settings) return failure(400, settings.error().detail);
        mischief.set(*settings);
    } else if (request.method != "GET") {
        return method_not_allowed();
    }
    return {200, to_json(mischief.settings()), {}};
}

}  // namespace

RtReply answer(const RtService& service, const RtRequest& request) {
    if (request.authorization != "token " + service.token) return failure(401, "Unauthorized");
    const std::string_view path = request.location.path;
    if (path == "/sandbox/misbehaviour") return answer_misbehaviour(service.mischief, request);
    if (!path.starts_with(kRoot)) return not_found();
    return answer_rest(service.desk, request, path.substr(kRoot.size()));
}

}  // namespace syncline::sandbox
