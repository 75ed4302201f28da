#include "sandbox/request_tracker.hpp"

#include "base/bytes.hpp"
#include "base/fault.hpp"
#include "sandbox/rt_handler.hpp"
#include "sandbox/text_file.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/ThreadPool.h>

#include <array>
#include <charconv>
#include <optional>
#include <random>

namespace syncline::sandbox {
namespace {

constexpr int kThreads = 8;
constexpr int kQueue = 64;
constexpr auto kPort = "port";

/// Of the shape of Request Tracker's own: version, owner, secret.
std::string random_token() {
    std::random_device device;
    Bytes secret;
    for (int i = 0; i < 16; ++i)
        secret.push_back(static_cast<std::uint8_t>(device() & 0xFFU));
    return "1-22-" + to_hex(secret);
}

std::string chosen_token(const RequestTrackerSettings& settings) {
    if (!settings.token.empty()) return settings.token;
    const auto kept = read_trimmed(settings.folder / "token");
    return kept && !kept->empty() ? *kept : random_token();
}

std::filesystem::path made(const std::filesystem::path& folder) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) throw Fault("cannot make " + folder.string() + ": " + code.message());
    return folder;
}

std::uint16_t remembered_port(RtDesk& desk) {
    const std::string text = desk.setting(kPort).value_or("");
    std::uint16_t port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
}

std::optional<Poco::Net::ServerSocket> listen(std::uint16_t port) {
    try {
        Poco::Net::ServerSocket socket;
        constexpr bool kReuseAddress = true;  // of connections that linger
        constexpr bool kReusePort = false;    // never share it with a server that runs
        socket.bind(Poco::Net::SocketAddress("127.0.0.1", port), kReuseAddress, kReusePort);
        socket.listen(kQueue);
        return socket;
    } catch (const Poco::Net::NetException&) {
        return std::nullopt;
    }
}

/// The port asked for or none; else the one of the last time, so that the address stays the same.
Poco::Net::ServerSocket socket_for(std::uint16_t port, RtDesk& desk) {
    if (port != 0) {
        if (auto socket = listen(port)) return *socket;
        throw Fault("port " + std::to_string(port) + " of 127.0.0.1 is taken");
    }
    if (const std::uint16_t last = remembered_port(desk); last != 0) {
        if (auto socket = listen(last)) return *socket;
    }
    if (auto socket = listen(0)) return *socket;
    throw Fault("no port of 127.0.0.1 is free");
}

Poco::Net::HTTPServerParams::Ptr parameters() {
    Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
    params->setMaxThreads(kThreads);
    params->setMaxQueued(kQueue);
    params->setKeepAlive(true);
    return params;
}

}  // namespace

class RequestTracker::Server {
public:
    Server(const RequestTrackerSettings& settings, Clock& clock)
        : desk_(request_tracker_database(made(settings.folder)), clock),
          mischief_(settings.misbehaviour),
          socket_(socket_for(settings.port, desk_)),
          url_("http://127.0.0.1:" + std::to_string(socket_.address().port())),
          service_{desk_, mischief_, url_, chosen_token(settings)},
          threads_(2, kThreads),
          http_(new RtHandlerFactory(service_), threads_, socket_, parameters()) {
        desk_.set_setting(kPort, std::to_string(port()));
        write_atomically(settings.folder / "token", service_.token, FileAccess::OwnerOnly);
        http_.start();
        // Who finds the address finds somebody there.
        write_atomically(settings.folder / "url", url_, FileAccess::Everyone);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        http_.stopAll(false);
        threads_.joinAll();
    }

    std::uint16_t port() const { return socket_.address().port(); }
    const std::string& url() const { return url_; }
    const std::string& token() const { return service_.token; }
    RtDesk& desk() { return desk_; }
    Mischief& mischief() { return mischief_; }

private:
    RtDesk desk_;
    Mischief mischief_;
    Poco::Net::ServerSocket socket_;
    std::string url_;
    RtService service_;
    Poco::ThreadPool threads_;
    Poco::Net::HTTPServer http_;
};

RequestTracker::RequestTracker(const RequestTrackerSettings& settings, Clock& clock)
    : server_(std::make_unique<Server>(settings, clock)) {}

RequestTracker::~RequestTracker() = default;

std::uint16_t RequestTracker::port() const {
    return server_->port();
}
const std::string& RequestTracker::url() const {
    return server_->url();
}
const std::string& RequestTracker::token() const {
    return server_->token();
}
RtDesk& RequestTracker::desk() {
    return server_->desk();
}
void RequestTracker::misbehave(Misbehaviour misbehaviour) {
    server_->mischief().set(misbehaviour);
}

std::filesystem::path request_tracker_database(const std::filesystem::path& folder) {
    return folder / "rt.sqlite";
}

}  // namespace syncline::sandbox
