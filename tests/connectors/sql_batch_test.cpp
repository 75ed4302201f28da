// How the sql connector writes several rows of a SQLite file at once.

#include "sandbox/sqlite.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace syncline::testing {
namespace {

class SqlBatch : public ::testing::Test {
protected:
    void SetUp() override {
        const auto file = fresh_folder() / "erp.sqlite";
        database_.emplace(file);
        database_->run(
            "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
            "INSERT INTO customers VALUES (1, 'An'), (2, 'Bo'), (3, 'Cy')"
        );
        const Json table{{"table", "customers"}, {"key", "id"}, {"columns", {"name"}}};
        erp_.emplace(
            "sql",
            Json{{"database", {{"sqlite", file.string()}}}, {"entities", {{"customer", table}}}}
        );
        seen_ = erp_->read();
    }
    /// Renames the rows with these ids in one call, and says what became of each, in their order.
    std::vector<Receipt> rename(const std::vector<std::pair<std::string, std::string>>& names) {
        std::vector<Delivery> deliveries;
        for (const auto& [id, name] : names) {
            deliveries.push_back(
                ConnectedSystem::change(id, seen_.token(id), {{"name", RawValue::of_text(name)}})
            );
            deliveries.back().attempt.id = mint<AttemptId>(Timestamp{}, random_);
        }
        const std::vector<Receipt> given = (*erp_)->write("customer", deliveries);
        std::vector<Receipt> ordered;
        for (const Delivery& delivery : deliveries) {
            const auto is_it = [&](const Receipt& receipt) {
                return receipt.attempt == delivery.attempt.id;
            };
            ordered.push_back(*std::find_if(given.begin(), given.end(), is_it));
        }
        return ordered;
    }
    std::string names() {
        sandbox::Statement all = database_->prepare("SELECT group_concat(name) FROM customers");
        return all.step() ? all.text(0) : "";
    }

    std::optional<sandbox::Database> database_;
    std::optional<ConnectedSystem> erp_;
    Reading seen_;
    SeededRandom random_;
};

TEST_F(SqlBatch, ARefusedRowLeavesTheOthers) {
    database_->run("UPDATE customers SET name = 'Cyd' WHERE id = 3");
    const auto receipts = rename({{"1", "Anna"}, {"2", "Cyd"}, {"3", "Cyril"}});
    EXPECT_EQ(receipts[0].outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(receipts[1].outcome, Receipt::Outcome::Duplicate);
    EXPECT_EQ(receipts[2].outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(names(), "Anna,Bo,Cyd");
    EXPECT_EQ(receipts[0].token, erp_->read().token("1"));
}

TEST_F(SqlBatch, WhatTheDatabaseRollsBackAltogetherIsDoneAgainRowByRow) {
    database_->run(
        "CREATE TRIGGER no AFTER UPDATE ON customers WHEN NEW.name = 'Bob' "
        "BEGIN SELECT RAISE(ROLLBACK, 'no Bob here'); END"
    );
    const auto receipts = rename({{"1", "Anna"}, {"2", "Bob"}, {"3", "Cyril"}});
    EXPECT_EQ(receipts[0].outcome, Receipt::Outcome::Stored);
    EXPECT_NE(receipts[1].outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(receipts[2].outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(names(), "Anna,Bo,Cyril");
}

}  // namespace
}  // namespace syncline::testing
