#include "csv.hpp"

#include <algorithm>

namespace files {

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
        const bool ends =
            at_ == text_.size() || peek() == dialect_.delimiter || peek() == '\r' || peek() == '\n';
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
        while (at_ < text_.size() && peek() != dialect_.delimiter && peek() != '\n') {
            if (peek() == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n')) break;
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
    while (at_ < text_.size() && (peek() == '\n' || peek() == '\r')) {
        if (peek() == '\n') ++line_;
        ++at_;
    }
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
    if (peek() == '\r') ++at_;
    if (peek() == '\n') {
        ++line_;
        ++at_;
    }
    return row;
}

std::string csv_line(const std::vector<std::string>& cells, Dialect dialect) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += dialect.delimiter;
        const std::string special{dialect.delimiter, dialect.quote, '\r', '\n'};
        if (cells[i].find_first_of(special) == std::string::npos) {
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
