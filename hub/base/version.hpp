#pragma once

#include <compare>
#include <cstdint>

namespace syncline {

/// A moment of the hub's hybrid logical clock: 48 bits of milliseconds, 16 bits of counter.
/// Zero is "never". Unique and totally ordered within one hub, over restarts too.
struct Version {
    std::uint64_t number = 0;

    constexpr bool exists() const noexcept { return number != 0; }
    constexpr std::int64_t unix_ms() const noexcept {
        return static_cast<std::int64_t>(number >> 16U);
    }
    friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

}  // namespace syncline
