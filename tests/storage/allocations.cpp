#include "storage/allocations.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <new>

namespace syncline::testing {
namespace {

struct Countdown {
    bool is_on = false;
    Allocator of = Allocator::New;
    std::uint64_t passed = 0;
    std::uint64_t fails_at = 0;

    bool fails(Allocator allocator) { return is_on && of == allocator && ++passed == fails_at; }
};
Countdown countdown;

sqlite3_mem_methods real{};

/// Before main: SQLite takes another allocator only until its first use.
const bool is_installed = [] {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK) return false;
    sqlite3_mem_methods counted = real;
    counted.xMalloc = [](int size) -> void* {
        return countdown.fails(Allocator::Sqlite) ? nullptr : real.xMalloc(size);
    };
    counted.xRealloc = [](void* old, int size) -> void* {
        return countdown.fails(Allocator::Sqlite) ? nullptr : real.xRealloc(old, size);
    };
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) == SQLITE_OK;
}();

}  // namespace

void fail_allocation(Allocator of, std::uint64_t at) {
    EXPECT_TRUE(is_installed);
    countdown = {true, of, 0, at};
}

std::uint64_t stop_failing_allocations() {
    countdown.is_on = false;
    return countdown.passed;
}

}  // namespace syncline::testing

void* operator new(std::size_t size) {
    if (syncline::testing::countdown.fails(syncline::testing::Allocator::New))
        throw std::bad_alloc();
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
