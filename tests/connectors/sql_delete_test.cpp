// Rows that the sql connector deletes, or must not.

#include "sandbox/sqlite.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline::testing {
namespace {

class SqlDeletion : public ::testing::Test {
protected:
    void SetUp() override {
        const std::filesystem::path file = fresh_folder() / "erp.sqlite";
        database_.emplace(file);
        database_->run(
            "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);"
            "INSERT INTO customers VALUES(1, 'An'), (2, 'Bo'), (3, 'Cy')"
        );
        erp_.emplace(
            "sql",
            Json{
                {"database", {{"sqlite", file.string()}}},
                {"entities",
                 {{"customer", {{"table", "customers"}, {"key", "id"}, {"columns", {"name"}}}}}}}
        );
    }
    Receipt remove(const std::string& id, const std::string& if_version = {}) {
        return erp_->write(ConnectedSystem::deletion(id, if_version));
    }
    /// The names that are left.
    std::string left() { return cell("SELECT group_concat(name, '') FROM customers"); }
    std::string cell(const std::string& sql) {
        sandbox::Statement select = database_->prepare(sql);
        return select.step() ? select.text(0) : "(no row)";
    }

    std::optional<sandbox::Database> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_F(SqlDeletion, DeletesTheOneRowOfTheVersionThatIsKnown) {
    const Receipt receipt = remove("2", erp_->read().token("2"));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Stored) << receipt.error.detail;
    EXPECT_EQ(left(), "AnCy");
    EXPECT_EQ(erp_->lookup({"2"}).front().kind, Observation::Kind::Gone);
}

TEST_F(SqlDeletion, DeletesNothingOverAnEdit) {
    const std::string stale = erp_->read().token("2");
    database_->run("UPDATE customers SET name = 'Bob' WHERE id = 2");
    EXPECT_EQ(remove("2", stale).outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(left(), "AnBobCy");
}

TEST_F(SqlDeletion, SaysWhenThereIsNoSuchRow) {
    EXPECT_EQ(remove("77").outcome, Receipt::Outcome::Gone);
    EXPECT_EQ(remove("2 OR 1=1").outcome, Receipt::Outcome::Gone);
    EXPECT_EQ(left(), "AnBoCy");
}

TEST_F(SqlDeletion, ACustomerWithInvoicesIsRefusedAndNoInvoiceIsOrphaned) {
    database_->run(
        "CREATE TABLE invoices(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers(id));"
        "INSERT INTO invoices VALUES(1, 2)"
    );
    const Receipt receipt = remove("2", erp_->read().token("2"));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
    EXPECT_NE(receipt.error.detail.find("FOREIGN KEY constraint failed"), std::string::npos)
        << receipt.error.detail;
    EXPECT_EQ(left(), "AnBoCy");
    EXPECT_EQ(remove("3").outcome, Receipt::Outcome::Stored);
}

TEST_F(SqlDeletion, AKeyThatIsCheckedAtTheEndIsRefusedToo) {
    database_->run(
        "CREATE TABLE invoices(customer INTEGER REFERENCES customers(id) DEFERRABLE INITIALLY "
        "DEFERRED);"
        "INSERT INTO invoices VALUES(2)"
    );
    EXPECT_EQ(remove("2").outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(left(), "AnBoCy");
    EXPECT_EQ(remove("3").outcome, Receipt::Outcome::Stored);
}

TEST_F(SqlDeletion, AForeignKeyThatMakesNoSenseIsNamedAndDeletesNothing) {
    database_->run("CREATE TABLE invoices(customer TEXT REFERENCES customers(name))");
    const Receipt receipt = remove("2");
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
    EXPECT_NE(receipt.error.detail.find("foreign key mismatch"), std::string::npos)
        << receipt.error.detail;
    EXPECT_EQ(left(), "AnBoCy");
}

TEST_F(SqlDeletion, ARowThatATriggerKeepsWasNotDeleted) {
    database_->run("CREATE TRIGGER keep BEFORE DELETE ON customers BEGIN SELECT RAISE(IGNORE); END"
    );
    const Receipt receipt = remove("2");
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(receipt.error.detail, "the row is still there after it was deleted");
    EXPECT_EQ(left(), "AnBoCy");
}

}  // namespace
}  // namespace syncline::testing
