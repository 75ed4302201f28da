#pragma once

#include "bench/cost.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace syncline::bench {

/// A program whose cost is measured together with that of all processes it starts and waits for.
/// Its output goes to files beside `scratch`. Killed when it goes out of scope.
class MeasuredProgram {
public:
    MeasuredProgram(const std::vector<std::string>& command, std::filesystem::path scratch);
    ~MeasuredProgram();
    MeasuredProgram(const MeasuredProgram&) = delete;
    MeasuredProgram& operator=(const MeasuredProgram&) = delete;

    /// Waits for its end. Throws, with what it printed, when it did not end with `exit_code`.
    /// `peak_rss_mb` is that of the largest of its processes.
    Cost wait(std::size_t count, int exit_code = 0);
    /// Asks it to end, as Ctrl-C does, and waits.
    Cost stop(std::size_t count);

    /// User and system time so far, in seconds, of it and of all that descend from it and run now.
    double cpu_now() const;
    /// Resident memory of the program itself, in MiB.
    std::int64_t rss_mb() const;
    /// What it printed so far.
    std::string out() const;

private:
    pid_t pid_ = -1;
    std::filesystem::path scratch_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace syncline::bench
