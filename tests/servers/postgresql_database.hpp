#pragma once

#include "servers/postgresql_server.hpp"
#include "servers/sql_server_database.hpp"

#include <optional>
#include <string>

namespace syncline::testing {

/// A database of the PostgreSQL server.
class PostgresqlDatabase final : public SqlServerDatabase {
public:
    /// Makes an empty one.
    PostgresqlDatabase();
    Json settings_at(int port) const override;
    int port() const override { return PostgresqlServer::instance().port(); }
    std::string run(const std::string& sql) override { return client_->run(sql); }
    void run_elsewhere(const std::string& sql) override { PostgresqlClient("erp").run(sql); }
    std::string time_type() const override { return "timestamptz"; }
    void keep_journal(
        const std::string& table,
        const std::string& key,
        const std::string& journal,
        const std::string& named
    ) override;
    void stop() override;
    void start() override;
    bool hub_waits() override;
    void end_sessions_of_hub() override;
    void make_reader(const std::string& user, const std::string& password) override;

private:
    std::optional<PostgresqlClient> client_;
};

}  // namespace syncline::testing
