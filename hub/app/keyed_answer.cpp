#include "app/keyed_answer.hpp"

#include "base/text.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace syncline::app {

std::optional<KeyedAnswer> read_keyed_answer(
    std::string_view line, std::size_t listed, std::string_view letters, std::string_view rules
) {
    using Key = KeyedAnswer::Key;
    std::string text = ascii_lower(trimmed(line));
    KeyedAnswer answer;
    if (text == "?" || text == "help") return answer;
    if (!rules.empty() && text.size() > 1 && text.front() == 'r') {
        answer.is_rule = true;
        text = std::string(trimmed(std::string_view(text).substr(1)));
    }
    std::size_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed == std::errc{} && end == text.data() + text.size()) {
        if (number == 0 || number > listed) return std::nullopt;
        answer.key = Key::Number;
        answer.number = number;
        return answer;
    }
    if (!answer.is_rule && (text == "s" || text == "skip")) {
        answer.key = Key::Skip;
        return answer;
    }
    if (!answer.is_rule && (text == "q" || text == "quit")) {
        answer.key = Key::Quit;
        return answer;
    }
    const std::string_view possible = answer.is_rule ? rules : letters;
    if (text.size() != 1 || possible.find(text.front()) == std::string_view::npos)
        return std::nullopt;
    answer.key = Key::Letter;
    answer.letter = text.front();
    return answer;
}

}  // namespace syncline::app
