#pragma once

#include "bench/cost.hpp"

#include <chrono>
#include <sys/resource.h>

namespace syncline::bench {

inline double seconds_of(const rusage& used) {
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Measures this process from its own beginning on.
class Stopwatch {
public:
    Cost cost(std::size_t count) const {
        Cost cost;
        cost.cpu_seconds = cpu_now() - cpu_;
        cost.wall_seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
        cost.count = count;
        return cost;
    }

private:
    static double cpu_now() {
        rusage used{};
        ::getrusage(RUSAGE_SELF, &used);
        return seconds_of(used);
    }
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    double cpu_ = cpu_now();
};

}  // namespace syncline::bench
