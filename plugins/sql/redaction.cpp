#include "redaction.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace sql {

std::string without(std::string text, const std::string& value) {
    constexpr std::size_t kTooShort = 2;
    if (value.size() < kTooShort) return text;
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
        constexpr std::string_view kTaken = "…";
        text.replace(at, value.size(), kTaken);
        at += kTaken.size();
    }
    return text;
}

std::string without_values(std::string text, const Statement* statement) {
    if (statement == nullptr) return text;
    for (const Bound& value : statement->values) {
        if (value.text) text = without(std::move(text), *value.text);
    }
    return text;
}

}  // namespace sql
