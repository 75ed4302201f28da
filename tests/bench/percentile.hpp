#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace syncline::bench {

/// The value that this share (0 to 1) of them does not exceed. @pre there is one
inline double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace syncline::bench
