#include "simulation/spelling.hpp"

#include <algorithm>

namespace syncline::testing {

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

std::string text_of(const Field& field, const std::string& path, const FieldValue& value) {
    return value.parts.at(FieldTable::part_index(field, path)).value_or("");
}

std::string meant(const std::string& remote, std::string text) {
    if (remote == "phone") std::erase(text, ' ');
    return text;
}

std::string rewritten(const std::string& value) {
    return value.empty() || value.starts_with("* ") ? value : "* " + value;
}

bool holds(
    const FakeSystem::Character& character,
    const std::string& remote,
    const std::string& held,
    const std::string& value
) {
    if (remote == "name" && character.cut_at != 0) return held == value.substr(0, character.cut_at);
    if (remote == character.rewrites && held == rewritten(value)) return true;
    if (remote == "city") return upper(held) == upper(value);
    return meant(remote, held) == meant(remote, value);
}

std::string said(const std::map<std::string, std::string>& record, const std::string& remote) {
    const auto found = record.find(remote);
    return found == record.end() ? "" : found->second;
}

}  // namespace syncline::testing
