#pragma once

#include "database.hpp"

#include <string>
#include <string_view>

namespace sql {

/// A column of a MariaDB or MySQL table.
struct MariadbColumn {
    Column column;
    std::string type;     ///< "varchar", in lower case
    std::string whole;    ///< "varchar(40)"
    std::string initial;  ///< its default, as SQL writes it; "" = none
    bool numbers_itself = false;
    bool is_kept_safely = true;  ///< by an engine that knows transactions

    bool is_bit() const { return type == "bit"; }
    /// Truth is a number of one digit, or a bit.
    bool is_truth() const { return whole == "tinyint(1)" || whole == "bit(1)"; }
    bool is_whole() const;
    bool is_time() const { return type == "datetime" || type == "timestamp" || type == "date"; }
    Cell::Kind kind() const;
};

/// What SELECT asks of a table by its schema ("" = the connection's) and name: the members above.
Statement select_mariadb_columns(const Table& table);
constexpr std::size_t kMariadbColumnMembers = 8;

/// Does the text spell a whole number as the server does?
bool is_plain_number(std::string_view text);

}  // namespace sql
