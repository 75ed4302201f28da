#pragma once

#include <cstddef>
#include <cstdint>

namespace syncline::bench {

/// What a piece of work cost.
struct Cost {
    double cpu_seconds = 0;  ///< user and system, of all processes that worked
    double wall_seconds = 0;
    std::size_t count = 0;  ///< records or edits
    std::int64_t peak_rss_mb = 0;

    double cpu_us_each() const { return cpu_seconds / static_cast<double>(count) * 1e6; }
};

}  // namespace syncline::bench
