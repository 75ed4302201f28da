#include "connect/channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace syncline::connect {
namespace {

Error gone() {
    return {ErrorCode::PluginCrashed, Remedy::Retry, "channel", "the other process is gone"};
}

}  // namespace

Channel::~Channel() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Channel::Channel(Channel&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      scanned_(other.scanned_) {}

Result<void> Channel::send(const codec::Json& message) {
    const std::string line = codec::to_line(message) + '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return gone();
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<codec::Json> Channel::receive(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        if (const auto end = buffer_.find('\n', scanned_); end != std::string::npos) {
            auto parsed = codec::parse_json(std::string_view(buffer_).substr(0, end));
            buffer_.erase(0, end + 1);
            scanned_ = 0;
            if (parsed && !parsed->is_object()) {
                return Error{
                    ErrorCode::PayloadMalformed,
                    Remedy::Stop,
                    "channel",
                    "a message that is not an object"};
            }
            return parsed;
        }
        scanned_ = buffer_.size();
        if (buffer_.size() > kMaxLineBytes) {
            return Error{
                ErrorCode::PayloadMalformed, Remedy::Stop, "channel", "a line over 16 MiB"};
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        pollfd waiting{descriptor_, POLLIN, 0};
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            return Error{
                ErrorCode::RemoteUnavailable,
                Remedy::Retry,
                "channel",
                "no answer within " + std::to_string(patience.count() / 1'000) + " s"};
        }
        std::array<char, 65'536> chunk{};
        const ssize_t got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return gone();
        buffer_.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

Channel::Event Channel::wait(std::chrono::milliseconds patience, int other) const {
    if (!buffer_.empty()) return Event::Message;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        std::array<pollfd, 2> both{pollfd{descriptor_, POLLIN, 0}, pollfd{other, POLLIN, 0}};
        const auto ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
        const int ready = ::poll(both.data(), both.size(), ms);
        if (ready < 0 && errno == EINTR) continue;
        if (both[0].revents != 0) return Event::Message;
        return ready > 0 ? Event::Other : Event::None;
    }
}

}  // namespace syncline::connect
