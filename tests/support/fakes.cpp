#include "support/fakes.hpp"

#include <algorithm>

namespace syncline::testing {

void MemoryLog::write(
    LogLevel /*level*/, std::string_view event, std::initializer_list<LogField> fields
) {
    std::string line(event);
    for (const LogField& field : fields)
        line += " " + std::string(field.name) + "=" + field.value;
    lines_.push_back(std::move(line));
}

bool MemoryLog::mentions(std::string_view text) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

}  // namespace syncline::testing
