#pragma once

#include "syncline/connector.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a Request Tracker answers, taken apart.
namespace request_tracker {

using syncline::sdk::Failure;
using syncline::sdk::HttpResponse;
using syncline::sdk::Json;

/// Runs what takes an answer apart. One of another shape than Request Tracker's says nothing:
/// `broken` is TRANSIENT for a read, IN_DOUBT for a write.
template <class Action>
auto understood(syncline_status broken, Action action) -> decltype(action()) {
    try {
        return action();
    } catch (const Json::exception&) {
        throw Failure(broken, "the answer has not the shape that Request Tracker gives it");
    }
}

/// The outcome of an answered status that is no success.
Failure classified(const HttpResponse& response, bool is_write);
bool is_true(const Json& user, const char* key);
std::string text_of(const Json& value);
/// A number, which may come as a text.
std::int64_t number_of(const Json& value);
/// Whether a search has more pages than these. Who may not see everything is told no number of
/// pages; then they go on until one is empty.
bool has_page_after(const Json& answer, std::int64_t page);
/// `"28"` or `W/"28"` without its quotes.
std::string unquoted(std::string etag);
bool is_number(std::string_view text);
/// What a message such as "Email address in use" refuses; nothing when it refuses nothing. It
/// names no person.
std::optional<Failure> refusal_in(std::string_view message);
/// The same for a sentence of the answer to a change, such as "User ann: Email address in use" or,
/// of a custom field, "VAT BE1 changed to BE2": values may say anything.
std::optional<Failure> refusal_in_sentence(std::string_view sentence);

}  // namespace request_tracker
