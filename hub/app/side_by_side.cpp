#include "app/side_by_side.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace syncline::app {
namespace {

constexpr std::size_t kWidest = 32;  ///< of a cell, in characters

using Lines = std::vector<std::string>;

std::string harmless(std::string text) {
    std::replace_if(
        text.begin(),
        text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
        ' '
    );
    return text;
}

/// Cut where there is a blank, if there is one.
Lines wrapped(const std::string& text) {
    Lines lines;
    std::string_view rest = text;
    while (count_characters(rest) > kWidest) {
        std::string_view line = first_characters(rest, kWidest);
        if (const std::size_t blank = line.rfind(' '); blank != std::string_view::npos && blank > 0)
            line = line.substr(0, blank);
        lines.emplace_back(line);
        rest = rest.substr(line.size());
        while (!rest.empty() && rest.front() == ' ')
            rest.remove_prefix(1);
    }
    lines.emplace_back(rest);
    return lines;
}

void pad(std::string& line, std::size_t to) {
    const std::size_t has = count_characters(line);
    if (has < to) line.append(to - has, ' ');
}

/// One row, of as many lines as its longest cell takes.
void add_row(
    std::string& text,
    const std::string& title,
    const std::vector<Lines>& cells,
    const std::vector<std::size_t>& starts
) {
    std::size_t height = 1;
    for (const Lines& cell : cells)
        height = std::max(height, cell.size());
    for (std::size_t at = 0; at < height; ++at) {
        std::string line = at == 0 ? "  " + title : "";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (at >= cells[i].size() || cells[i][at].empty()) continue;
            pad(line, starts[i]);
            line += cells[i][at];
        }
        text += line + "\n";
    }
}

}  // namespace

std::string layout(const SideBySide& table) {
    struct Row {
        std::string title;
        std::vector<Lines> cells;
    };
    std::vector<Row> rows(1);
    for (const std::string& column : table.columns)
        rows.front().cells.push_back({"  " + harmless(column)});
    for (const SideBySide::Row& given : table.rows) {
        const bool is_empty =
            std::all_of(given.cells.begin(), given.cells.end(), [](const SideBySide::Cell& cell) {
                return cell.text.empty();
            });
        if (is_empty) continue;
        Row& row = rows.emplace_back();
        row.title = given.title;
        for (const SideBySide::Cell& cell : given.cells) {
            Lines lines = wrapped(harmless(cell.text));
            for (std::string& line : lines)
                line.insert(0, cell.is_marked && &line == &lines.front() ? "* " : "  ");
            row.cells.push_back(std::move(lines));
        }
    }
    std::size_t next = 0;
    for (const Row& row : rows)
        next = std::max(next, count_characters(row.title));
    next += 3;
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        starts.push_back(next);
        std::size_t width = 0;
        for (const Row& row : rows) {
            for (const std::string& line : row.cells[i])
                width = std::max(width, count_characters(line));
        }
        next += width + 2;
    }
    std::string text;
    for (Row& row : rows) {
        for (Lines& cell : row.cells) {
            for (std::string& line : cell) {
                if (trimmed(line).empty()) line.clear();
            }
        }
        add_row(text, row.title, row.cells, starts);
    }
    return text;
}

}  // namespace syncline::app
