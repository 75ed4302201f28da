#pragma once

#include "sandbox/request_tracker.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace syncline::sandbox {

struct RtAnswer {
    int status = 0;
    std::string body;
    Poco::Net::HTTPResponse head;

    nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
    std::string header(const std::string& name) const { return head.get(name, ""); }
};

/// Speaks to an imitated Request Tracker as any client does, a connection for each request.
class RtClient {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    explicit RtClient(const RequestTracker& server)
        : port_(server.port()), headers_{{"Authorization", "token " + server.token()}} {}
    RtClient(const RequestTracker& server, Headers headers)
        : port_(server.port()), headers_(std::move(headers)) {}

    RtAnswer get(const std::string& path, const Headers& more = {}) const {
        return send("GET", path, "", more);
    }
    RtAnswer post(const std::string& path, const nlohmann::json& body) const {
        return send("POST", path, body.dump(), {});
    }
    RtAnswer put(const std::string& path, const nlohmann::json& body, const Headers& more = {})
        const {
        return send("PUT", path, body.dump(), more);
    }

    RtAnswer send(
        const std::string& method,
        const std::string& path,
        const std::string& body,
        const Headers& more
    ) const {
        Poco::Net::HTTPClientSession session("127.0.0.1", port_);
        Poco::Net::HTTPRequest request(method, path, "HTTP/1.1");
        request.setKeepAlive(false);
        request.setContentType("application/json");
        request.setContentLength(static_cast<std::streamsize>(body.size()));
        for (const auto& [name, value] : headers_)
            request.set(name, value);
        for (const auto& [name, value] : more)
            request.set(name, value);
        session.sendRequest(request) << body;
        RtAnswer answer;
        std::istream& stream = session.receiveResponse(answer.head);
        Poco::StreamCopier::copyToString(stream, answer.body);
        answer.status = answer.head.getStatus();
        return answer;
    }

private:
    std::uint16_t port_;
    Headers headers_;
};

}  // namespace syncline::sandbox
