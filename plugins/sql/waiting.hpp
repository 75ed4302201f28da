#pragma once

#include <cerrno>
#include <chrono>
#include <poll.h>

namespace sql {

/// How often the hub is asked whether to stop.
constexpr std::chrono::milliseconds kLook{100};
/// For a server to end a statement by itself.
constexpr std::chrono::milliseconds kGrace{5'000};
/// A connection that was used so lately is taken to be there.
constexpr std::chrono::milliseconds kFresh{1'000};
/// Whom to believe about a server where settings name nobody.
constexpr const char* kAuthorities = "/etc/ssl/certs/ca-certificates.crt";

/// Waits until a socket is ready for `events` of poll(); false after `patience`.
inline bool is_ready(int socket, short events, std::chrono::milliseconds patience) {
    pollfd waited{socket, events, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(patience.count()));
    return ready > 0 || (ready < 0 && errno != EINTR);
}

}  // namespace sql
