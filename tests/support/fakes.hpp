#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace syncline::testing {

/// Time that stands still until a test moves it.
class FakeClock final : public Clock {
public:
    Timestamp now() override { return now_.load(); }
    std::chrono::milliseconds steady() override {
        return std::chrono::milliseconds{steady_.load()};
    }
    /// Time passes.
    void advance(std::chrono::milliseconds by) {
        steady_ += by.count();
        Timestamp now = now_.load();
        while (!now_.compare_exchange_weak(now, now + by)) {
        }
    }
    /// Somebody sets the clock; no time passes.
    void set(Timestamp at) { now_.store(at); }

private:
    std::atomic<Timestamp> now_ = from_unix_ms(1'790'000'000'000);
    std::atomic<std::int64_t> steady_ = 0;
};

/// Repeatable randomness: SplitMix64 from a seed.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed = 1) : state_(seed) {}
    /// Goes on as one that was made from this seed.
    void begin_again(std::uint64_t seed) { state_ = seed; }
    void fill(std::span<std::uint8_t> out) override {
        for (std::uint8_t& byte : out)
            byte = static_cast<std::uint8_t>(next());
    }
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    /// A number below `limit`.
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    /// True once in `n` on average.
    bool one_in(std::uint64_t n) { return below(n) == 0; }

private:
    std::uint64_t state_;
};

/// Keeps the lines for a test to look at.
class MemoryLog final : public Log {
public:
    void write(LogLevel level, LogWord event, std::initializer_list<LogField> fields) override;
    const std::vector<std::string>& lines() const { return lines_; }
    bool mentions(std::string_view text) const;

private:
    std::vector<std::string> lines_;
};

}  // namespace syncline::testing
