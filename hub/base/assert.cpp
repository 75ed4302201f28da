#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace syncline {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "syncline: broken invariant: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace syncline
