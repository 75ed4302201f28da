// Requests to a running hub over its control socket: whatever comes, it serves the next one.

#include "app/control_socket.hpp"
#include "connect/channel.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <sys/un.h>

namespace {

using namespace syncline;
using codec::Json;

int connect_to(const std::filesystem::path& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
    const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int connected =
        ::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    SYNCLINE_ASSERT(connected == 0);
    return peer;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    static const std::filesystem::path socket = folder.path() / "control.sock";
    static app::ControlServer server(socket);
    constexpr std::size_t kRoomInSocket = 65'536;
    const int peer = connect_to(socket);
    connect::Channel client(peer);
    const ssize_t sent = ::send(peer, data, std::min(size, kRoomInSocket), MSG_NOSIGNAL);
    SYNCLINE_ASSERT(sent >= 0);
    ::shutdown(peer, SHUT_WR);
    server.serve(std::chrono::seconds{5}, -1, [](const std::string& operation, const Json& params) {
        return Result<Json>(Json{{"operation", operation}, {"params", params}});
    });
    const auto reply = client.receive(std::chrono::seconds{1});
    if (!reply) return 0;  // no request, and so no answer
    SYNCLINE_ASSERT(reply->contains("id"));
    SYNCLINE_ASSERT(reply->contains("result") != reply->contains("error"));
    return 0;
}
