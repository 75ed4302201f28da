#include "app/control_socket.hpp"

#include "base/fault.hpp"
#include "connect/channel.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::chrono::seconds kRequestPatience{5};
constexpr std::chrono::minutes kAnswerPatience{60};
constexpr std::size_t kMostServedAside = 16;  ///< requests at a time

/// The address of a socket in a folder whose own path may be too long for one: through the folder's
/// descriptor.
class SocketAddress {
public:
    explicit SocketAddress(const std::filesystem::path& socket)
        : folder_(::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        address_.sun_family = AF_UNIX;
        const std::string name =
            "/proc/self/fd/" + std::to_string(folder_) + "/" + socket.filename().string();
        name.copy(address_.sun_path, sizeof address_.sun_path - 1);
    }
    ~SocketAddress() {
        if (folder_ >= 0) ::close(folder_);
    }
    SocketAddress(const SocketAddress&) = delete;
    SocketAddress& operator=(const SocketAddress&) = delete;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
    static constexpr socklen_t size() { return sizeof(sockaddr_un); }

private:
    int folder_;
    sockaddr_un address_{};
};

Json error_json(const Error& error) {
    return Json{
        {"code", static_cast<unsigned>(error.code)},
        {"remedy", static_cast<unsigned>(error.remedy)},
        {"where", error.where},
        {"message", error.detail}};
}

Error error_from(const Json& json) {
    return {
        static_cast<ErrorCode>(json.value("code", 0U)),
        static_cast<Remedy>(json.value("remedy", 0U)),
        json.value("where", ""),
        json.value("message", "")};
}

}  // namespace

ControlServer::ControlServer(const std::filesystem::path& socket) : path_(socket) {
    ::unlink(path_.c_str());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const SocketAddress address(path_);
    const mode_t before = ::umask(0177);
    const bool bound =
        listener_ >= 0 && ::bind(listener_, address.get(), SocketAddress::size()) == 0;
    ::umask(before);
    constexpr int kBacklog = 16;
    if (!bound || ::listen(listener_, kBacklog) != 0) {
        const std::string reason = std::strerror(errno);
        if (listener_ >= 0) ::close(listener_);
        throw Fault("the control socket " + path_.string() + " cannot be made: " + reason);
    }
}

ControlServer::~ControlServer() {
    served_aside_.clear();  // waits for them
    ::close(listener_);
    ::unlink(path_.c_str());
}

namespace {

void answer(int peer, const Operation& operation) {
    connect::Channel channel(peer);
    const auto request = channel.receive(kRequestPatience);
    if (!request || !request->contains("method")) return;
    Json reply{{"jsonrpc", "2.0"}, {"id", request->value("id", Json(1))}};
    const Json& method = (*request)["method"];
    const auto result =
        method.is_string()
            ? operation(method.get<std::string>(), request->value("params", Json::object()))
            : Error{ErrorCode::UsageInvalid, Remedy::Reject, "method", "it is no text"};
    if (result)
        reply["result"] = *result;
    else
        reply["error"] = error_json(result.error());
    static_cast<void>(channel.send(reply));  // a client that went away wants no answer
}

}  // namespace

bool ControlServer::await_request(std::chrono::milliseconds time, int wake) const {
    const auto end = std::chrono::steady_clock::now() + time;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now()
        );
        if (left.count() <= 0) return false;
        std::array<pollfd, 2> waiting{{{listener_, POLLIN, 0}, {wake, POLLIN, 0}}};
        const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
        if (ready > 0) return waiting[1].revents == 0;
        if (ready < 0 && errno != EINTR) return false;
    }
}

void ControlServer::serve(std::chrono::milliseconds time, int wake, const Operation& operation) {
    if (!await_request(time, wake)) return;
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer >= 0) answer(peer, operation);
}

void ControlServer::serve_aside(
    std::chrono::milliseconds time, int wake, const Operation& operation
) {
    forget_served();
    if (!await_request(time, wake)) return;
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) return;
    if (served_aside_.size() >= kMostServedAside) served_aside_.front().wait();
    served_aside_.push_back(std::async(std::launch::async, [peer, &operation] {
        answer(peer, operation);
    }));
}

void ControlServer::forget_served() {
    for (auto request = served_aside_.begin(); request != served_aside_.end();) {
        if (request->wait_for(std::chrono::seconds{0}) == std::future_status::ready) {
            std::future<void> done = std::move(*request);
            request = served_aside_.erase(request);
            done.get();
        } else {
            ++request;
        }
    }
}

void ControlServer::wait() {
    for (const std::future<void>& request : served_aside_)
        request.wait();
}

Result<Json> ask_running_hub(
    const std::filesystem::path& socket, const std::string& operation, const Json& params
) {
    const auto none = [&] {
        return Error{
            ErrorCode::NotFound, Remedy::Retry, socket.string(), "no hub listens in this folder"};
    };
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return none();
    connect::Channel channel(descriptor);
    const SocketAddress address(socket);
    if (::connect(descriptor, address.get(), SocketAddress::size()) != 0) return none();
    Json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", operation}};
    request["params"] = params;
    if (auto sent = channel.send(request); !sent) return none();
    SYNCLINE_TRY(const Json reply, channel.receive(kAnswerPatience));
    if (reply.contains("error")) return error_from(reply["error"]);
    return reply.value("result", Json::object());
}

}  // namespace syncline::app
