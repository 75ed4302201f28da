#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace syncline::app {

/// The lock that makes a hub the one writer of its folder. Freed when it goes out of scope, or when
/// the process dies.
class HubLock {
public:
    /// AlreadyRunning, naming the process that holds it.
    static Result<HubLock> take(const std::filesystem::path& file);
    ~HubLock();
    HubLock(HubLock&& other) noexcept;
    HubLock& operator=(HubLock&&) = delete;
    HubLock(const HubLock&) = delete;
    HubLock& operator=(const HubLock&) = delete;

private:
    explicit HubLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace syncline::app
