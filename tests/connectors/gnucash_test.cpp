// The gnucash connector on a book of the demo, with GnuCash's own engine as the other side.

#include "sandbox/demo_world.hpp"
#include "sandbox/sqlite.hpp"
#include "support/connected_system.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace syncline::testing {
namespace {

using sandbox::Database;

/// What a command prints, and how it ends.
struct Ran {
    int status = -1;
    std::string output;
};
Ran run(const std::string& command) {
    Ran ran;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> chunk{};
    while (const auto got = std::fread(chunk.data(), 1, chunk.size(), pipe))
        ran.output.append(chunk.data(), got);
    const int status = ::pclose(pipe);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

class GnuCashConnector : public ::testing::Test {
protected:
    /// The same book for all tests of this process: making it once is enough.
    static void SetUpTestSuite() {
        made_ = std::filesystem::path(::testing::TempDir()) /
                ("gnucash_demo_" + std::to_string(::getpid()));
        std::filesystem::create_directories(made_);
        demo_ = sandbox::create_demo(made_, 1);
        original_ = made_ / "systems/accounting/book.gnucash";
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(made_); }
    void SetUp() override {
        book_ = fresh_folder() / "book.gnucash";
        std::filesystem::copy_file(original_, book_);
        database_.emplace(book_);
        accounting_.emplace("gnucash", settings());
    }
    Json settings() const { return {{"book", book_.string()}, {"busy_retry", "1s"}}; }
    std::string cell(const std::string& sql) {
        sandbox::Statement select = database_->prepare(sql);
        return select.step() ? select.text(0) : "(no row)";
    }
    const std::string& someone() const { return demo_.tutorial.accounting; }
    Receipt set(const std::string& field, const RawValue& value, const std::string& version = {}) {
        return accounting_->write(ConnectedSystem::change(someone(), version, {{field, value}}));
    }
    std::string slot() {
        return cell(
            "SELECT group_concat(string_val) FROM slots WHERE name = 'hub-vat' AND obj_guid = '" +
            someone() + "'"
        );
    }
    std::string host_name() {
        std::array<char, 256> name{};
        ::gethostname(name.data(), name.size() - 1);
        return name.data();
    }
    void hold_lock(const std::string& host, std::int64_t pid) {
        database_->prepare("INSERT INTO gnclock VALUES(?, ?)").bind(1, host).bind(2, pid).execute();
    }
    /// A number that was a process's and is none any more.
    static std::int64_t dead_process() {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(0);
        ::waitpid(child, nullptr, 0);
        return child;
    }

    static inline sandbox::DemoSummary demo_;
    static inline std::filesystem::path made_;
    static inline std::filesystem::path original_;
    std::filesystem::path book_;
    std::optional<Database> database_;
    std::optional<ConnectedSystem> accounting_;
};

TEST_F(GnuCashConnector, ReadsEveryCustomerOfTheBook) {
    EXPECT_TRUE((*accounting_)->check());
    const auto can = (*accounting_)->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_EQ(can->version, connect::VersionKind::Opaque);
    EXPECT_FALSE(can->creates_need_planned_id);
    const Reading all = accounting_->read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_TRUE(all.summary->complete_listing);
    EXPECT_EQ(all.records.size(), demo_.customers);
    EXPECT_GT(all.pages.size(), 1U);
    std::set<RemoteId> ids;
    for (const Observation& seen : all.records)
        ids.insert(seen.remote_id);
    EXPECT_EQ(ids.size(), demo_.customers);
    EXPECT_EQ(
        all.text(someone(), "addr_name"),
        cell("SELECT addr_name FROM customers WHERE guid = '" + someone() + "'")
    );
    EXPECT_EQ(all.text(someone(), "slot.hub-vat"), slot());
    EXPECT_EQ(all.text(someone(), "active"), "1");
}

TEST_F(GnuCashConnector, PeekingAndReadingChangeNothing) {
    database_.reset();
    const std::string before = file_bytes(book_);
    EXPECT_TRUE(accounting_->read(ConnectedSystem::peek()).summary);
    EXPECT_EQ(accounting_->lookup({someone(), "nobody"}).size(), 2U);
    EXPECT_EQ(file_bytes(book_), before);
}

TEST_F(GnuCashConnector, LooksCustomersUp) {
    const auto found = accounting_->lookup({someone(), "0123456789abcdef0123456789abcdef"});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].kind, Observation::Kind::Present);
    EXPECT_EQ(found[0].token, accounting_->read().token(someone()));
    EXPECT_EQ(found[1].kind, Observation::Kind::Gone);
}

TEST_F(GnuCashConnector, WritesWhenTheVersionIsRightAndNothingOverAnEdit) {
    const std::string token = accounting_->read().token(someone());
    const Receipt first = set("addr_phone", RawValue::of_text("+32 2 111 11 11"), token);
    ASSERT_EQ(first.outcome, Receipt::Outcome::Stored) << first.error.detail;
    EXPECT_EQ(first.token, accounting_->read().token(someone()));
    EXPECT_NE(first.token, token);
    const Receipt stale = set("addr_phone", RawValue::of_text("+32 2 222 22 22"), token);
    EXPECT_EQ(stale.outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(accounting_->read().text(someone(), "addr_phone"), "+32 2 111 11 11");
    const Receipt gone = accounting_->write(
        ConnectedSystem::change("nobody", "", {{"addr_fax", RawValue::of_text("1")}})
    );
    EXPECT_EQ(gone.outcome, Receipt::Outcome::Gone);
    const Receipt unknown = set("addr_city", RawValue::of_text("Gent"));
    EXPECT_EQ(unknown.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(unknown.refused_field, "addr_city");
    EXPECT_EQ(set("active", RawValue::of_text("maybe")).refused_field, "active");
}

TEST_F(GnuCashConnector, DeletesNobodyAndTakesADeletionForNoUpdate) {
    EXPECT_FALSE((*accounting_)->discover("customer")->can_delete);
    const std::string token = accounting_->read().token(someone());
    const Receipt receipt = accounting_->write(ConnectedSystem::deletion(someone(), token));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Refused);
    EXPECT_EQ(receipt.error.code, ErrorCode::PluginUnsupported);
    EXPECT_EQ(accounting_->read().token(someone()), token);
}

TEST_F(GnuCashConnector, ClearsToAnEmptyTextBecauseGnuCashLoadsNoAddressWithNull) {
    ASSERT_EQ(set("addr_phone", RawValue::null()).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(
        cell(
            "SELECT typeof(addr_phone) || addr_phone FROM customers WHERE guid = '" + someone() +
            "'"
        ),
        "text"
    );
}

TEST_F(GnuCashConnector, KeepsTheVatNumberInItsSlot) {
    ASSERT_EQ(set("slot.hub-vat", RawValue::null()).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(slot(), "");
    EXPECT_EQ(accounting_->read().text(someone(), "slot.hub-vat"), "");
    ASSERT_EQ(
        set("slot.hub-vat", RawValue::of_text("BE0403019261")).outcome, Receipt::Outcome::Stored
    );
    EXPECT_EQ(slot(), "BE0403019261");
    const Receipt changed = set("slot.hub-vat", RawValue::of_text("BE0403170701"));
    ASSERT_EQ(changed.outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(slot(), "BE0403170701");
    ASSERT_TRUE(changed.stored);
    EXPECT_EQ(text_in(changed.stored->fields, "slot.hub-vat"), "BE0403170701");
}

TEST_F(GnuCashConnector, CreatesACustomerGnuCashCanUseOnceHoweverOftenItTries) {
    const Delivery create = accounting_->creation(
        {{"addr_name", RawValue::of_text("Nieuwe Klant")},
         {"addr_addr1", RawValue::of_text("Kerkstraat 1")},
         {"slot.hub-vat", RawValue::of_text("BE0403019261")}}
    );
    EXPECT_TRUE((*accounting_)->lookup_created(create)->empty());
    const Receipt first = accounting_->write(create);
    ASSERT_EQ(first.outcome, Receipt::Outcome::Stored) << first.error.detail;
    const Receipt second = accounting_->write(create);
    EXPECT_EQ(second.outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(second.remote_id, first.remote_id);
    const auto made = (*accounting_)->lookup_created(create);
    ASSERT_TRUE(made);
    ASSERT_EQ(made->size(), 1U);
    EXPECT_EQ(made->front().remote_id, first.remote_id);
    EXPECT_EQ(cell("SELECT count(*) FROM customers WHERE addr_name = 'Nieuwe Klant'"), "1");
    const std::string row = " FROM customers WHERE guid = '" + first.remote_id.text() + "'";
    for (const char* column : {"name",           "id",
                               "notes",          "active",
                               "discount_num",   "discount_denom",
                               "credit_num",     "credit_denom",
                               "currency",       "tax_override",
                               "tax_included",   "addr_name",
                               "addr_addr1",     "addr_addr2",
                               "addr_addr3",     "addr_addr4",
                               "addr_phone",     "addr_fax",
                               "addr_email",     "shipaddr_name",
                               "shipaddr_addr1", "shipaddr_addr2",
                               "shipaddr_addr3", "shipaddr_addr4",
                               "shipaddr_phone", "shipaddr_fax",
                               "shipaddr_email"})
        EXPECT_EQ(cell(std::string("SELECT ") + column + " IS NULL" + row), "0") << column;
    EXPECT_EQ(cell("SELECT name" + row), "Nieuwe Klant");
    EXPECT_EQ(cell("SELECT length(id)" + row), "6");
    EXPECT_EQ(
        cell("SELECT mnemonic FROM commodities WHERE guid = (SELECT currency" + row + ")"), "EUR"
    );
}

TEST_F(GnuCashConnector, SaysThatTheCurrencyIsMissing) {
    Json other = settings();
    other["currency"] = "XTS";
    ConnectedSystem system("gnucash", other);
    const Receipt receipt =
        system.write(system.creation({{"addr_name", RawValue::of_text("Nieuwe Klant")}}));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::NotSent);
    EXPECT_EQ(receipt.error.detail, "the book has no currency XTS; use one that an account has");
    EXPECT_EQ(cell("SELECT count(*) FROM customers WHERE addr_name = 'Nieuwe Klant'"), "0");
}

TEST_F(GnuCashConnector, WritesNothingWhileGnuCashHasTheBookOpen) {
    hold_lock(host_name(), ::getpid());
    const Receipt busy = set("addr_phone", RawValue::of_text("+32 2 111 11 11"));
    EXPECT_EQ(busy.outcome, Receipt::Outcome::NotSent);
    EXPECT_EQ(
        busy.error.detail,
        "the book is open in GnuCash (process " + std::to_string(::getpid()) + " on " +
            host_name() + "); it is written when it has been closed"
    );
    EXPECT_EQ(cell("SELECT count(*) FROM gnclock"), "1");
    EXPECT_TRUE(accounting_->read().summary);  // reading goes on
    database_->run("DELETE FROM gnclock");
    hold_lock("another-machine", 1);
    EXPECT_EQ(set("addr_phone", RawValue::null()).outcome, Receipt::Outcome::NotSent);
    database_->run("DELETE FROM gnclock");
    EXPECT_EQ(set("addr_phone", RawValue::null()).outcome, Receipt::Outcome::Stored);
}

TEST_F(GnuCashConnector, TakesTheLockOverFromADeadProcessOfThisMachine) {
    hold_lock(host_name(), dead_process());
    const Receipt receipt = set("addr_phone", RawValue::of_text("+32 2 111 11 11"));
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::Stored) << receipt.error.detail;
    EXPECT_EQ(cell("SELECT count(*) FROM gnclock"), "0");
}

TEST_F(GnuCashConnector, HoldsTheLockWhileItWrites) {
    // A trigger of the book sees what is in gnclock at the moment of the write.
    database_->run(
        "CREATE TABLE witness(host TEXT, pid INT);"
        "CREATE TRIGGER watch AFTER UPDATE ON customers BEGIN "
        "INSERT INTO witness SELECT * FROM gnclock; END"
    );
    ASSERT_EQ(set("addr_phone", RawValue::null()).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(cell("SELECT count(*) FROM witness"), "1");
    EXPECT_EQ(cell("SELECT host FROM witness"), host_name());
    EXPECT_NE(cell("SELECT pid FROM witness"), std::to_string(::getpid()));
    EXPECT_EQ(cell("SELECT count(*) FROM gnclock"), "0");
}

TEST_F(GnuCashConnector, WaitsForALockedFileAndThenSaysThatNothingWasSent) {
    database_->run("BEGIN IMMEDIATE");
    const Receipt receipt = set("addr_phone", RawValue::null());
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::NotSent);
    EXPECT_EQ(receipt.error.detail, "the book is locked by another program");
    database_->run("ROLLBACK");
}

TEST_F(GnuCashConnector, SetsAsideACustomerWithBrokenText) {
    database_->run(
        "UPDATE customers SET addr_name = CAST(x'FF41' AS TEXT) WHERE guid = '" + someone() + "'"
    );
    const Reading all = accounting_->read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.records.size(), demo_.customers);
    EXPECT_EQ(all.find(someone())->problem, "addr_name is not well-formed UTF-8");
}

TEST_F(GnuCashConnector, SaysPreciselyWhatIsWrongWithItsSettings) {
    const auto refusal = [&](const Json& wrong) {
        ConnectedSystem system("gnucash", wrong);
        const auto checked = system->check();
        if (checked) return std::string("(accepted)");
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid);
        return checked.error().detail;
    };
    const auto other = (book_.parent_path() / "other").string();
    EXPECT_EQ(refusal({{"book", other}}), "there is no book " + other);
    place_file(other, "<?xml version=\"1.0\"?><gnc-v2>" + std::string(4096, ' '));
    EXPECT_EQ(
        refusal({{"book", other}}),
        "this book is no SQLite file; save it in GnuCash as \"sqlite3\" first"
    );
    std::filesystem::remove(other);
    Database(other).run("CREATE TABLE cats(name TEXT)");
    EXPECT_EQ(refusal({{"book", other}}), other + " is a database, but no GnuCash book");
    Json wrong = settings();
    wrong["bok"] = "x";
    EXPECT_EQ(
        refusal(wrong), "settings has no \"bok\"; there are book, currency, vat_slot, busy_retry"
    );
    wrong = settings();
    wrong["busy_retry"] = "soon";
    EXPECT_EQ(refusal(wrong), "settings/busy_retry must be a duration such as \"30s\"");
    database_->run("UPDATE versions SET table_version = 3 WHERE table_name = 'customers'");
    EXPECT_EQ(
        refusal(settings()),
        "the tables of this book are of another GnuCash version than 4; the book is left alone"
    );
}

/// The same book in GnuCash's own hands.
class GnuCashEngine : public GnuCashConnector {
protected:
    void SetUp() override {
        GnuCashConnector::SetUp();
        if (run("/usr/bin/python3 -c 'import gnucash' 2>/dev/null").status != 0)
            GTEST_SKIP() << "NOT TESTED: GnuCash's Python module is missing (apt-get install "
                            "python3-gnucash libdbd-sqlite3)";
    }
    std::string command(const std::string& words) const {
        return "HOME=" + book_.parent_path().string() +
               " GSETTINGS_BACKEND=memory GUILE_AUTO_COMPILE=0 /usr/bin/python3 " REPO_ROOT
               "/tests/support/gnucash_engine.py " +
               book_.string() + " " + words + " 2>/dev/null";
    }
    Ran engine(const std::string& words) const { return run(command(words)); }
    /// What GnuCash knows of a customer: the line of `list`.
    std::string line_of(const std::string& guid) const {
        const Ran listed = engine("list");
        EXPECT_EQ(listed.status, 0) << listed.output;
        const auto at = listed.output.find(guid);
        if (at == std::string::npos) return "(unknown)";
        return listed.output.substr(at, listed.output.find('\n', at) - at);
    }
};

TEST_F(GnuCashEngine, AnEditMadeThereIsReadHere) {
    const std::string before = accounting_->read().token(someone());
    ASSERT_EQ(engine("set " + someone() + " addr1 'Rue Neuve 99'").status, 0);
    const Reading after = accounting_->read();
    EXPECT_EQ(after.text(someone(), "addr_addr1"), "Rue Neuve 99");
    EXPECT_NE(after.token(someone()), before);
    EXPECT_NE(after.text(someone(), "slot.hub-vat"), "");  // the slot survived GnuCash's edit
    const Receipt stale = set("addr_phone", RawValue::of_text("1"), before);
    EXPECT_EQ(stale.outcome, Receipt::Outcome::Conflict);
}

TEST_F(GnuCashEngine, WhatIsWrittenHereIsSeenThere) {
    ASSERT_EQ(
        set("addr_phone", RawValue::of_text("+32 9 876 54 32")).outcome, Receipt::Outcome::Stored
    );
    ASSERT_EQ(set("addr_addr2", RawValue::null()).outcome, Receipt::Outcome::Stored);
    ASSERT_EQ(set("active", RawValue::of_number("0")).outcome, Receipt::Outcome::Stored);
    const std::string changed = line_of(someone());
    EXPECT_NE(changed.find("\t+32 9 876 54 32\t"), std::string::npos) << changed;
    EXPECT_TRUE(changed.ends_with("\t0")) << changed;
    const Receipt made = accounting_->write(accounting_->creation(
        {{"addr_name", RawValue::of_text("Zoë & Zonen")},
         {"addr_addr1", RawValue::of_text("Kerkstraat 1")},
         {"addr_email", RawValue::of_text("zoe@zonen.example")}}
    ));
    ASSERT_EQ(made.outcome, Receipt::Outcome::Stored) << made.error.detail;
    const std::string line = line_of(made.remote_id.text());
    EXPECT_NE(line.find("\tZoë & Zonen\tZoë & Zonen\tKerkstraat 1\t"), std::string::npos) << line;
    EXPECT_NE(line.find("\tzoe@zonen.example\t1"), std::string::npos) << line;
    ASSERT_EQ(engine("set " + made.remote_id.text() + " phone 123").status, 0);
    EXPECT_EQ(accounting_->read().text(made.remote_id.text(), "addr_phone"), "123");
}

TEST_F(GnuCashEngine, EachKeepsTheOtherOutWhileItWrites) {
    EXPECT_EQ(engine("try").status, 0);
    hold_lock(host_name(), ::getpid());  // as the connector's row
    EXPECT_EQ(engine("try").status, 3);
    database_->run("DELETE FROM gnclock");

    std::FILE* gnucash =
        ::popen(("sh -c \"" + command("hold") + " >&2\" 2>/dev/null").c_str(), "w");
    for (int i = 0; i < 600 && cell("SELECT count(*) FROM gnclock") == "0"; ++i)
        ::usleep(50'000);
    const Receipt busy = set("addr_phone", RawValue::of_text("1"));
    EXPECT_EQ(busy.outcome, Receipt::Outcome::NotSent);
    EXPECT_NE(busy.error.detail.find("the book is open in GnuCash"), std::string::npos);
    ::pclose(gnucash);
    EXPECT_EQ(set("addr_phone", RawValue::of_text("1")).outcome, Receipt::Outcome::Stored);
}

TEST_F(GnuCashConnector, ReadsABookWhoseLastWriterDiedInTheMidst) {
    const std::string before = accounting_->read().text(someone(), "addr_phone");
    // A small cache makes it write into the book before it is killed.
    run("printf \"PRAGMA cache_size = 1;\\nBEGIN;\\nUPDATE customers SET addr_phone = 'lost', "
        "notes = hex(randomblob(3000));\\n.shell kill -9 \\$PPID\\n\" | sqlite3 '" +
        book_.string() + "' 2>/dev/null");
    const std::filesystem::path journal = book_.string() + "-journal";
    ASSERT_TRUE(std::filesystem::exists(journal) && std::filesystem::file_size(journal) > 0);
    const Reading all = accounting_->read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.text(someone(), "addr_phone"), before);
    EXPECT_FALSE(std::filesystem::exists(journal));
}

}  // namespace
}  // namespace syncline::testing
