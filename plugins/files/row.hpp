#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace files {

/// One row of a file, whatever its format.
struct Row {
    std::size_t line = 0;   ///< of its first character, from 1
    std::size_t begin = 0;  ///< where it stands in the text
    std::size_t end = 0;    ///< without its line end
    std::vector<std::string> cells;
    std::string problem;  ///< not empty: why the row cannot be read
};

/// The rows of one file after another. Whatever concerns the file as a whole is found before the
/// first row is given.
class RowReader {
public:
    RowReader() = default;
    RowReader(const RowReader&) = delete;
    RowReader& operator=(const RowReader&) = delete;
    virtual ~RowReader() = default;

    /// Names of the cells of each row.
    virtual const std::vector<std::string>& columns() const = 0;
    /// The next row, with as many cells as there are columns or a problem; nothing at the end.
    virtual std::optional<Row> next() = 0;
};

}  // namespace files
