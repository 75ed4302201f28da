#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace syncline::sandbox {

/// How an imitated server lets its clients down. "Every n": of the requests it applies to, each
/// n-th; 0 = never, 1 = all of them.
struct Misbehaviour {
    std::chrono::milliseconds latency{0};  ///< before each answer
    std::uint32_t rate_limit_every = 0;    ///< 429 with Retry-After; nothing happened
    std::chrono::seconds retry_after{1};
    std::uint32_t server_error_every = 0;       ///< 500; nothing happened
    std::uint32_t reset_before_every = 0;       ///< connection reset before anything happened
    std::uint32_t reset_after_write_every = 0;  ///< POST, PUT, DELETE: done, then reset
    std::uint32_t server_error_after_write_every = 0;  ///< the same, with a 500 instead
    std::uint32_t times = 0;  ///< good again after so many failures; 0 = never

    friend bool operator==(const Misbehaviour&, const Misbehaviour&) = default;
};

/// Reads {"latency_ms": 20, "rate_limit_every": 3, "retry_after_s": 1, "server_error_every": 0,
/// "reset_before_every": 0, "reset_after_write_every": 1, "server_error_after_write_every": 0,
/// "times": 1}; what is missing is as in a good server. PayloadMalformed, naming the member, for
/// anything else.
Result<Misbehaviour> read_misbehaviour(std::string_view json);
std::string to_json(const Misbehaviour& misbehaviour);

/// Whether a request is one that changes something.
enum class RequestKind : std::uint8_t { Read, Write };

/// What becomes of one request.
enum class Fate : std::uint8_t {
    Served,
    RateLimited,
    ServerError,
    ResetBefore,
    ResetAfter,
    ServerErrorAfter,
};

/// Decides the fate of each request in turn. Any thread.
class Mischief {
public:
    explicit Mischief(Misbehaviour misbehaviour) : settings_(misbehaviour) {}

    /// Behaves so from the next request on; counting starts anew.
    void set(Misbehaviour misbehaviour);
    Misbehaviour settings() const;
    Fate next(RequestKind kind);

private:
    Fate choose(RequestKind kind) const;

    mutable std::mutex mutex_;
    Misbehaviour settings_;
    std::uint64_t requests_ = 0;
    std::uint64_t writes_ = 0;
    std::uint32_t failures_ = 0;
};

}  // namespace syncline::sandbox
