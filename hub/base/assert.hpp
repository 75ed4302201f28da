#pragma once

namespace syncline {

/// Ends the process after printing where. For broken code, never for bad input.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace syncline

/// Always on, in release builds too: a broken invariant stops the hub before it damages data.
#define SYNCLINE_ASSERT(condition) \
    ((condition) ? void(0) : ::syncline::assertion_failed(#condition, __FILE__, __LINE__))
