#pragma once

#include "database.hpp"

#include <span>

namespace sql {

/// Writes items, several in one transaction where the database likes that, and answers each in
/// their order once it is committed. Those of a transaction that was rolled back are written again,
/// one by one.
void write_together(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    std::span<const syncline::sdk::WriteItem> items,
    const syncline::sdk::WriteOut& out
);

}  // namespace sql
