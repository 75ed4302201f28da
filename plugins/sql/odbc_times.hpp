#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace sql {

/// A moment as a source spells it, without a zone.
using Moment = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads "2026-03-01", or that with " 12:30:00" and a fraction; a zone behind it is passed over, as
/// all moments of a source are compared with its own. Nothing for another text.
std::optional<Moment> read_moment(const std::string& text);

/// Writes it with `digits` of a second, at most six; what is smaller is cut.
std::string moment_text(Moment moment, int digits);

}  // namespace sql
