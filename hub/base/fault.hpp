#pragma once

#include <stdexcept>
#include <string>

namespace syncline {

/// The machine failed: database gone, disk full, out of memory. Thrown by the edges only and caught
/// at the few catch points that can roll back and report (docs/decisions/0002-errors.md).
/// The text carries no personal data.
struct Fault : std::runtime_error {
    explicit Fault(const std::string& text) : std::runtime_error(text) {}
};

}  // namespace syncline
