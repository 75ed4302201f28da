#pragma once

#include "database.hpp"

#include <string>

namespace sql {

/// Adds " WHERE … IS NOT NULL" for each column of the key: a row without a part of it is in no
/// order. Returns the columns with commas between.
inline std::string add_has_key(Statement& out, const Database& database, const Table& table) {
    std::string names;
    for (const std::string& column : table.key) {
        out << (names.empty() ? " WHERE " : " AND ") << database.identifier(column)
            << " IS NOT NULL";
        names += (names.empty() ? "" : ", ") + database.identifier(column);
    }
    return names;
}

}  // namespace sql
