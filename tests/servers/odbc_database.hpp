#pragma once

#include "servers/postgresql_database.hpp"
#include "servers/sql_server_database.hpp"

#include <string>

namespace syncline::testing {

/// A database of the PostgreSQL server that the hub reaches through its ODBC driver.
class OdbcDatabase final : public SqlServerDatabase {
public:
    static bool is_installed();

    Json settings_at(int port) const override;
    int port() const override { return server_.port(); }
    std::string run(const std::string& sql) override { return server_.run(sql); }
    void run_elsewhere(const std::string& sql) override { server_.run_elsewhere(sql); }
    std::string time_type() const override { return server_.time_type(); }
    void keep_journal(
        const std::string& table,
        const std::string& key,
        const std::string& journal,
        const std::string& named
    ) override {
        server_.keep_journal(table, key, journal, named);
    }
    void stop() override { server_.stop(); }
    void start() override { server_.start(); }
    bool hub_waits() override { return server_.hub_waits(); }
    void end_sessions_of_hub() override { server_.end_sessions_of_hub(); }
    void make_reader(const std::string& user, const std::string& password) override {
        server_.make_reader(user, password);
    }

private:
    PostgresqlDatabase server_;
};

}  // namespace syncline::testing
