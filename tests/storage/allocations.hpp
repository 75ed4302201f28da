#pragma once

#include <cstdint>

namespace syncline::testing {

/// Memory runs out: the `at`th allocation from now (from 1) fails, once. Counts those of SQLite or
/// those of C++ (operator new), in the whole program. One thread.
enum class Allocator : std::uint8_t { Sqlite, New };

void fail_allocation(Allocator of, std::uint64_t at);
/// Allocations since fail_allocation(); then none fails any more.
std::uint64_t stop_failing_allocations();

}  // namespace syncline::testing
