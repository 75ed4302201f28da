#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace syncline {

/// Who acts on an error.
enum class Mender : std::uint8_t {
    Operator,             ///< who runs the hub
    SystemAdministrator,  ///< who runs the connected system
    ConnectorAuthor,
    Syncline,  ///< nobody: the hub goes on by itself, or nothing can be done
};
/// "system_administrator", as schemas/errors.json spells it.
std::string_view name(Mender mender);
/// "the administrator of the system"
std::string_view title(Mender mender);

/// What schemas/errors.json says about one error. Texts are plain English with `code` in
/// backticks; words in capitals stand for the reader's own. All of it lives as long as the program.
struct ErrorEntry {
    ErrorCode code;
    std::string_view name;   ///< as name(code)
    std::string_view group;  ///< title of its group: "Systems"
    std::string_view meaning;
    std::uint16_t exit_code;                   ///< of a command that ends with it
    std::span<const std::string_view> shows;   ///< "command", "quarantine", "status", "log"
    std::span<const std::string_view> causes;  ///< likely ones, at least one
    std::span<const std::string_view> fixes;   ///< what to do, at least one
    std::span<const Mender> who;               ///< first things first, at least one
    std::span<const std::string_view> see;     ///< pages below docs/, with an anchor
};

struct ErrorGroup {
    std::string_view title;
    std::string_view about;
};

/// Every error, by number.
std::span<const ErrorEntry> error_catalogue();
/// In the order of their errors.
std::span<const ErrorGroup> error_groups();
/// The entry of a code; every code has one.
const ErrorEntry& entry_of(ErrorCode code);

}  // namespace syncline
