#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace syncline {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

/// A named detail of a log line. Only ids, names, counts and codes: a FieldValue or RawValue does
/// not convert to it, so a customer's data cannot be logged by accident.
struct LogField {
    std::string_view name;
    std::string value;
};

/// Where the hub reports what it does. One line a call; control characters are escaped.
class Log {
public:
    Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    virtual ~Log() = default;

    /// Any thread. `event` is a fixed snake_case word; never built from outside text.
    virtual void write(
        LogLevel level, std::string_view event, std::initializer_list<LogField> fields
    ) = 0;
};

}  // namespace syncline
