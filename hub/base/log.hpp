#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace syncline {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };
/// "debug", "info", "warning", "error".
std::string_view name(LogLevel level);
std::optional<LogLevel> log_level(std::string_view name);

/// A fixed word of the program. Only a literal becomes one, never a text that came from outside.
class LogWord {
public:
    // NOLINTBEGIN(google-explicit-constructor): a literal stands for it.
    template <std::size_t N>
    consteval LogWord(const char (&literal)[N]) : text_(literal, N - 1) {}
    // NOLINTEND(google-explicit-constructor)
    constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

/// A type whose values are names of the configuration or of the program, and may be logged. It says
/// so by `std::string_view log_text(const T&)` beside it. None that holds what a customer is called
/// or a system holds may have one; nor RemoteId, which in some systems is an e-mail address.
template <class T>
concept Loggable = requires(const T& value) {
    { log_text(value) } -> std::same_as<std::string_view>;
};
template <class T>
concept LoggedNumber = std::integral<T> && !std::same_as<T, bool> && sizeof(T) > 1;

/// What can stand in a log line: a literal, a number, a moment, an id of the hub, an error's code,
/// a Loggable name. A std::string is none of them, nor is anything else that could hold a
/// customer's value (FieldValue, RawValue, Error, JSON): it does not compile. Borrows names.
class LogValue {
public:
    using Id = std::array<std::uint8_t, 16>;
    using Held = std::variant<std::string_view, std::int64_t, bool, Timestamp, Id, ErrorCode>;

    // NOLINTBEGIN(google-explicit-constructor): values stand in a line as they are.
    template <std::size_t N>
    consteval LogValue(const char (&literal)[N]) : held_(std::string_view(literal, N - 1)) {}
    template <LoggedNumber T>
    LogValue(T number) : held_(static_cast<std::int64_t>(number)) {}
    template <std::same_as<bool> T>  // a pointer becomes no truth
    LogValue(T truth) : held_(truth) {}
    LogValue(Timestamp at) : held_(at) {}
    LogValue(ErrorCode code) : held_(code) {}
    template <class Tag>
    LogValue(const Uuid<Tag>& id) : held_(id.raw()) {}
    template <Loggable T>
    LogValue(const T& name) : held_(log_text(name)) {}
    // NOLINTEND(google-explicit-constructor)

    const Held& held() const noexcept { return held_; }

private:
    Held held_;
};
/// As a person reads it: 7, true, 2026-03-01T09:30:00.000Z, remote_refused, the name.
std::string to_text(const LogValue& value);

/// A named detail of a log line.
struct LogField {
    LogWord name;
    LogValue value;
};

/// Where the hub reports what it does. One line a call.
class Log {
public:
    Log() = default;
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    virtual ~Log() = default;

    /// Any thread. `event` is a snake_case word.
    virtual void write(LogLevel level, LogWord event, std::initializer_list<LogField> fields) = 0;
};

}  // namespace syncline
