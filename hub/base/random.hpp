#pragma once

#include <cstdint>
#include <span>

namespace syncline {

/// Where the hub gets randomness. Injected, so that tests and the simulator replay it.
/// The implementation that ships is vault's, over libsodium.
class Random {
public:
    Random() = default;
    Random(const Random&) = delete;
    Random& operator=(const Random&) = delete;
    virtual ~Random() = default;

    /// Fills `out` with unpredictable bytes. Any thread.
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace syncline
