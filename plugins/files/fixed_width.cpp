#include "fixed_width.hpp"

#include "syncline/connector.hpp"

#include <algorithm>
#include <utility>

namespace files {
namespace {

using syncline::sdk::Failure;

[[noreturn]] void refuse(const std::string& what, const std::string& column = {}) {
    throw Failure(SYNCLINE_E_INVALID, what, column);
}

/// The characters [start, start + width) of a line; fewer where it is shorter.
std::string_view place_in(
    std::string_view line,
    const std::vector<std::size_t>& offsets,
    std::size_t start,
    std::size_t width
) {
    const std::size_t last = offsets.size() - 1;
    const std::size_t begin = offsets[std::min(start - 1, last)];
    return line.substr(begin, offsets[std::min(start - 1 + width, last)] - begin);
}

std::string trimmed(std::string_view text, const FixedColumn& column) {
    if (!column.trim) return std::string(text);
    if (text.find_first_not_of(' ') == std::string_view::npos) return {};
    if (column.pad == Pad::Left) {
        // Filled with zeros, nothing but zeros is the number 0.
        const auto first = text.find_first_not_of(column.fill);
        if (first != std::string_view::npos) return std::string(text.substr(first));
        return std::string(1, column.fill);
    }
    return std::string(text.substr(0, text.find_last_not_of(column.fill) + 1));
}

std::string padded(const std::string& text, const FixedColumn& column, std::size_t length) {
    // Blank, whatever fills the others up: nothing is not the number 0.
    const char fill = text.empty() && column.trim ? ' ' : column.fill;
    const std::string filling(column.width - length, fill);
    return column.pad == Pad::Left ? filling + text : text + filling;
}

}  // namespace

FixedRows::FixedRows(const Decoded& file, const FixedLayout& layout)
    : text_(file.text), layout_(layout) {
    for (const FixedColumn& column : layout_.columns)
        names_.push_back(column.name);
    split();
    if (layout_.trailer) check_trailer();
}

void FixedRows::split() {
    const char line_end = text_.find('\n') == std::string::npos ? '\r' : '\n';
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text_.size();) {
        std::size_t end = std::min(text_.find(line_end, begin), text_.size());
        const std::size_t next = end + 1;
        if (end > begin && text_[end - 1] == '\r') --end;
        const Line line{++number, begin, end};
        begin = next;
        const std::string_view text = text_of(line);
        const bool is_skipped =
            text.empty() || number <= layout_.skip_lines ||
            std::any_of(
                layout_.skip_prefixes.begin(),
                layout_.skip_prefixes.end(),
                [&](const std::string& prefix) { return text.starts_with(prefix); }
            );
        if (!is_skipped) lines_.push_back(line);
    }
}

void FixedRows::check_trailer() {
    const Trailer& trailer = *layout_.trailer;
    if (lines_.empty() || !text_of(lines_.back()).starts_with(trailer.prefix))
        refuse(
            "its last line does not begin with \"" + trailer.prefix + "\": the end of it is missing"
        );
    const std::string_view last = text_of(lines_.back());
    lines_.pop_back();
    if (trailer.count_start == 0) return;
    const std::string_view place =
        place_in(last, character_offsets(last), trailer.count_start, trailer.count_width);
    const auto first = place.find_first_not_of(" 0");
    const std::string count =
        first == std::string_view::npos ? "0" : std::string(place.substr(first));
    const std::string digits = count.substr(0, count.find_last_not_of(' ') + 1);
    if (place.find_first_of("0123456789") == std::string_view::npos ||
        digits.find_first_not_of("0123456789") != std::string::npos)
        refuse("its last line has no count where one is declared");
    if (digits != std::to_string(lines_.size()))
        refuse(
            "its last line counts " + digits + " records, and there are " +
            std::to_string(lines_.size())
        );
}

std::optional<Row> FixedRows::next() {
    if (at_ == lines_.size()) return std::nullopt;
    const Line& line = lines_[at_++];
    Row row;
    row.line = line.number;
    row.begin = line.begin;
    row.end = line.end;
    const std::string_view text = text_of(line);
    const std::vector<std::size_t> offsets = character_offsets(text);
    if (const std::size_t length = offsets.size() - 1; length != layout_.length) {
        row.problem = "it has " + std::to_string(length) + " characters, a record has " +
                      std::to_string(layout_.length);
        return row;
    }
    for (const FixedColumn& column : layout_.columns)
        row.cells.push_back(trimmed(place_in(text, offsets, column.start, column.width), column));
    return row;
}

std::string fixed_line(const std::vector<std::string>& cells, const FixedLayout& layout) {
    std::string line;
    std::size_t at = 1;
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const FixedColumn& column = layout.columns[i];
        const std::string& cell = cells[i];
        if (cell.find_first_of("\r\n") != std::string::npos)
            refuse("a value of fixed width has no line ends", column.name);
        const std::size_t length = length_in_characters(cell);
        if (length > column.width)
            refuse(
                "it has " + std::to_string(length) + " characters, and the column has " +
                    std::to_string(column.width),
                column.name
            );
        const std::string place = padded(cell, column, length);
        if (column.trim && column.fill != ' ' && trimmed(place, column) != cell)
            refuse("it would be read back without what fills the column up", column.name);
        line.append(column.start - at, ' ');
        line += place;
        at = column.start + column.width;
    }
    line.append(layout.length + 1 - at, ' ');
    return line + "\r\n";
}

std::string fixed_trailer(std::size_t records, const FixedLayout& layout) {
    if (!layout.trailer) return {};
    const Trailer& trailer = *layout.trailer;
    std::string line = trailer.prefix;
    if (trailer.count_start > 0) {
        const std::size_t before = trailer.count_start - 1;
        const std::string count = std::to_string(records);
        line.resize(std::max(line.size(), before), ' ');
        line.append(trailer.count_width - std::min(trailer.count_width, count.size()), '0');
        line += count;
    }
    line.resize(std::max(line.size(), layout.length), ' ');
    return line + "\r\n";
}

}  // namespace files
