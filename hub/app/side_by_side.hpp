#pragma once

#include <string>
#include <vector>

namespace syncline::app {

/// Things that people compare, a column each.
struct SideBySide {
    struct Cell {
        std::string text;
        bool is_marked = false;  ///< a star in front of it
    };
    struct Row {
        std::string title;
        std::vector<Cell> cells;  ///< as many as there are columns
    };
    std::vector<std::string> columns;
    std::vector<Row> rows;
};

/// As text for a terminal: long cells go on in the next line, rows that are empty everywhere are
/// left out, and control characters are blanks.
std::string layout(const SideBySide& table);

}  // namespace syncline::app
