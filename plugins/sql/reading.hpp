#pragma once

#include "database.hpp"

namespace sql {

/// Hands over the records of an entity: all of them, or those that changed since the cursor, and
/// the position up to which that is so.
///
/// Each page is read by itself: a transaction around them would keep other programs from
/// writing for as long as the hub takes. A row that is there all the time is in the listing.
void read_entity(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    const syncline::sdk::ReadRequest& request,
    const syncline::sdk::ReadOut& out
);

}  // namespace sql
