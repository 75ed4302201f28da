#include "connect/http_mediator.hpp"

#include "base/text.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include <algorithm>
#include <array>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

namespace syncline::connect {
namespace {

constexpr std::size_t kMaxBodyBytes = std::size_t{16} << 20U;
constexpr std::array<std::string_view, 7> kReserved{
    "host", "authorization", "connection", "content-length", "transfer-encoding", "te", "upgrade"};

std::unique_ptr<Poco::Net::HTTPClientSession> open_session(const Poco::URI& base) {
    if (base.getScheme() != "https") {
        return std::make_unique<Poco::Net::HTTPClientSession>(base.getHost(), base.getPort());
    }
    Poco::Net::Context::Ptr context = new Poco::Net::Context(
        Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_STRICT, 9, true
    );
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    return std::make_unique<Poco::Net::HTTPSClientSession>(base.getHost(), base.getPort(), context);
}

bool is_safe(const HttpRequest& request) {
    return request.is_safe || request.method == "GET" || request.method == "HEAD";
}

/// A path that servers may resolve to one outside the base: with a segment "..", however written.
bool climbs(const std::string& path) {
    const std::string_view whole = std::string_view(path).substr(0, path.find_first_of("?#"));
    for (const std::string_view part : split(whole, '/')) {
        std::string plain = ascii_lower(part);
        for (auto dot = plain.find("%2e"); dot != std::string::npos; dot = plain.find("%2e"))
            plain.replace(dot, 3, ".");
        if (plain == "." || plain == "..") return true;
    }
    return false;
}

bool has_control_characters(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

std::optional<Error> refuse(const HttpRequest& request) {
    const auto usage = [](std::string detail) {
        return Error{ErrorCode::UsageInvalid, Remedy::Stop, "HTTP", std::move(detail)};
    };
    const bool inside = request.path.starts_with('/') && !request.path.starts_with("//") &&
                        !climbs(request.path) &&
                        request.path.find_first_of(" #\\") == std::string::npos &&
                        !has_control_characters(request.path);
    if (!inside) return usage("the connector asked for an address outside its base URL");
    for (const auto& [name, value] : request.headers) {
        const bool reserved =
            std::find(kReserved.begin(), kReserved.end(), ascii_lower(name)) != kReserved.end();
        if (reserved || has_control_characters(name) || has_control_characters(value))
            return usage(
                "the connector may not set the header " + std::string(first_characters(name, 60))
            );
    }
    return std::nullopt;
}

/// The whole body; nothing when it is cut short or too long.
std::optional<std::string> read_body(
    std::istream& in, const Poco::Net::HTTPResponse& response, const std::string& method
) {
    std::string body;
    std::array<char, 65'536> chunk{};
    while (in.read(chunk.data(), chunk.size()) || in.gcount() > 0) {
        body.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
        if (body.size() > kMaxBodyBytes) return std::nullopt;
    }
    const bool has_length = response.hasContentLength() && method != "HEAD";
    if (has_length && body.size() != static_cast<std::size_t>(response.getContentLength64()))
        return std::nullopt;
    return body;
}

}  // namespace

HttpMediator::HttpMediator(std::string base_url, std::map<std::string, std::string> headers)
    : base_url_(std::move(base_url)), headers_(std::move(headers)) {
    while (base_url_.ends_with('/'))
        base_url_.pop_back();
}

Result<HttpResponse> HttpMediator::send(const HttpRequest& request) const {
    if (auto error = refuse(request)) return *std::move(error);
    bool sent = false;
    const auto lost = [&](const std::string& why) {
        const bool in_doubt = sent && !is_safe(request);
        return Error{
            in_doubt ? ErrorCode::RemoteInDoubt : ErrorCode::RemoteUnavailable,
            Remedy::Retry,
            base_url_,
            request.method + " got no complete answer: " + why};
    };
    try {
        const Poco::URI base(base_url_);
        const auto session = open_session(base);
        const auto seconds = static_cast<int>(request.timeout.count() / 1'000);
        session->setTimeout(Poco::Timespan(std::max(seconds, 1), 0));
        Poco::Net::HTTPRequest outgoing(
            request.method, base.getPath() + request.path, Poco::Net::HTTPMessage::HTTP_1_1
        );
        for (const auto& [name, value] : request.headers)
            outgoing.set(name, value);
        for (const auto& [name, value] : headers_)
            outgoing.set(name, value);
        outgoing.set("Accept", "application/json");
        outgoing.set("Connection", "close");
        if (!request.body.empty() || !is_safe(request)) {
            if (!outgoing.has("Content-Type")) outgoing.setContentType("application/json");
            outgoing.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
        }
        std::ostream& out = session->sendRequest(outgoing);
        sent = true;
        out << request.body << std::flush;
        Poco::Net::HTTPResponse incoming;
        std::istream& in = session->receiveResponse(incoming);
        auto body = read_body(in, incoming, request.method);
        if (!body) return lost("the body was cut short, or is over 16 MiB");
        HttpResponse response;
        response.status = static_cast<int>(incoming.getStatus());
        for (const auto& [name, value] : incoming)
            response.headers[ascii_lower(name)] = value;
        response.body = *std::move(body);
        return response;
    } catch (const Poco::Exception& failure) {
        return lost(failure.displayText());
    }
}

}  // namespace syncline::connect
