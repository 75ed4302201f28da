#pragma once

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace syncline::testing {

/// An empty database for the sql connector, and a person in it with a client of their own: what
/// tests that hold with every database know of one.
class SqlDatabase {
public:
    SqlDatabase() = default;
    SqlDatabase(const SqlDatabase&) = delete;
    SqlDatabase& operator=(const SqlDatabase&) = delete;
    virtual ~SqlDatabase() = default;

    /// settings/database
    virtual Json settings() const = 0;
    /// Runs statements; gives the first cell of the last, "(null)" or "".
    virtual std::string run(const std::string& sql) = 0;
    /// The type of a column with moments.
    virtual std::string time_type() const { return "timestamp"; }
    /// Makes the table `journal` with the column "seq", which triggers on `table` write the
    /// column `key` into, as `named`.
    virtual void keep_journal(
        const std::string& table,
        const std::string& key,
        const std::string& journal,
        const std::string& named
    ) = 0;
};

/// A kind of database, for parameters of tests.
struct SqlKind {
    const char* name;
    /// nullptr when its server is not installed.
    std::unique_ptr<SqlDatabase> (*make)();
};

inline std::string kind_name(const ::testing::TestParamInfo<SqlKind>& kind) {
    return kind.param.name;
}

}  // namespace syncline::testing
