#pragma once

#include "sandbox/misbehaviour.hpp"
#include "sandbox/rt_desk.hpp"
#include "sandbox/rt_json.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::sandbox {

/// What all requests of one server share.
struct RtService {
    RtDesk& desk;
    Mischief& mischief;
    std::string server;  ///< http://127.0.0.1:8080
    std::string token;
};

struct RtReply {
    int status = 200;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// What a client asks, taken off the wire.
struct RtRequest {
    std::string method;
    RtLocation location;
    std::string authorization;
    std::string content_type;
    std::string if_match;
    std::string if_none_match;
    std::string body;
};

/// What Request Tracker's REST 2.0 answers. Any thread.
RtReply answer(const RtService& service, const RtRequest& request);

/// Reads a request, lets the service misbehave, answers.
class RtHandler final : public Poco::Net::HTTPRequestHandler {
public:
    explicit RtHandler(const RtService& service) : service_(service) {}
    void handleRequest(
        Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response
    ) override;

private:
    const RtService& service_;
};

class RtHandlerFactory final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit RtHandlerFactory(const RtService& service) : service_(service) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest& request
    ) override;

private:
    const RtService& service_;
};

}  // namespace syncline::sandbox
