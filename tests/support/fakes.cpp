#include "support/fakes.hpp"

#include <algorithm>

namespace syncline::testing {

void MemoryLog::write(LogLevel /*level*/, LogWord event, std::initializer_list<LogField> fields) {
    std::string line(event.text());
    for (const LogField& field : fields)
        line += " " + std::string(field.name.text()) + "=" + to_text(field.value);
    lines_.push_back(std::move(line));
}

bool MemoryLog::mentions(std::string_view text) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

}  // namespace syncline::testing
