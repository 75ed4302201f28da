#include "answer.hpp"

#include <charconv>
#include <system_error>

namespace request_tracker {
namespace {

using syncline::sdk::parse_outside;

/// The first bytes of a text, cut between characters.
std::string beginning(std::string text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
        --bytes;
    return text.substr(0, bytes);
}

}  // namespace

Failure classified(const HttpResponse& response, bool is_write) {
    const Json body = parse_outside(response.body);
    std::string text = "HTTP " + std::to_string(response.status);
    if (body.is_object() && body.contains("message") && body["message"].is_string())
        text += ": " + beginning(body["message"].get<std::string>(), 200);
    const auto fail = [&](syncline_status status) {
        Failure failure(status, text);
        failure.http_status = response.status;
        return failure;
    };
    switch (response.status) {
        case 400:
            return fail(SYNCLINE_E_INVALID);
        case 401:
            return fail(SYNCLINE_E_AUTH);
        case 403:
            return fail(SYNCLINE_E_PERMISSION);
        case 404:
            return fail(SYNCLINE_E_NOT_FOUND);
        case 412:
            return fail(SYNCLINE_E_CONFLICT);
        case 429: {
            Failure failure = fail(SYNCLINE_E_RATE_LIMITED);
            const std::string wait = response.header("retry-after");
            if (!wait.empty() && wait.size() < 5 &&
                wait.find_first_not_of("0123456789") == std::string::npos)
                failure.retry_after_ms = static_cast<std::uint32_t>(std::stoul(wait)) * 1'000;
            return failure;
        }
        case 405:
        case 501:
            return fail(SYNCLINE_E_UNSUPPORTED);
        case 413:
            return fail(SYNCLINE_E_TOO_LARGE);
        default:
            break;
    }
    if (response.status >= 300 && response.status < 400) {
        text += ": the server is elsewhere; put its address into settings/url";
        return fail(SYNCLINE_E_CONFIG);
    }
    return fail(is_write ? SYNCLINE_E_IN_DOUBT : SYNCLINE_E_TRANSIENT);
}

bool is_true(const Json& user, const char* key) {
    const auto found = user.find(key);
    if (found == user.end()) return false;
    return *found == 1 || *found == "1" || *found == true;
}

std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? std::string() : value.dump();
}

std::int64_t number_of(const Json& value) {
    const std::string text = text_of(value);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || number < 0)
        throw Failure(SYNCLINE_E_TRANSIENT, "the answer has no number where one belongs");
    return number;
}

bool has_page_after(const Json& answer, std::int64_t page) {
    const auto pages = answer.find("pages");
    if (pages == answer.end()) return false;
    if (pages->is_null()) return !answer.value("items", Json::array()).empty();
    return number_of(*pages) > page;
}

std::string unquoted(std::string etag) {
    if (etag.starts_with("W/")) etag.erase(0, 2);
    if (etag.size() >= 2 && etag.front() == '"') etag = etag.substr(1, etag.size() - 2);
    return etag;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Failure> refusal_in(std::string_view message) {
    const bool is_email = message.find("mail") != std::string_view::npos;
    if (message.ends_with("in use")) {
        const std::string field = is_email ? "EmailAddress" : "Name";
        return Failure(SYNCLINE_E_DUPLICATE, field + " is in use by another user", field);
    }
    if (message.ends_with("Invalid syntax for email address"))
        return Failure(
            SYNCLINE_E_INVALID, "Request Tracker takes this for no e-mail address", "EmailAddress"
        );
    if (message.ends_with("empty name"))
        return Failure(SYNCLINE_E_INVALID, "a user's Name cannot be empty", "Name");
    if (message.ends_with("Permission Denied"))
        return Failure(SYNCLINE_E_PERMISSION, "the token's user may not change this user");
    return std::nullopt;
}

std::optional<Failure> refusal_in_sentence(std::string_view sentence) {
    if (sentence == "Permission Denied") return refusal_in(sentence);
    // "User NAME: …"; of a field that was changed it ends with the value, in quotation marks.
    const auto colon = sentence.rfind(": ");
    if (!sentence.starts_with("User ") || colon == std::string_view::npos) return std::nullopt;
    return refusal_in(sentence.substr(colon + 2));
}

}  // namespace request_tracker
