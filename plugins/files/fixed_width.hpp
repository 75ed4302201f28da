#pragma once

#include "encoding.hpp"
#include "row.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace files {

enum class Pad : std::uint8_t { Right, Left };

struct FixedColumn {
    std::string name;
    std::size_t start = 0;  ///< in characters, from 1
    std::size_t width = 0;  ///< in characters
    Pad pad = Pad::Right;   ///< the side on which a short value is filled up
    char fill = ' ';
    bool trim = true;  ///< takes the filling off again
};

/// The last line, which says how many records came before it.
struct Trailer {
    std::string prefix;           ///< what it begins with
    std::size_t count_start = 0;  ///< in characters, from 1; 0: it tells no count
    std::size_t count_width = 0;
};

struct FixedLayout {
    std::vector<FixedColumn> columns;  ///< in the order of their places, none over another
    std::size_t length = 0;            ///< of every record, in characters
    std::size_t skip_lines = 0;        ///< at the beginning
    std::vector<std::string> skip_prefixes;
    std::optional<Trailer> trailer;
};

/// The rows of a file in which each value has its place in the line. Lines end like those of a CSV
/// file; a blank one is no row.
class FixedRows final : public RowReader {
public:
    /// Throws Failure (INVALID) for a file whose declared trailer is missing or counts otherwise.
    FixedRows(const Decoded& file, const FixedLayout& layout);
    const std::vector<std::string>& columns() const override { return names_; }
    std::optional<Row> next() override;

private:
    struct Line {
        std::size_t number, begin, end;
    };
    std::string_view text_of(const Line& line) const {
        return std::string_view(text_).substr(line.begin, line.end - line.begin);
    }
    void split();
    void check_trailer();

    const std::string& text_;
    const FixedLayout& layout_;
    std::vector<std::string> names_;
    std::vector<Line> lines_;
    std::size_t at_ = 0;
};

/// One record with its line end (CR LF). Throws Failure (INVALID, with the column) for a value that
/// has a line end in it, does not fit, or would be read back as another one.
std::string fixed_line(const std::vector<std::string>& cells, const FixedLayout& layout);

/// The trailer of a file with so many records; "" when the layout has none.
std::string fixed_trailer(std::size_t records, const FixedLayout& layout);

}  // namespace files
