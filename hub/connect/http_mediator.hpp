#pragma once

#include "base/error.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace syncline::connect {

struct HttpRequest {
    std::string method;
    std::string path;  ///< below the base URL, percent-encoded, with query
    std::map<std::string, std::string> headers;
    std::string body;
    std::chrono::milliseconds timeout{30'000};
    bool is_safe = false;  ///< changes nothing, whatever its method; GET and HEAD always are
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

/// Sends requests for connectors that have no socket of their own. Owns the base URL and the
/// credential, which the connector never sees. No retry and no redirect: the connector's outcome
/// decides. One thread at a time.
class HttpMediator {
public:
    /// `headers` are sent with every request and cannot be replaced by a connector's.
    HttpMediator(std::string base_url, std::map<std::string, std::string> headers);

    /// Any answered status is a response. Errors: RemoteUnavailable when the request is proved not
    /// to have been processed (no connection, or a read without a complete answer), RemoteInDoubt
    /// when a write was sent and no complete answer came, UsageInvalid for a path outside the base
    /// URL or a header that is not the connector's to set.
    Result<HttpResponse> send(const HttpRequest& request) const;

private:
    std::string base_url_;
    std::map<std::string, std::string> headers_;
};

}  // namespace syncline::connect
