#include "sandbox/rt_handler.hpp"

#include "base/fault.hpp"

#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <string_view>
#include <thread>

namespace syncline::sandbox {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

RtRequest read_request(const RtService& service, HTTPServerRequest& from) {
    RtRequest request;
    request.method = from.getMethod();
    const Poco::URI uri(from.getURI());
    request.location.server = service.server;
    request.location.path = uri.getPath();
    for (auto& [name, value] : uri.getQueryParameters())
        request.location.parameters.emplace_back(name, value);
    request.authorization = from.get("Authorization", "");
    request.content_type = from.getContentType();
    request.if_match = from.get("If-Match", "");
    request.if_none_match = from.get("If-None-Match", "");
    Poco::StreamCopier::copyToString(from.stream(), request.body);
    return request;
}

/// A POST to a collection is a search.
bool is_collection(std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return path.ends_with("/users") || path.ends_with("/transactions") ||
           path.ends_with("/history");
}

RequestKind kind_of(const RtRequest& request) {
    const bool is_read = request.method == "GET" || request.method == "HEAD" ||
                         (request.method == "POST" && is_collection(request.location.path));
    return is_read ? RequestKind::Read : RequestKind::Write;
}

/// Ends the connection as a crashing server does: the client gets a reset, no answer.
void reset(HTTPServerRequest& request, HTTPServerResponse& response) {
    response.setKeepAlive(false);
    auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
    socket.setLinger(true, 0);
    socket.close();
}

void send(const RtReply& reply, HTTPServerResponse& response) {
    using Poco::Net::HTTPResponse;
    response.setStatusAndReason(static_cast<HTTPResponse::HTTPStatus>(reply.status));
    for (const auto& [name, value] : reply.headers)
        response.set(name, value);
    if (reply.status != HTTPResponse::HTTP_NO_CONTENT &&
        reply.status != HTTPResponse::HTTP_NOT_MODIFIED)
        response.setContentType("application/json; charset=utf-8");
    response.sendBuffer(reply.body.data(), reply.body.size());
}

RtReply server_error() {
    return {500, message_json("Internal Server Error"), {}};
}

RtReply guarded_answer(const RtService& service, const RtRequest& request) {
    try {
        return answer(service, request);
    } catch (const Fault&) {
        return server_error();
    }
}

}  // namespace

void RtHandler::handleRequest(HTTPServerRequest& from, HTTPServerResponse& response) {
    const RtRequest request = read_request(service_, from);
    // How it misbehaves is told in peace.
    if (request.location.path.starts_with("/sandbox/")) {
        send(guarded_answer(service_, request), response);
        return;
    }
    const Misbehaviour settings = service_.mischief.settings();
    const Fate fate = service_.mischief.next(kind_of(request));
    std::this_thread::sleep_for(settings.latency);
    switch (fate) {
        case Fate::Served:
            send(guarded_answer(service_, request), response);
            return;
        case Fate::RateLimited: {
            const std::string seconds = std::to_string(settings.retry_after.count());
            const RtReply reply{429, message_json("Too Many Requests"), {{"Retry-After", seconds}}};
            send(reply, response);
            return;
        }
        case Fate::ServerError:
            send(server_error(), response);
            return;
        case Fate::ResetBefore:
            reset(from, response);
            return;
        case Fate::ResetAfter:
            guarded_answer(service_, request);
            reset(from, response);
            return;
        case Fate::ServerErrorAfter:
            guarded_answer(service_, request);
            send(server_error(), response);
            return;
    }
}

Poco::Net::HTTPRequestHandler* RtHandlerFactory::createRequestHandler(const HTTPServerRequest&) {
    return new RtHandler(service_);  // the server owns it
}

}  // namespace syncline::sandbox
