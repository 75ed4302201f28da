#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sql {

/// A value that is bound: null, or the text that the database converts to what it needs.
struct Bound {
    std::optional<std::string> text;
    std::string column;      ///< that it is written to; "" for one that is compared
    bool is_number = false;  ///< for databases to which a text is another value than a number
    std::string like = {};   ///< column whose type a value has that is compared; "" = not said
};

/// A statement in pieces, with a value bound between each two: how a place is written is the
/// database's affair.
struct Statement {
    std::vector<std::string> pieces{std::string()};
    std::vector<Bound> values;
    std::uint32_t most_rows = 0;  ///< that a SELECT wants; 0 = all

    Statement() = default;
    explicit Statement(std::string text) : pieces{std::move(text)} {}

    Statement& operator<<(std::string_view text) {
        pieces.back() += text;
        return *this;
    }
    Statement& bind(std::optional<std::string> text, std::string column = {}) {
        values.push_back({std::move(text), std::move(column), false, {}});
        pieces.emplace_back();
        return *this;
    }
};

/// An identifier as SQL writes it: quoted, quotes doubled.
inline std::string quoted(const std::string& identifier) {
    std::string out = "\"";
    for (const char c : identifier) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

}  // namespace sql
