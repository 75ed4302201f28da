#include "odbc_refusal.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Failure;

// Columns of what the catalogue answers.
constexpr std::size_t kIndexIsShared = 3;
constexpr std::size_t kIndexName = 5;
constexpr std::size_t kIndexColumn = 8;
constexpr std::size_t kHomeSchema = 1;
constexpr std::size_t kHomeTable = 2;
constexpr std::size_t kHomeColumn = 3;
constexpr std::size_t kOwnColumn = 7;

std::string text_at(const std::vector<OdbcValue>& row, std::size_t at) {
    return at < row.size() ? row[at].text.value_or("") : "";
}

std::size_t characters_in(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

/// Is the text a number that the column has digits for?
bool is_number_for(const OdbcDescription& known, const std::string& text) {
    const Json number = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!number.is_number()) return false;
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::size_t before = point - (text.starts_with('-') ? 1 : 0);
    const auto behind = static_cast<std::uint64_t>(std::max<int>(known.digits, 0));
    const bool is_exact = behind > 0 && known.size > behind;
    return !is_exact || text.find('e') != std::string::npos || before <= known.size - behind;
}

/// Can the column hold the value at all, as it was described?
bool fits(const OdbcColumn& column, const std::optional<std::string>& value) {
    if (!value) return column.known.takes_null;
    const std::uint32_t most = column.column.max_characters;
    if (most > 0 && characters_in(*value) > most) return false;
    const bool is_number =
        column.kind() == Cell::Kind::Integer || column.kind() == Cell::Kind::Decimal;
    return !is_number || is_number_for(column.known, *value);
}

/// Is the name in the text, and not as a part of another?
bool names(const std::string& text, const std::string& name) {
    const auto is_part = [&](std::size_t at) {
        const auto c = static_cast<unsigned char>(text[at]);
        return std::isalnum(c) != 0 || c == '_' || c >= 0x80U;
    };
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || !is_part(at - 1)) && (end == text.size() || !is_part(end))) return true;
    }
    return false;
}

class Refused {
public:
    Refused(
        const Statement& statement,
        const Table& table,
        const std::vector<OdbcColumn>& columns,
        const OdbcQuestions& questions
    )
        : table_(table), columns_(columns), questions_(questions) {
        for (const Bound& value : statement.values) {
            if (!value.column.empty()) written_.push_back(value);
        }
        for (const std::string& column : table.key) {
            const auto asked = std::find_if(
                statement.values.begin(),
                statement.values.end(),
                [&](const Bound& value) { return value.like == column; }
            );
            if (asked != statement.values.end()) own_key_.push_back(asked->text.value_or(""));
        }
    }

    std::string unfit() const {
        for (const Bound& value : written_) {
            const OdbcColumn* const column = known(value.column);
            if (column != nullptr && !fits(*column, value.text)) return value.column;
        }
        return {};
    }

    /// The column of a unique index whose values another row has.
    std::string taken() const {
        std::map<std::string, std::vector<std::string>> indexes;
        for (const auto& row : questions_.unique_indexes().rows) {
            const std::string column = text_at(row, kIndexColumn);
            if (!column.empty() && text_at(row, kIndexIsShared) == "0")
                indexes[text_at(row, kIndexName)].push_back(column);
        }
        for (const auto& [name, unique] : indexes) {
            std::vector<Bound> values;
            for (const std::string& column : unique) {
                if (const Bound* const value = written(column); value != nullptr && value->text)
                    values.push_back(*value);
            }
            if (values.size() == unique.size() && is_held_by_another(values)) return unique.back();
        }
        return {};
    }

    /// The column that refers to what is not there.
    std::string dangling() const {
        const OdbcAnswer references = questions_.references();
        for (const auto& row : references.rows) {
            const Bound* const value = written(text_at(row, kOwnColumn));
            if (value == nullptr || !value->text) continue;
            Bound there = *value;
            there.column = text_at(row, kHomeColumn);
            const OdbcAnswer found = questions_.rows(
                text_at(row, kHomeSchema), text_at(row, kHomeTable), {there.column}, {there}
            );
            if (found.rows.empty()) return value->column;
        }
        return {};
    }

    std::string named_in(const std::string& message) const {
        for (const Bound& value : written_) {
            if (names(message, value.column)) return value.column;
        }
        return {};
    }

    std::string only() const { return written_.size() == 1 ? written_.front().column : ""; }

private:
    const OdbcColumn* known(const std::string& name) const {
        const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const auto& column) {
            return column.column.name == name;
        });
        return found == columns_.end() ? nullptr : &*found;
    }
    const Bound* written(const std::string& column) const {
        const auto found = std::find_if(written_.begin(), written_.end(), [&](const Bound& value) {
            return value.column == column;
        });
        return found == written_.end() ? nullptr : &*found;
    }
    bool is_held_by_another(const std::vector<Bound>& values) const {
        const OdbcAnswer found = questions_.rows(table_.schema, table_.name, table_.key, values);
        return std::any_of(found.rows.begin(), found.rows.end(), [&](const auto& row) {
            std::vector<std::string> key;
            for (std::size_t i = 0; i < row.size(); ++i) {
                const OdbcColumn* const column = known(table_.key[i]);
                key.push_back(column == nullptr ? "" : column->cell_of(row[i]).text);
            }
            return key != own_key_;
        });
    }

    const Table& table_;
    const std::vector<OdbcColumn>& columns_;
    const OdbcQuestions& questions_;
    std::vector<Bound> written_;
    std::vector<std::string> own_key_;  ///< of the row that is changed; none = a new one
};

}  // namespace

void explain_refusal(
    Failure& refusal,
    const OdbcError& error,
    const Statement& statement,
    const Table& table,
    const std::vector<OdbcColumn>& columns,
    const OdbcQuestions& questions
) {
    const Refused refused(statement, table, columns, questions);
    refusal.field = refused.unfit();
    if (!refusal.field.empty()) return;
    refusal.field = refused.taken();
    if (!refusal.field.empty()) {
        refusal.status = SYNCLINE_E_DUPLICATE;
        return;
    }
    refusal.field = refused.dangling();
    if (refusal.field.empty()) refusal.field = refused.named_in(error.message);
    if (refusal.field.empty()) refusal.field = refused.only();
}

}  // namespace sql
