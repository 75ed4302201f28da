#include "app/error_advice.hpp"

namespace syncline::app {

std::string with_commands_of(std::string_view text, const std::string& command) {
    constexpr std::string_view kProgram = "`syncline ";
    std::string typed(text);
    for (auto at = typed.find(kProgram); at != typed.npos; at = typed.find(kProgram, at + 1))
        typed.replace(at + 1, kProgram.size() - 2, command);
    return typed;
}

std::string advice_for(const ErrorEntry& entry, const std::string& command) {
    return with_commands_of(entry.fixes.front(), command);
}

}  // namespace syncline::app
