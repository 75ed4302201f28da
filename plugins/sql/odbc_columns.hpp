#pragma once

#include "database.hpp"
#include "odbc_session.hpp"

#include <string>

namespace sql {

/// A column of a table behind ODBC.
struct OdbcColumn {
    Column column;
    OdbcDescription known;

    explicit OdbcColumn(OdbcDescription description);
    OdbcColumn() = default;

    Cell::Kind kind() const;
    bool is_time() const;
    bool is_uuid() const;
    /// Can a value be compared with "=" and mean the same as what was read?
    bool is_comparable() const;
    /// What was read, in one spelling: without padding, a UUID in small letters.
    Cell cell_of(OdbcValue value) const;
    OdbcParameter parameter(std::optional<std::string> text) const;
};

/// Does the text spell a whole number, in the one way of numbers, that a source can take?
bool is_whole_number(const std::string& text);

/// Does it spell a UUID in small letters?
bool is_uuid_text(const std::string& text);

}  // namespace sql
