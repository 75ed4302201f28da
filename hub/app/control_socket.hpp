#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <list>
#include <string>

namespace syncline::app {

/// Carries out one request of another process: operation and parameters to a result.
using Operation =
    std::function<Result<codec::Json>(const std::string& operation, const codec::Json& params)>;

/// Where a running hub takes requests of other commands: a Unix socket (0600), one JSON-RPC request
/// a connection. All methods from one thread.
class ControlServer {
public:
    /// Throws Fault when the socket cannot be made. A socket that a dead hub left is replaced: the
    /// caller holds the hub's lock.
    explicit ControlServer(const std::filesystem::path& socket);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    /// Serves the next request, if one comes within `time` and before `wake` (a descriptor) becomes
    /// readable.
    void serve(std::chrono::milliseconds time, int wake, const Operation& operation);
    /// The same, in a thread of the request's own, so that one that takes long keeps no other
    /// waiting. `operation` is called from several threads, and must live until `wait` returned.
    /// Throws what made an earlier one fail.
    void serve_aside(std::chrono::milliseconds time, int wake, const Operation& operation);
    /// Waits for the requests that are being served.
    void wait();

private:
    bool await_request(std::chrono::milliseconds time, int wake) const;
    void forget_served();

    std::list<std::future<void>> served_aside_;
    std::filesystem::path path_;
    int listener_ = -1;
};

/// Sends a request to the hub that runs in this folder. NotFound when none listens; otherwise what
/// the hub answered.
Result<codec::Json> ask_running_hub(
    const std::filesystem::path& socket, const std::string& operation, const codec::Json& params
);

}  // namespace syncline::app
