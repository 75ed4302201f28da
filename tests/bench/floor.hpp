#pragma once

#include "bench/cost.hpp"

#include <cstddef>
#include <filesystem>
#include <utility>

namespace syncline::bench {

/// The least that a program can do which keeps customers in an encrypted SQLite database, in one
/// thread and one process: what a hub is measured against, on the same machine in the same minute.
class Floor {
public:
    /// `file`: of the database that it makes.
    explicit Floor(std::filesystem::path file) : file_(std::move(file)) {}

    /// Takes `count` customers in, 500 in one transaction: parses a line of JSON, seals four fields
    /// each by itself, hashes two for look-ups, and writes three rows: the customer, what was
    /// received into a log, and what the system holds.
    Cost import(std::size_t count);
    /// Changes the telephone number of customers taken in before, 500 in one transaction: seals it,
    /// and writes the same three rows. @pre import() was called
    Cost edit(std::size_t customers, std::size_t edits);

private:
    std::filesystem::path file_;
};

}  // namespace syncline::bench
