#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncline {

/// UTC, milliseconds. The only form in which the hub keeps a moment.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

constexpr Timestamp from_unix_ms(std::int64_t ms) {
    return Timestamp{std::chrono::milliseconds{ms}};
}
constexpr std::int64_t to_unix_ms(Timestamp at) {
    return at.time_since_epoch().count();
}

/// RFC 3339 in UTC with milliseconds: 2026-03-01T09:30:00.000Z.
std::string to_rfc3339(Timestamp at);
/// A moment in a file's name, in whole seconds: 20260301T093000Z.
std::string to_file_stamp(Timestamp at);
/// Reads RFC 3339 with any offset and 0 to 9 decimals; nothing when it is not a valid moment.
std::optional<Timestamp> from_rfc3339(std::string_view text);

}  // namespace syncline
