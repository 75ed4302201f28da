#pragma once

#include "servers/sql_server_database.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace syncline::testing {

struct SqlServerKind {
    const char* name;  ///< as settings call it
    /// nullptr when it is not installed.
    std::unique_ptr<SqlServerDatabase> (*make)();
    const char* wrong_password;  ///< what is said of one
    const char* first;           ///< the first word that no lost connection is made anew for
};

inline std::string server_name(const ::testing::TestParamInfo<SqlServerKind>& kind) {
    return kind.param.name;
}

/// An ERP with a table of customers in a real server, behind the sql connector.
class SqlServer : public ::testing::TestWithParam<SqlServerKind> {
protected:
    using Out = Receipt::Outcome;

    void SetUp() override {
        database_ = GetParam().make();
        if (!database_)
            GTEST_SKIP() << "the server of " << GetParam().name << " is not installed: NOT TESTED";
        run("CREATE TABLE customers(id integer PRIMARY KEY, name varchar(80) NOT NULL, "
            "email varchar(80) UNIQUE, credit numeric(12, 2), code varchar(5), updated_at " +
            database_->time_type() +
            " NULL DEFAULT NULL, CONSTRAINT credit_limit CHECK (credit >= 0))");
    }
    void TearDown() override { erp_.reset(); }

    std::string run(const std::string& sql) { return database_->run(sql); }
    void add(int id, const std::string& rest) {
        run("INSERT INTO customers(id, name, email, credit) VALUES(" + std::to_string(id) + ", " +
            rest + ")");
    }
    /// The settings of the server itself.
    Json& server(Json& settings) const { return settings["database"][GetParam().name]; }
    Json settings() const {
        return of_table(
            {{"table", "customers"},
             {"key", "id"},
             {"columns", {"name", "email", "credit", "code"}},
             {"touch", {{"updated_at", "now"}}}}
        );
    }
    Json of_table(const Json& table) const {
        return {{"database", database_->settings()}, {"entities", {{"customer", table}}}};
    }
    ConnectedSystem& erp() { return erp_ ? *erp_ : erp(settings()); }
    ConnectedSystem& erp(const Json& settings) { return erp_.emplace("sql", settings); }
    std::string refusal(const Json& wrong, ErrorCode code = ErrorCode::ConfigInvalid) {
        const auto checked = erp(wrong)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, code) << checked.error().detail;
        return checked.error().detail;
    }
    Json with(const char* key, const Json& value) const {
        Json wrong = settings();
        server(wrong)[key] = value;
        return wrong;
    }
    Receipt write(const std::string& id, const char* field, const RawValue& value) {
        return erp().write(ConnectedSystem::change(id, "", {{field, value}}));
    }
    static bool has(const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    }
    static std::string ids(const Reading& reading) {
        std::string text;
        for (const Observation& seen : reading.records)
            text += seen.remote_id.text() + (seen.kind == Observation::Kind::Gone ? "-" : "");
        return text;
    }
    /// What was changed since a position, which moves on.
    std::string after(std::string& position) {
        const Reading some = erp().read(ConnectedSystem::after(position));
        EXPECT_TRUE(some.summary) << some.error->detail;
        if (some.summary) position = some.cursors.front();
        return ids(some);
    }
    /// Three rows, changed a day ago.
    Json stamped(const Json& more) {
        run("CREATE TABLE stamped(id int PRIMARY KEY, name varchar(20), seen " +
            database_->time_type() + " NULL, version int NOT NULL DEFAULT 1)");
        run("INSERT INTO stamped(id, name, seen) VALUES(1, 'n1', now() - interval '1' day), "
            "(2, 'n2', now() - interval '1' day), (3, 'n3', now() - interval '1' day)");
        Json table{{"table", "stamped"}, {"key", "id"}, {"columns", {"name"}}};
        table.update(more);
        return of_table(table);
    }

    std::unique_ptr<SqlServerDatabase> database_;
    std::optional<ConnectedSystem> erp_;
};

/// What only servers do that have a place in settings of their own, or journals.
class SqlServerPlace : public SqlServer {};
class SqlServerJournal : public SqlServer {};

}  // namespace syncline::testing
