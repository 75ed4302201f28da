// CSV files in any dialect and encoding. The first byte chooses the dialect, the second the
// encoding.

#include "csv.hpp"
#include "folder.hpp"
#include "fuzz/fuzz.hpp"

#include <array>
#include <string>

namespace {

using namespace syncline;

constexpr std::array<files::Dialect, 4> kDialects{
    {{',', '"'}, {';', '"'}, {'\t', '\''}, {'|', '"'}}};
const std::array<std::string, 4> kEncodings{"UTF-8", "windows-1252", "iso-8859-1", "iso-8859-15"};

/// A row as it is written is read as the same row.
void check_written(const files::CsvRow& row, files::Dialect dialect) {
    const std::string line = files::csv_line(row.cells, dialect);
    files::CsvReader reader(line, dialect);
    const auto again = reader.next();
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(again->problem.empty());
    SYNCLINE_ASSERT(again->cells == row.cells);
    SYNCLINE_ASSERT(!reader.next());
}

void check_encoding(const std::string& cell, const std::string& encoding) {
    const auto text = files::decoded(cell, encoding);
    if (!text) return;
    SYNCLINE_ASSERT(is_utf8(*text));
    SYNCLINE_ASSERT(files::encoded(*text, encoding) == cell);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const files::Dialect dialect = kDialects[input.below(kDialects.size())];
    const std::string& encoding = kEncodings[input.below(kEncodings.size())];
    files::CsvReader reader(input.rest(), dialect);
    std::size_t line = 0;
    while (const auto row = reader.next()) {
        SYNCLINE_ASSERT(row->line > line);
        line = row->line;
        if (!row->problem.empty()) continue;
        SYNCLINE_ASSERT(!row->cells.empty());
        check_written(*row, dialect);
        for (const std::string& cell : row->cells)
            check_encoding(cell, encoding);
    }
    return 0;
}
