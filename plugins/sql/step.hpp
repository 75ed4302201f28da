#pragma once

#include <cstdint>

namespace sql {

/// What was being done when an error came.
enum class Step : std::uint8_t { Connecting, Reading, Writing, Committing };

}  // namespace sql
