#pragma once

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

struct CsvRow {
    std::size_t line = 0;  ///< of its first character, from 1
    std::vector<std::string> cells;
    std::string problem;  ///< not empty: why the row cannot be read
};

/// Reads rows of RFC 4180 one by one: quoted cells may hold delimiters, line ends and doubled
/// quotes; lines end with CR LF or LF; a blank line is no row. A row that breaks the rules is
/// reported with its line, and reading goes on with the line after that.
class CsvReader {
public:
    CsvReader(std::string_view text, Dialect dialect) : text_(text), dialect_(dialect) {}
    /// The next row; nothing at the end.
    std::optional<CsvRow> next();

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool is_at_line_end() const;  ///< also at the end of the text
    void skip_line_end();
    void read_cell(CsvRow& row);
    void read_quoted(CsvRow& row, std::string& cell);

    std::string_view text_;
    Dialect dialect_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

/// One row with its line end (CR LF), quoted where needed.
std::string csv_line(const std::vector<std::string>& cells, Dialect dialect);

}  // namespace files
