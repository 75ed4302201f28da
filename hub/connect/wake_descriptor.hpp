#pragma once

namespace syncline::connect {

/// A descriptor that has something to read from when it is raised until it is cleared: for threads
/// that wait in poll(). Raising is for any thread.
class WakeDescriptor {
public:
    /// Throws Fault when the process has no descriptor left.
    WakeDescriptor();
    ~WakeDescriptor();
    WakeDescriptor(const WakeDescriptor&) = delete;
    WakeDescriptor& operator=(const WakeDescriptor&) = delete;

    void raise() const noexcept;
    void clear() const noexcept;
    int number() const noexcept { return descriptor_; }

private:
    int descriptor_ = -1;
};

}  // namespace syncline::connect
