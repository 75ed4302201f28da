#include "sandbox/demo_world.hpp"

#include "sandbox/demo_row.hpp"
#include "sandbox/request_tracker.hpp"
#include "sandbox/sqlite.hpp"
#include "sandbox/text_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

namespace syncline::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 7;

std::int64_t number(const fs::path& file, const std::string& sql) {
    Database database(file);
    Statement statement = database.prepare(sql);
    return statement.step() ? statement.number(0) : -1;
}

std::string text(const fs::path& file, const std::string& sql) {
    Database database(file);
    Statement statement = database.prepare(sql);
    return statement.step() ? statement.text(0) : "";
}

/// All a file has to tell, as one text.
std::string contents(const fs::path& file, const std::string& table, int columns) {
    Database database(file);
    Statement rows = database.prepare("SELECT * FROM " + table + " ORDER BY 1");
    std::string all;
    while (rows.step()) {
        for (int column = 0; column < columns; ++column)
            all += (rows.is_null(column) ? "-" : rows.text(column)) + '|';
        all += '\n';
    }
    return all;
}

class DemoWorldTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        // Each test is a process of its own, and two run side by side.
        folder() = fs::path(testing::TempDir()) / ("demo_world-" + std::to_string(::getpid()));
        fs::remove_all(folder());
        summary() = create_demo(folder(), kSeed);
    }
    static void TearDownTestSuite() { fs::remove_all(folder()); }

    static fs::path& folder() {
        static fs::path path;
        return path;
    }
    static DemoSummary& summary() {
        static DemoSummary made;
        return made;
    }
    static fs::path book() { return folder() / "systems/accounting/book.gnucash"; }
    static fs::path erp() { return folder() / "systems/erp/erp.sqlite"; }
    static fs::path helpdesk() { return folder() / "systems/helpdesk/rt.sqlite"; }
    static std::string supplier(const fs::path& of) {
        return read_trimmed(of / "systems/supplier/out/customers-2026-01-05.csv").value_or("");
    }
};

TEST_F(DemoWorldTest, HasTheCustomersItPromises) {
    EXPECT_EQ(summary().customers, 400U);
    EXPECT_EQ(number(erp(), "SELECT count(*) FROM customers"), 400);
    EXPECT_EQ(number(book(), "SELECT count(*) FROM customers"), 400);
    EXPECT_NEAR(static_cast<double>(summary().helpdesk_users), 310, 25);
    EXPECT_EQ(
        number(helpdesk(), "SELECT count(*) FROM users WHERE id > 22 AND Privileged = 0"),
        static_cast<std::int64_t>(summary().helpdesk_users)
    );
    EXPECT_NEAR(static_cast<double>(summary().supplier_rows), 120, 25);
    const std::string lines = supplier(folder());
    EXPECT_EQ(
        std::count(lines.begin(), lines.end(), '\n'),
        static_cast<std::ptrdiff_t>(summary().supplier_rows)
    );
    EXPECT_TRUE(lines.starts_with("CustNo;Name;Street;Zip;Town;Ctry;Tel;VAT\n"));
    EXPECT_TRUE(fs::is_empty(folder() / "systems/supplier/in"));
}

TEST_F(DemoWorldTest, HangsOnTheSeedAlone) {
    const fs::path again = folder() / "again";
    create_demo(again, kSeed + 1);  // another one, which the next removes
    const auto same_erp = [&] {
        return contents(erp(), "customers", 12) ==
               contents(again / "systems/erp/erp.sqlite", "customers", 12);
    };
    EXPECT_FALSE(same_erp());
    create_demo(again, kSeed);
    EXPECT_TRUE(same_erp());
    const fs::path other_book = again / "systems/accounting/book.gnucash";
    const fs::path other_desk = again / "systems/helpdesk/rt.sqlite";
    EXPECT_EQ(contents(book(), "customers", 29), contents(other_book, "customers", 29));
    EXPECT_EQ(contents(book(), "slots", 12), contents(other_book, "slots", 12));
    EXPECT_EQ(
        contents(helpdesk(), "users WHERE id > 22", 24),
        contents(other_desk, "users WHERE id > 22", 24)
    );
    EXPECT_EQ(supplier(folder()), supplier(again));
}

TEST_F(DemoWorldTest, NamesTheSameCustomersForEverySeed) {
    const DemoSummary other = create_demo(folder() / "other", 99);
    const auto same = [](const DemoCustomer& a, const DemoCustomer& b) {
        EXPECT_EQ(a.name, b.name);
        EXPECT_EQ(a.accounting, b.accounting);
        EXPECT_EQ(a.erp, b.erp);
        EXPECT_EQ(a.supplier, b.supplier);
        EXPECT_EQ(a.helpdesk.empty(), b.helpdesk.empty());
    };
    same(summary().tutorial, other.tutorial);
    EXPECT_EQ(summary().tutorial.helpdesk, other.tutorial.helpdesk);
    same(summary().contradiction, other.contradiction);
    for (std::size_t i = 0; i < 3; ++i)
        same(summary().shared_email[i], other.shared_email[i]);
    for (std::size_t i = 0; i < 2; ++i)
        same(summary().namesakes[i], other.namesakes[i]);
}

TEST_F(DemoWorldTest, TheTutorialsCustomerIsInAllFourSystems) {
    const DemoCustomer& customer = summary().tutorial;
    EXPECT_EQ(customer.erp, "17");
    EXPECT_EQ(customer.helpdesk, "24");
    EXPECT_EQ(customer.supplier, "K-1017");
    const std::string name = "Brouwerij De Gulden Reiger NV";
    EXPECT_EQ(text(erp(), "SELECT name FROM customers WHERE id = 17"), name);
    EXPECT_EQ(text(book(), "SELECT name FROM customers WHERE id = '000017'"), name);
    EXPECT_EQ(text(book(), "SELECT guid FROM customers WHERE id = '000017'"), customer.accounting);
    EXPECT_EQ(text(helpdesk(), "SELECT RealName FROM users WHERE id = 24"), name);
    EXPECT_EQ(
        text(helpdesk(), "SELECT EmailAddress FROM users WHERE id = 24"),
        "info@guldenreiger.example"
    );
    EXPECT_NE(supplier(folder()).find("\nK-1017;" + name + ';'), std::string::npos);
}

TEST_F(DemoWorldTest, TheBookIsOneThatGnuCashOpens) {
    EXPECT_EQ(
        number(book(), "SELECT table_version FROM versions WHERE table_name = 'Gnucash'"), 4000013
    );
    // Each table that a version stands for is there (the first two are of the book itself).
    EXPECT_EQ(number(book(), "SELECT count(*) FROM versions"), 24);
    EXPECT_EQ(
        number(
            book(),
            "SELECT count(*) FROM versions JOIN sqlite_master ON name = table_name AND "
            "type = 'table'"
        ),
        22
    );
    // With one of these NULL the whole address would load empty.
    std::string is_null = "0";
    for (const char* owner : {"addr", "shipaddr"}) {
        for (const char* part :
             {"name", "addr1", "addr2", "addr3", "addr4", "phone", "fax", "email"}) {
            is_null += " OR " + std::string(owner) + '_' + part + " IS NULL";
        }
    }
    EXPECT_EQ(number(book(), "SELECT count(*) FROM customers WHERE " + is_null), 0);
    EXPECT_EQ(
        number(
            book(),
            "SELECT count(*) FROM customers c JOIN commodities m ON m.guid = c.currency AND "
            "m.mnemonic = 'EUR' WHERE tax_included = 3 AND credit_denom = 100 AND length(c.guid) "
            "= 32"
        ),
        400
    );
    EXPECT_EQ(
        number(book(), "SELECT count(*) FROM books JOIN accounts a ON a.guid = root_account_guid"),
        1
    );
    EXPECT_EQ(number(book(), "SELECT count(*) FROM gnclock"), 0);
    EXPECT_EQ(number(book(), "SELECT int64_val FROM slots WHERE name LIKE '%gncCustomer'"), 400);
    EXPECT_EQ(
        text(
            book(),
            "SELECT string_val FROM slots s JOIN customers c ON c.guid = s.obj_guid WHERE "
            "s.name = 'hub-vat' AND s.slot_type = 4 AND c.id = '000017'"
        ),
        "BE0456712325"
    );
}

TEST_F(DemoWorldTest, TheErpHasGapsAndAmounts) {
    EXPECT_GT(number(erp(), "SELECT count(*) FROM customers WHERE email IS NULL"), 50);
    EXPECT_EQ(number(erp(), "SELECT count(*) FROM customers WHERE email = ''"), 0);
    EXPECT_EQ(number(erp(), "SELECT count(DISTINCT status) FROM customers"), 5);
    EXPECT_EQ(number(erp(), "SELECT credit_limit FROM customers WHERE id = 17"), 25000);
    EXPECT_GT(
        number(erp(), "SELECT count(*) FROM customers WHERE typeof(credit_limit) = 'real'"), 0
    );
}

TEST_F(DemoWorldTest, AHelpdeskStartsOnTheUsersMade) {
    SystemClock clock;
    RequestTrackerSettings settings;
    settings.folder = folder() / "systems/helpdesk";
    RequestTracker server(settings, clock);
    const auto user = server.desk().find("info@guldenreiger.example");
    ASSERT_TRUE(user);
    EXPECT_EQ(user->id, 24);
    EXPECT_EQ(user->creator, "root");
}

TEST(SupplierFiles, QuotesWhatNeedsQuotes) {
    EXPECT_EQ(csv_line({"a", "", "c d"}), "a;;c d\n");
    EXPECT_EQ(csv_line({"", "x;y", "say \"no\""}), ";\"x;y\";\"say \"\"no\"\"\"\n");
}

}  // namespace
}  // namespace syncline::sandbox
