#pragma once

#include "encoding.hpp"
#include "row.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace files {

struct Dialect {
    char delimiter = ',';
    char quote = '"';
};

/// What a file may hold at most. More is refused, never cut.
struct Limits {
    std::size_t file = 256ULL << 20U;  ///< bytes
    std::size_t row = 64ULL << 10U;    ///< bytes, with the quotes
    std::size_t columns = 1'000;
};

/// Reads rows of RFC 4180 one by one: quoted cells may hold delimiters, line ends and doubled
/// quotes; a blank line is no row. Lines end with CR LF or LF, or with CR in a file without any LF.
/// A row that breaks the rules is reported with its line, and reading goes on with the line after
/// that: a lost quote spoils one row.
class CsvReader {
public:
    CsvReader(std::string_view text, Dialect dialect, std::size_t longest_row = Limits{}.row);
    /// The next row; nothing at the end.
    std::optional<Row> next();
    /// Takes back a row of several lines that turned out not to be meant: the next one begins with
    /// its second line.
    void go_on_after_first_line(const Row& row);

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool is_at_line_end() const;  ///< also at the end of the text
    void skip_line_end();
    void read_cell(Row& row);
    void read_quoted(Row& row, std::string& cell);

    std::string_view text_;
    Dialect dialect_;
    std::size_t longest_row_;
    char line_end_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

/// The rows of a CSV file, each with a cell for every column.
class CsvRows final : public RowReader {
public:
    /// `columns` of a file without a header; empty: the first row is one. Throws Failure (INVALID)
    /// when that is none.
    CsvRows(
        const Decoded& file, Dialect dialect, const Limits& limits, std::vector<std::string> columns
    );
    const std::vector<std::string>& columns() const override { return columns_; }
    std::optional<Row> next() override;

private:
    void read_header(const Decoded& file, const Limits& limits);

    CsvReader reader_;
    std::vector<std::string> columns_;
};

/// One row with its line end (CR LF), quoted where needed.
std::string csv_line(const std::vector<std::string>& cells, Dialect dialect);

}  // namespace files
