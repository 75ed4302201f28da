#pragma once

namespace syncline::app {

/// Catches SIGINT and SIGTERM while it lives: the first asks the hub to finish its batch and end, a
/// second one ends the process at once. One at a time in a process.
class StopSignal {
public:
    enum class Tells { Nobody, Person };
    /// Person: the first signal is answered on standard error, for it may take a while to end.
    explicit StopSignal(Tells tells = Tells::Nobody);
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    bool is_requested() const noexcept;
    /// Becomes readable when a stop is requested.
    int descriptor() const noexcept;
};

}  // namespace syncline::app
