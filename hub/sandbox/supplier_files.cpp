#include "sandbox/demo_row.hpp"
#include "sandbox/text_file.hpp"

#include <initializer_list>
#include <string_view>

namespace syncline::sandbox {
namespace {

constexpr char kDelimiter = ';';

std::string field(std::string_view value) {
    if (value.find_first_of(";\"\r\n") == std::string_view::npos) return std::string(value);
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

std::string csv_line(std::initializer_list<std::string_view> fields) {
    std::string line;
    char separator = '\0';
    for (const std::string_view value : fields) {
        if (separator != '\0') line += separator;
        line += field(value);
        separator = kDelimiter;
    }
    return line + '\n';
}

std::string supplier_number(int number) {
    return "K-" + std::to_string(1000 + number);
}

void write_supplier_files(const std::filesystem::path& folder, const std::vector<DemoRow>& rows) {
    std::filesystem::create_directories(folder / "out");
    std::filesystem::create_directories(folder / "in");
    std::string text = csv_line({"CustNo", "Name", "Street", "Zip", "Town", "Ctry", "Tel", "VAT"});
    for (const DemoRow& row : rows) {
        if (!row.copies.supplier) continue;
        const Copy& copy = *row.copies.supplier;
        const std::string number = supplier_number(row.person.number);
        text += csv_line(
            {number,
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
