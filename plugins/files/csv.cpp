#include "csv.hpp"

#include "syncline/connector.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace files {

using syncline::sdk::Failure;

CsvReader::CsvReader(std::string_view text, Dialect dialect, std::size_t longest_row)
    : text_(text),
      dialect_(dialect),
      longest_row_(longest_row),
      line_end_(text.find('\n') == std::string_view::npos ? '\r' : '\n') {}

/// Beside line feeds, a carriage return alone is a character of a cell like any other.
bool CsvReader::is_at_line_end() const {
    if (at_ >= text_.size() || text_[at_] == line_end_) return true;
    return text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n');
}

void CsvReader::skip_line_end() {
    if (peek() == '\r' && line_end_ == '\n') ++at_;
    if (peek() == line_end_) {
        ++line_;
        ++at_;
    }
}

void CsvReader::read_quoted(Row& row, std::string& cell) {
    ++at_;
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (at_ - row.begin > longest_row_) return;
        if (c == line_end_) ++line_;
        if (c != dialect_.quote) {
            cell += c;
            continue;
        }
        if (at_ + 1 < text_.size() && text_[at_ + 1] == dialect_.quote) {
            cell += c;
            ++at_;
            continue;
        }
        ++at_;
        const bool ends = peek() == dialect_.delimiter || is_at_line_end();
        if (!ends) row.problem = "there is text after a closing quote";
        return;
    }
    row.problem = "a quote is never closed";
}

void CsvReader::read_cell(Row& row) {
    std::string cell;
    if (peek() == dialect_.quote && at_ < text_.size()) {
        read_quoted(row, cell);
    } else {
        while (!is_at_line_end() && text_[at_] != dialect_.delimiter) {
            if (text_[at_] == dialect_.quote) {
                row.problem = "there is a quote inside a cell that does not begin with one";
                return;
            }
            cell += text_[at_++];
        }
    }
    if (row.problem.empty() && at_ - row.begin > longest_row_)
        row.problem = "it is longer than " + std::to_string(longest_row_) +
                      " bytes, the limit; a quote that is never closed looks so too";
    row.cells.push_back(std::move(cell));
}

std::optional<Row> CsvReader::next() {
    while (at_ < text_.size() && is_at_line_end())
        skip_line_end();
    if (at_ >= text_.size()) return std::nullopt;
    Row row;
    row.line = line_;
    row.begin = at_;
    for (;;) {
        read_cell(row);
        if (!row.problem.empty() || at_ >= text_.size() || peek() != dialect_.delimiter) break;
        ++at_;
    }
    if (row.problem.empty()) {
        row.end = at_;
        skip_line_end();
    } else {
        // Where the row was meant to end is unknown; a lost quote must not swallow the rest.
        go_on_after_first_line(row);
        row.end = at_;
    }
    return row;
}

void CsvReader::go_on_after_first_line(const Row& row) {
    line_ = row.line;
    at_ = std::min(text_.find(line_end_, row.begin), text_.size());
    skip_line_end();
}

CsvRows::CsvRows(
    const Decoded& file, Dialect dialect, const Limits& limits, std::vector<std::string> columns
)
    : reader_(file.text, dialect, limits.row), columns_(std::move(columns)) {
    if (columns_.empty()) read_header(file, limits);
}

void CsvRows::read_header(const Decoded& file, const Limits& limits) {
    const auto header = reader_.next();
    if (header && file.bad_in(header->begin, header->end) != nullptr)
        throw Failure(SYNCLINE_E_INVALID, "the header is not in the encoding that is set");
    if (header && !header->cells.empty() && header->cells.front().find('\0') != std::string::npos)
        throw Failure(
            SYNCLINE_E_INVALID, "the header has NUL characters, as UTF-16 read as bytes has"
        );
    if (!header || !header->problem.empty())
        throw Failure(SYNCLINE_E_INVALID, "the first line is no header");
    columns_ = header->cells;
    if (columns_.size() > limits.columns)
        throw Failure(
            SYNCLINE_E_INVALID,
            "it has " + std::to_string(columns_.size()) + " columns; " +
                std::to_string(limits.columns) + " are the limit"
        );
    const std::set<std::string> distinct(columns_.begin(), columns_.end());
    if (distinct.size() != columns_.size())
        throw Failure(SYNCLINE_E_INVALID, "two columns have the same name");
}

std::optional<Row> CsvRows::next() {
    auto row = reader_.next();
    if (!row || !row->problem.empty() || row->cells.size() == columns_.size()) return row;
    row->problem = "it has " + std::to_string(row->cells.size()) + " cells, the header has " +
                   std::to_string(columns_.size());
    // Over several lines it may be a lost quote that found the one of a later row.
    reader_.go_on_after_first_line(*row);
    return row;
}

std::string csv_line(const std::vector<std::string>& cells, Dialect dialect) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += dialect.delimiter;
        const std::string special{dialect.delimiter, dialect.quote, '\r', '\n'};
        const bool is_blank_line = cells.size() == 1 && cells[i].empty();
        if (!is_blank_line && cells[i].find_first_of(special) == std::string::npos) {
            line += cells[i];
            continue;
        }
        line += dialect.quote;
        for (const char c : cells[i]) {
            line += c;
            if (c == dialect.quote) line += c;
        }
        line += dialect.quote;
    }
    return line + "\r\n";
}

}  // namespace files
