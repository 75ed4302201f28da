#pragma once

#include "servers/postgresql_server.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace syncline::bench {

/// What people edit at once in two databases: each side gives `edits` customers another telephone
/// number, of which the first `conflicting` are edited on both sides, and all others on one.
struct Editing {
    std::size_t edits = 0;
    std::size_t conflicting = 0;
    std::size_t in_transaction = 100;  ///< rows; those on both sides are one transaction of each

    /// Rows that are another afterwards.
    std::size_t rows() const { return 2 * edits - conflicting; }
};

/// Who stands where both sides edited one field.
struct Outcome {
    std::array<std::size_t, 2> stand{};  ///< customers for whom this side's number stands
    std::vector<std::string> lost;       ///< the other side's number of customer 1, 2, …
};

/// Two databases of one PostgreSQL server with the same customers, the people who work there, and
/// an observer in each. Every round of edits has numbers of its own.
class EditedPair {
public:
    /// Makes them, and forgets what was there under these names.
    EditedPair(std::array<std::string, 2> names, std::size_t customers);

    const std::string& name(std::size_t side) const { return names_[side]; }
    /// Runs statements in both.
    void run(const std::string& sql) const;

    /// Makes the edits, in both at the same time. Returns when the last one is committed; seconds
    /// that took.
    double edit(const Editing& editing, std::size_t round) const;
    /// Do both hold every edit of the round, and the same rows in every column?
    bool are_equal(const Editing& editing, std::size_t round) const;
    /// Who stands. Throws when an edit that nobody else edited is lost, or a row is neither's.
    Outcome outcome(const Editing& editing, std::size_t round) const;

    /// The first telephone number of a round, for edit_one() after the last one.
    static std::size_t first_number_of(std::size_t round);
    /// Makes one edit on one side and waits until the other has it, a minute at most; seconds that
    /// took.
    double edit_one(std::size_t side, std::size_t customer, std::size_t number) const;

    /// User and system time in seconds of the server so far, less that of the observers.
    double server_cpu_now() const;

private:
    std::size_t count_edited(std::size_t side, std::size_t round) const;
    std::vector<std::string> phones(std::size_t side) const;

    std::array<std::string, 2> names_;
    std::size_t customers_;
    std::array<testing::PostgresqlClient, 2> people_;
    std::array<testing::PostgresqlClient, 2> observers_;
    std::array<pid_t, 2> observing_{};  ///< the server's processes for the observers
};

}  // namespace syncline::bench
