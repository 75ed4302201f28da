#pragma once

#include "database.hpp"

namespace sql {

/// Hands over the rows of a table: all of them, or those that changed since the cursor, and the
/// position up to which that is so.
///
/// Each page is a statement of its own: a transaction around them would keep other programs from
/// writing for as long as the hub takes. A row that is there all the time is in the listing.
void read_table(
    const syncline::sdk::Call& call,
    Database& database,
    const Table& table,
    const syncline::sdk::ReadRequest& request,
    const syncline::sdk::ReadOut& out
);

}  // namespace sql
