#include "base/log.hpp"

#include <type_traits>

namespace syncline {

std::string_view name(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return "debug";
        case LogLevel::Info:
            return "info";
        case LogLevel::Warning:
            return "warning";
        case LogLevel::Error:
            return "error";
    }
    return "error";
}

std::optional<LogLevel> log_level(std::string_view name) {
    for (const LogLevel level :
         {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error}) {
        if (syncline::name(level) == name) return level;
    }
    return std::nullopt;
}

std::string to_text(const LogValue& value) {
    return std::visit(
        [](const auto& held) -> std::string {
            using T = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<T, std::string_view>)
                return std::string(held);
            else if constexpr (std::is_same_v<T, std::int64_t>)
                return std::to_string(held);
            else if constexpr (std::is_same_v<T, bool>)
                return held ? "true" : "false";
            else if constexpr (std::is_same_v<T, Timestamp>)
                return to_rfc3339(held);
            else if constexpr (std::is_same_v<T, ErrorCode>)
                return std::string(name(held));
            else
                return uuid_text(held);
        },
        value.held()
    );
}

}  // namespace syncline
