#pragma once

#include "support/sql_database.hpp"

#include <string>

namespace syncline::testing {

/// A database "erp" of a real server that this process has started.
class SqlServerDatabase : public SqlDatabase {
public:
    Json settings() const override { return settings_at(port()); }
    /// settings/database by way of another port.
    virtual Json settings_at(int port) const = 0;
    virtual int port() const = 0;
    /// Runs statements in a session of their own.
    virtual void run_elsewhere(const std::string& sql) = 0;
    /// Ends the server, as a crash does, and starts it again. The person's session ends with it.
    virtual void stop() = 0;
    virtual void start() = 0;
    /// Does a session of the hub wait for a lock?
    virtual bool hub_waits() = 0;
    virtual void end_sessions_of_hub() = 0;
    /// Makes a user that may read the table "customers" and nothing else.
    virtual void make_reader(const std::string& user, const std::string& password) = 0;
};

}  // namespace syncline::testing
