// CSV files in any dialect and encoding. The first byte chooses the dialect, the second the
// encoding.

#include "csv.hpp"
#include "encoding.hpp"
#include "fuzz/fuzz.hpp"
#include "syncline/connector.hpp"

#include <array>
#include <string>

namespace {

using namespace syncline;

constexpr std::array<files::Dialect, 4> kDialects{
    {{',', '"'}, {';', '"'}, {'\t', '\''}, {'|', '"'}}};
constexpr std::array<files::Encoding, 7> kEncodings{
    files::Encoding::Utf8,
    files::Encoding::Windows1252,
    files::Encoding::Latin1,
    files::Encoding::Latin9,
    files::Encoding::Utf16,
    files::Encoding::Utf16Le,
    files::Encoding::Utf16Be};

/// A row as it is written is read as the same row.
void check_written(const files::Row& row, files::Dialect dialect) {
    const std::string line = files::csv_line(row.cells, dialect);
    files::CsvReader reader(line, dialect);
    const auto again = reader.next();
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(again->problem.empty());
    SYNCLINE_ASSERT(again->cells == row.cells);
    SYNCLINE_ASSERT(!reader.next());
}

/// What was decoded is encoded as the same bytes, but for its mark.
void check_encoding(
    const std::string& bytes, const files::Decoded& file, files::Encoding encoding
) {
    SYNCLINE_ASSERT(file.bad.empty() == is_utf8(file.text));
    for (const files::BadByte& bad : file.bad) {
        SYNCLINE_ASSERT(bad.in_text < file.text.size());
        SYNCLINE_ASSERT(bad.in_file >= 1 && bad.in_file <= bytes.size());
    }
    if (!file.bad.empty()) return;
    const auto again = files::encoded(file.text, encoding);
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(
        bytes.ends_with(*again) ||
        (encoding == files::Encoding::Utf16 && !bytes.starts_with("\xFF"))
    );
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const files::Dialect dialect = kDialects[input.below(kDialects.size())];
    const files::Encoding encoding = kEncodings[input.below(kEncodings.size())];
    const std::string bytes(input.rest());
    files::Decoded file;
    try {
        file = files::decoded(bytes, encoding);
    } catch (const sdk::Failure& failure) {
        SYNCLINE_ASSERT(failure.status == SYNCLINE_E_INVALID);
        return 0;
    }
    check_encoding(bytes, file, encoding);
    files::CsvReader reader(file.text, dialect);
    std::size_t line = 0;
    while (const auto row = reader.next()) {
        SYNCLINE_ASSERT(row->line > line);
        SYNCLINE_ASSERT(row->begin < row->end && row->end <= file.text.size());
        line = row->line;
        if (!row->problem.empty()) continue;
        SYNCLINE_ASSERT(!row->cells.empty());
        check_written(*row, dialect);
    }
    return 0;
}
