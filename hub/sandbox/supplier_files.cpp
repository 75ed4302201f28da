#include "sandbox/demo_row.hpp"
#include "sandbox/text_file.hpp"

#include <initializer_list>
#include <string_view>

namespace syncline::sandbox {
namespace {

constexpr char kDelimiter = ';';

/// RFC 4180: a field with a delimiter, a quote or a line end stands in quotes.
std::string field(std::string_view value) {
    if (value.find_first_of(";\"\r\n") == std::string_view::npos) return std::string(value);
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

void append_line(std::string& text, std::initializer_list<std::string_view> fields) {
    char separator = '\0';
    for (const std::string_view value : fields) {
        if (separator != '\0') text += separator;
        text += field(value);
        separator = kDelimiter;
    }
    text += '\n';
}

}  // namespace

std::string supplier_number(int number) {
    return "K-" + std::to_string(1000 + number);
}

void write_supplier_files(const std::filesystem::path& folder, const std::vector<DemoRow>& rows) {
    std::filesystem::create_directories(folder / "out");
    std::filesystem::create_directories(folder / "in");
    std::string text;
    append_line(text, {"CustNo", "Name", "Street", "Zip", "Town", "Ctry", "Tel", "VAT"});
    for (const DemoRow& row : rows) {
        if (!row.copies.supplier) continue;
        const Copy& copy = *row.copies.supplier;
        append_line(
            text,
            {supplier_number(row.person.number),
             copy.name,
             copy.street,
             copy.postcode,
             copy.city,
             copy.country,
             copy.phone,
             copy.vat}
        );
    }
    write_atomically(folder / "out" / "customers-2026-01-05.csv", text, FileAccess::Everyone);
}

}  // namespace syncline::sandbox
