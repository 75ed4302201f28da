#include "postgresql_columns.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace sql {
namespace {

/// Columns of one table: name, base type, its category, type as it is written, longest text, number
/// of the column made by the database itself.
constexpr const char* kColumns =
    "SELECT a.attname, b.typname, format_type(a.atttypid, a.atttypmod), "
    "CASE WHEN b.typname IN ('varchar', 'bpchar') THEN GREATEST(COALESCE(NULLIF(a.atttypmod, -1), "
    "t.typtypmod) - 4, 0) ELSE 0 END, a.attgenerated <> '' "
    "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
    "JOIN pg_type b ON b.oid = COALESCE(NULLIF(t.typbasetype, 0), t.oid) "
    "WHERE a.attrelid = to_regclass(";
constexpr const char* kColumnsEnd = ") AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

Cell::Kind kind_of(const std::string& base) {
    for (const char* whole : {"int2", "int4", "int8", "oid"}) {
        if (base == whole) return Cell::Kind::Integer;
    }
    for (const char* decimal : {"numeric", "float4", "float8"}) {
        if (base == decimal) return Cell::Kind::Decimal;
    }
    if (base == "bool") return Cell::Kind::Boolean;
    return base == "bytea" ? Cell::Kind::Blob : Cell::Kind::Text;
}

}  // namespace

Statement select_postgresql_columns(const std::string& table_sql) {
    Statement select(kColumns);
    select.bind(table_sql) << kColumnsEnd;
    return select;
}

std::vector<PostgresqlColumn> postgresql_columns(const PostgresqlConnection::Answer& answer) {
    const auto text_at = [&](int row, int column) {
        return std::string(::PQgetvalue(answer.get(), row, column));
    };
    std::vector<PostgresqlColumn> columns;
    for (int i = 0; i < ::PQntuples(answer.get()); ++i) {
        PostgresqlColumn known;
        known.column.name = text_at(i, 0);
        known.base = text_at(i, 1);
        known.kind = kind_of(known.base);
        known.type = text_at(i, 2);
        known.column.max_characters = static_cast<std::uint32_t>(std::stoul(text_at(i, 3)));
        known.column.is_writable = text_at(i, 4) == "f";
        columns.push_back(std::move(known));
    }
    return columns;
}

bool can_hold(const std::string& base, const std::string& text) {
    if (kind_of(base) == Cell::Kind::Integer) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const std::int64_t most = base == "int2"   ? std::numeric_limits<std::int16_t>::max()
                                  : base == "int4" ? std::numeric_limits<std::int32_t>::max()
                                                   : std::numeric_limits<std::int64_t>::max();
        return error == std::errc() && end == text.data() + text.size() && number <= most &&
               number >= (base == "oid" ? 0 : -most - 1);
    }
    if (base == "uuid") {
        constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        return std::equal(
            text.begin(),
            text.end(),
            kShape.begin(),
            kShape.end(),
            [](char c, char shape) {
                return shape == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
            }
        );
    }
    return base == "text" || base == "varchar" || base == "bpchar" || base == "citext";
}

}  // namespace sql
