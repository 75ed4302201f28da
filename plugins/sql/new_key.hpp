#pragma once

#include "database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sql {

/// Where the key of a new row comes from.
struct NewKey {
    enum class From : std::uint8_t {
        Number,  ///< settings leave one column open, which the hub numbers beforehand
        Values,  ///< settings and the record's own fields give all columns
        Nothing,
    };
    From from = From::Nothing;
    std::string open;    ///< of Number: the column
    std::string reason;  ///< of Nothing: what is missing
};

NewKey new_key_of(const Table& table);

/// Ids of rows that are not there yet. Throws Failure UNSUPPORTED when none can be planned.
std::vector<std::string> planned_ids(Database& database, const Table& table, std::uint32_t count);

/// The id that a new row with these values has. Throws Failure INVALID, naming the field that is
/// empty.
std::string id_of_new(const Table& table, const Json& values);

}  // namespace sql
