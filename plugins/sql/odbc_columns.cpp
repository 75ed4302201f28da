#include "odbc_columns.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <sql.h>
#include <sqlext.h>
#include <string_view>
#include <utility>

namespace sql {
namespace {

template <std::size_t kCount>
bool has(const std::array<int, kCount>& types, int type) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

constexpr std::array kWhole{SQL_INTEGER, SQL_SMALLINT, SQL_TINYINT, SQL_BIGINT};
constexpr std::array kExact{SQL_NUMERIC, SQL_DECIMAL};
constexpr std::array kRough{SQL_FLOAT, SQL_REAL, SQL_DOUBLE};
constexpr std::array kShortText{SQL_CHAR, SQL_VARCHAR, SQL_WCHAR, SQL_WVARCHAR};
constexpr std::array kVaryingText{SQL_VARCHAR, SQL_WVARCHAR};
constexpr std::array kPadded{SQL_CHAR, SQL_WCHAR};
constexpr std::array kBinary{SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY};

/// Drivers give texts without a limit one of at least so many characters.
constexpr std::uint64_t kNoLimit = 255;
/// Digits that every whole number of them fits into 64 bits.
constexpr std::uint64_t kMostDigits = 18;

std::string in_small(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

bool is_named_truth(const OdbcDescription& known) {
    const std::string name = in_small(known.type_name);
    return name == "bool" || name == "boolean";
}

}  // namespace

OdbcColumn::OdbcColumn(OdbcDescription description) : known(std::move(description)) {
    column.name = known.name;
    if (has(kShortText, known.type) && !is_named_truth(known) && known.size < kNoLimit)
        column.max_characters = static_cast<std::uint32_t>(known.size);
}

Cell::Kind OdbcColumn::kind() const {
    if (known.type == SQL_BIT || is_named_truth(known)) return Cell::Kind::Boolean;
    if (has(kWhole, known.type)) return Cell::Kind::Integer;
    if (has(kExact, known.type) && known.digits == 0 && known.size > 0 && known.size <= kMostDigits)
        return Cell::Kind::Integer;
    if (has(kExact, known.type) || has(kRough, known.type)) return Cell::Kind::Decimal;
    return has(kBinary, known.type) ? Cell::Kind::Blob : Cell::Kind::Text;
}

bool OdbcColumn::is_time() const {
    return known.type == SQL_TYPE_TIMESTAMP || known.type == SQL_TYPE_DATE;
}

bool OdbcColumn::is_uuid() const {
    return known.type == SQL_GUID;
}

bool OdbcColumn::is_comparable() const {
    return kind() == Cell::Kind::Integer || is_uuid() ||
           (kind() == Cell::Kind::Text && has(kVaryingText, known.type));
}

Cell OdbcColumn::cell_of(OdbcValue value) const {
    if (!value.text) return {};
    Cell cell{kind(), std::move(*value.text)};
    if (!value.is_readable) cell.kind = Cell::Kind::Blob;
    if (has(kPadded, known.type)) cell.text.erase(cell.text.find_last_not_of(' ') + 1);
    if (is_uuid()) cell.text = in_small(std::move(cell.text));
    if (cell.kind != Cell::Kind::Boolean) return cell;
    const std::string word = in_small(cell.text);
    if (word == "1" || word == "true" || word == "t")
        cell.text = "true";
    else if (word == "0" || word == "false" || word == "f")
        cell.text = "false";
    else
        cell.kind = Cell::Kind::Text;
    return cell;
}

OdbcParameter OdbcColumn::parameter(std::optional<std::string> text) const {
    return {std::move(text), known.type, known.size, known.digits};
}

bool is_whole_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() &&
           std::to_string(number) == text;
}

bool is_uuid_text(const std::string& text) {
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char s) {
        const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        return s == '-' ? c == '-' : is_digit;
    });
}

}  // namespace sql
