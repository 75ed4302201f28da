#include "connect/wake_descriptor.hpp"

#include "base/fault.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace syncline::connect {

WakeDescriptor::WakeDescriptor() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw Fault("no event descriptor can be made");
}

WakeDescriptor::~WakeDescriptor() {
    ::close(descriptor_);
}

void WakeDescriptor::raise() const noexcept {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(descriptor_, &one, sizeof one));
}

void WakeDescriptor::clear() const noexcept {
    std::uint64_t count = 0;
    static_cast<void>(!::read(descriptor_, &count, sizeof count));
}

}  // namespace syncline::connect
