#pragma once

// How connectors written in C++ say what happened, and the texts that cross the boundary.

#include "syncline/connector.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::sdk {

using Json = nlohmann::ordered_json;

inline syncline_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string_view view(syncline_str text) {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}

/// True when the bytes are well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates.
inline bool is_utf8(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            unsigned low = 0x80;
            unsigned high = 0xBF;
            if (k == 1 && lead == 0xE0) low = 0xA0;
            if (k == 1 && lead == 0xED) high = 0x9F;
            if (k == 1 && lead == 0xF0) low = 0x90;
            if (k == 1 && lead == 0xF4) high = 0x8F;
            if (next < low || next > high) return false;
        }
        i += length;
    }
    return true;
}

/// An outcome other than OK. Thrown by connectors and by this layer; what the message says reaches
/// the operator, so it says what to do and contains nothing of a customer's data.
struct Failure : std::exception {
    Failure(syncline_status outcome, std::string text, std::string remote_field = {})
        : status(outcome), message(std::move(text)), field(std::move(remote_field)) {}
    const char* what() const noexcept override { return message.c_str(); }

    syncline_status status;
    std::string message;
    std::string field;         ///< remote name of the offending field
    std::string code;          ///< the remote's own code
    std::string duplicate_of;  ///< DUPLICATE: the id of the record that is in the way, if told
    std::uint32_t flags = 0;
    std::uint32_t retry_after_ms = 0;
    int http_status = 0;
};

/// Copies at most `size` - 1 bytes, cut at a character, terminated.
inline void put_text(char* out, std::size_t size, std::string_view text) {
    std::size_t length = text.size() < size ? text.size() : size - 1;
    while (length > 0 && length < text.size() &&
           (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    std::memcpy(out, text.data(), length);
    out[length] = '\0';
}

/// Runs a piece of connector code and turns whatever it throws into an outcome.
template <class Action>
syncline_status guard(syncline_error* error, Action action) noexcept {
    const auto report = [&](syncline_status status, std::string_view message) {
        if (error == nullptr || error->struct_size < sizeof(syncline_error)) return status;
        error->status = status;
        put_text(error->message, sizeof error->message, message);
        return status;
    };
    try {
        action();
        return SYNCLINE_OK;
    } catch (const Failure& failure) {
        report(failure.status, failure.message);
        if (error != nullptr && error->struct_size >= sizeof(syncline_error)) {
            error->flags = failure.flags;
            error->retry_after_ms = failure.retry_after_ms;
            error->http_status = failure.http_status;
            put_text(error->field, sizeof error->field, failure.field);
            put_text(error->code, sizeof error->code, failure.code);
        }
        return failure.status;
    } catch (const std::exception& unexpected) {
        return report(SYNCLINE_E_INTERNAL, unexpected.what());
    } catch (...) {
        return report(SYNCLINE_E_INTERNAL, "an exception of unknown type");
    }
}

}  // namespace syncline::sdk
