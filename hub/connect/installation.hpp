#pragma once

#include <chrono>
#include <filesystem>

namespace syncline::connect {

/// Where connectors and their host are installed, and how long a silent one is waited for.
struct Installation {
    std::filesystem::path host;                   ///< syncline-connector-host
    std::filesystem::path connectors;             ///< folder of <alias>.so and <alias>.json
    std::chrono::milliseconds patience{120'000};  ///< without a sign of life from a child
};

}  // namespace syncline::connect
