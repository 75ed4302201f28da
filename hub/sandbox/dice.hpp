#pragma once

#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::sandbox {

/// Chance that repeats itself: the same seed and purpose throw the same numbers on each machine.
/// Not for secrets.
class Dice {
public:
    /// `purpose` keeps the throws of one part of an invented world from moving those of another.
    Dice(std::uint64_t seed, std::string_view purpose);

    std::uint64_t next();
    /// 0 <= n < bound. @pre bound > 0
    std::size_t below(std::size_t bound);
    /// True so many times in a hundred.
    bool percent(unsigned chance) { return below(100) < chance; }
    /// One of them. @pre there is one
    template <class List>
    const auto& pick(const List& list) {
        return list[below(list.size())];
    }
    std::string digits(std::size_t count);

private:
    std::uint64_t state_;
};

}  // namespace syncline::sandbox
