#pragma once

#include "database.hpp"

#include <span>

namespace sql {

/// Writes items in one transaction, and answers each once all are committed. False when nothing was
/// written and nothing answered: then they have to be written one by one.
bool write_together(
    const syncline::sdk::Call& call,
    Database& database,
    const Entity& entity,
    std::span<const syncline::sdk::WriteItem> items,
    const syncline::sdk::WriteOut& out
);

}  // namespace sql
