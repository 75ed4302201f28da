#pragma once

#include "base/result.hpp"
#include "connect/channel.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace syncline::connect {

/// A running connector host and the channel to it. The child gets the socket as descriptor 3 and an
/// otherwise empty set of descriptors; it ends within seconds when this process does, however that
/// happens. Its standard output and error are
/// discarded unless SYNCLINE_CONNECTOR_OUTPUT=inherit, because a connector's own words may hold a
/// customer's data.
class ChildProcess {
public:
    static Result<ChildProcess> start(const std::filesystem::path& program);

    /// Ends the child: closes the channel, waits `grace`, then kills.
    ~ChildProcess();
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    Channel& channel() { return *channel_; }
    /// Ends the child now and tells how it ended: "signal Segmentation fault", "exit status 1".
    std::string end(std::chrono::milliseconds grace);

private:
    ChildProcess(pid_t pid, Channel channel) : pid_(pid), channel_(std::move(channel)) {}
    pid_t pid_;
    std::optional<Channel> channel_;
};

}  // namespace syncline::connect
