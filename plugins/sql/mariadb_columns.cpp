#include "mariadb_columns.hpp"

#include <algorithm>
#include <array>

namespace sql {
namespace {

/// Of a view the engine is unknown.
constexpr const char* kSelect =
    "SELECT c.column_name, LOWER(c.data_type), LOWER(c.column_type), "
    "CASE WHEN LOWER(c.data_type) IN ('char', 'varchar') THEN c.character_maximum_length ELSE 0 "
    "END, COALESCE(c.generation_expression, '') = '', COALESCE(c.column_default, ''), "
    "c.extra LIKE '%auto_increment%', COALESCE(e.transactions, 'YES') <> 'NO' "
    "FROM information_schema.columns c JOIN information_schema.tables t "
    "ON t.table_schema = c.table_schema AND t.table_name = c.table_name "
    "LEFT JOIN information_schema.engines e ON e.engine = t.engine "
    "WHERE c.table_schema = COALESCE(NULLIF(";

template <std::size_t kCount>
bool has(const std::array<const char*, kCount>& types, const std::string& type) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

Statement select_mariadb_columns(const Table& table) {
    Statement select(kSelect);
    select.bind(table.schema) << ", ''), DATABASE()) AND c.table_name = ";
    select.bind(table.name) << " ORDER BY c.ordinal_position";
    return select;
}

bool MariadbColumn::is_whole() const {
    constexpr std::array kWhole{"tinyint", "smallint", "mediumint", "int", "bigint", "year"};
    return has(kWhole, type);
}

Cell::Kind MariadbColumn::kind() const {
    constexpr std::array kDecimal{"decimal", "float", "double"};
    constexpr std::array kText{
        "char",
        "varchar",
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
        "enum",
        "set",
        "date",
        "time",
        "datetime",
        "timestamp",
        "json",
        "uuid",
        "inet4",
        "inet6"};
    if (is_truth()) return Cell::Kind::Boolean;
    if (is_whole() || is_bit()) return Cell::Kind::Integer;
    if (has(kDecimal, type)) return Cell::Kind::Decimal;
    return has(kText, type) ? Cell::Kind::Text : Cell::Kind::Blob;
}

bool is_plain_number(std::string_view text) {
    constexpr std::size_t kMostDigits = 20;
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    return !digits.empty() && digits.size() <= kMostDigits &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace sql
