#pragma once

#include "servers/postgresql_server.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace syncline::testing {

/// An ERP with a table of customers in a real server, behind the sql connector.
class PostgresqlErp : public ::testing::Test {
public:
    static Json database(int port = PostgresqlServer::instance().port()) {
        return {
            {"host", "127.0.0.1"},
            {"port", port},
            {"database", "erp"},
            {"user", "postgres"},
            {"password", PostgresqlServer::kPassword}};
    }

protected:
    void SetUp() override {
        if (!PostgresqlServer::is_installed())
            GTEST_SKIP() << "the package postgresql is not installed: NOT TESTED";
        PostgresqlServer::instance().make_database("erp");
        client_.emplace("erp");
        run("CREATE TABLE customers(id integer PRIMARY KEY, name text NOT NULL, email text UNIQUE, "
            "credit numeric CONSTRAINT credit_limit CHECK (credit >= 0), code varchar(5), "
            "updated_at timestamptz)");
    }
    std::string run(const std::string& sql) const { return client_->run(sql); }
    void add(int id, const std::string& rest) const {
        run("INSERT INTO customers(id, name, email, credit) VALUES(" + std::to_string(id) + ", " +
            rest + ")");
    }
    static Json settings() {
        return {
            {"database", {{"postgresql", database()}}},
            {"entities",
             {{"customer",
               {{"table", "customers"},
                {"key", "id"},
                {"columns", {"name", "email", "credit", "code"}},
                {"touch", {{"updated_at", "now"}}}}}}}};
    }
    /// Settings for another table.
    static Json of_table(const Json& table) {
        Json other = settings();
        other["entities"]["customer"] = table;
        return other;
    }
    ConnectedSystem& erp() {
        if (!erp_) erp_.emplace("sql", settings());
        return *erp_;
    }
    static std::string refusal(const Json& wrong, ErrorCode code = ErrorCode::ConfigInvalid) {
        ConnectedSystem system("sql", wrong);
        const auto checked = system->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, code) << checked.error().detail;
        return checked.error().detail;
    }
    Receipt write(const std::string& id, const char* field, const RawValue& value) {
        return erp().write(ConnectedSystem::change(id, "", {{field, value}}));
    }

    std::optional<PostgresqlClient> client_;
    std::optional<ConnectedSystem> erp_;
};

}  // namespace syncline::testing
