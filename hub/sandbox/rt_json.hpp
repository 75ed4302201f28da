#pragma once

#include "base/result.hpp"
#include "sandbox/rt_desk.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::sandbox {

/// What stands behind the "?" of a request, in order.
using RtParameters = std::vector<std::pair<std::string, std::string>>;

/// A request's path ("/REST/2.0/users") and parameters, and the server's address without a slash
/// at its end: what the links in an answer are made of.
struct RtLocation {
    std::string server;
    std::string path;
    RtParameters parameters;

    std::string base() const { return server + "/REST/2.0"; }
};

/// {"message": "…"}
std::string message_json(std::string_view message);
/// ["…", "…"]
std::string messages_json(const std::vector<std::string>& messages);
/// {"type": "user", "id": "<Name>", "_url": "…"}: what a creation answers.
std::string reference_json(const RtUser& user, const RtLocation& location);
std::string user_json(const RtUser& user, const RtLocation& location);
std::string transaction_json(const RtTransaction& transaction, const RtLocation& location);
/// A page of a collection, with what the parameter "fields" asks for.
std::string page_json(
    const RtPage<RtUser>& page, const RtSearch& search, const RtLocation& location
);
std::string page_json(
    const RtPage<RtTransaction>& page, const RtSearch& search, const RtLocation& location
);

/// The members of a JSON object that Request Tracker takes: texts and numbers; it passes over null,
/// true, false, lists and objects. PayloadMalformed with Request Tracker's own words.
Result<RtFields> read_fields(std::string_view body);
/// A search: conditions from JSON ("" = none), paging and order from the parameters.
Result<RtSearch> read_search(std::string_view json, const RtParameters& parameters);

}  // namespace syncline::sandbox
