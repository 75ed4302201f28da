#include "csv.hpp"

#include <algorithm>

namespace files {

/// A carriage return alone is a character of a cell like any other.
bool CsvReader::is_at_line_end() const {
    const std::string_view rest = text_.substr(at_);
    return rest.empty() || rest == "\r" || rest.front() == '\n' || rest.starts_with("\r\n");
}

void CsvReader::skip_line_end() {
    if (peek() == '\r') ++at_;
    if (peek() == '\n') {
        ++line_;
        ++at_;
    }
}

void CsvReader::read_quoted(CsvRow& row, std::string& cell) {
    ++at_;
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '\n') ++line_;
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

void CsvReader::read_cell(CsvRow& row) {
    std::string cell;
    if (peek() == dialect_.quote) {
        read_quoted(row, cell);
    } else {
        while (peek() != dialect_.delimiter && !is_at_line_end()) {
            if (peek() == dialect_.quote) {
                row.problem = "there is a quote inside a cell that does not begin with one";
                return;
            }
            cell += text_[at_++];
        }
    }
    row.cells.push_back(std::move(cell));
}

std::optional<CsvRow> CsvReader::next() {
    while (at_ < text_.size() && is_at_line_end())
        skip_line_end();
    if (at_ >= text_.size()) return std::nullopt;
    CsvRow row;
    row.line = line_;
    const std::size_t begin = at_;
    for (;;) {
        read_cell(row);
        if (!row.problem.empty() || at_ >= text_.size() || peek() != dialect_.delimiter) break;
        ++at_;
    }
    if (!row.problem.empty()) {
        // Where the row was meant to end is unknown; a lost quote must not swallow the rest.
        at_ = std::min(text_.find('\n', begin), text_.size());
        line_ = row.line;
    }
    skip_line_end();
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
