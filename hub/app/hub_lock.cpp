#include "app/hub_lock.hpp"

#include "base/fault.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace syncline::app {

Result<HubLock> HubLock::take(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw Fault("the lock " + file.string() + " cannot be made: " + std::strerror(errno));
    HubLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        std::string holder;
        std::ifstream(file) >> holder;
        return Error{
            ErrorCode::AlreadyRunning,
            Remedy::Reject,
            file.string(),
            "another syncline uses this hub (process " + (holder.empty() ? "?" : holder) + ")"};
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    const bool written =
        ::ftruncate(descriptor, 0) == 0 &&
        ::pwrite(descriptor, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
    if (!written) throw Fault("the lock " + file.string() + " cannot be written");
    return lock;
}

HubLock::HubLock(HubLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

HubLock::~HubLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace syncline::app
