#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace syncline::app {

/// What somebody who goes through open questions types at one of them.
struct KeyedAnswer {
    enum class Key : std::uint8_t {
        Number,  ///< one of those that are listed
        Letter,  ///< what the question calls so
        Skip,
        Help,
        Quit,
    };
    Key key = Key::Help;
    std::size_t number = 0;  ///< Number: from 1
    char letter = '\0';
    bool is_rule = false;  ///< "r" in front: this, and as a rule
};

/// Reads a line: "2", "h", "r 2", "skip". `listed`: how many have a number; `letters`: what else
/// can be answered, of which those in `rules` can become a rule, as numbers then can. Nothing when
/// it is none of these.
std::optional<KeyedAnswer> read_keyed_answer(
    std::string_view line, std::size_t listed, std::string_view letters, std::string_view rules
);

}  // namespace syncline::app
