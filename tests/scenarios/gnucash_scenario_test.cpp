// The book as GnuCash's own engine sees it: what the hub wrote, and edits made there.

#include "scenarios/demo_hub.hpp"
#include "support/followed_page.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

class GnuCash {
public:
    explicit GnuCash(const DemoHub& demo)
        : book_((demo.folder() / "systems" / "accounting" / "book.gnucash").string()),
          scratch_(demo.folder() / "gnucash") {}

    static bool is_installed() {
        return run_program(
                   {"/usr/bin/python3", "-c", "import gnucash"},
                   std::filesystem::path(::testing::TempDir()) / "gnucash-probe"
               )
                   .exit_code == 0;
    }

    Ended run(std::vector<std::string> arguments) const {
        std::vector<std::string> command{
            "/usr/bin/python3", std::string(REPO_ROOT) + "/tests/support/gnucash_engine.py", book_};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return run_program(
            command, scratch_, {{"HOME", scratch_.string()}, {"GSETTINGS_BACKEND", "memory"}}
        );
    }

private:
    std::string book_;
    std::filesystem::path scratch_;
};

class GnuCashScenario : public ::testing::Test {
protected:
    void SetUp() override {
        if (!GnuCash::is_installed())
            GTEST_SKIP() << "python3-gnucash is not installed: NOT TESTED against GnuCash's engine";
    }
};

TEST_F(GnuCashScenario, AnEditMadeInGnuCashArrivesInTheOthers) {
    DemoHub demo("gnucash-edit");
    const GnuCash gnucash(demo);
    const Ended edited = gnucash.run({"set", kTutorialGuid, "phone", "02 555 66 77"});
    ASSERT_EQ(edited.exit_code, 0) << edited.err;
    demo.converge();
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 66 77");
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), "+3225556677");
}

TEST_F(GnuCashScenario, GnuCashSeesWhatTheHubWroteAndCreated) {
    DemoHub demo("gnucash-sees");
    const GnuCash gnucash(demo);
    demo.erp("UPDATE customers SET name = 'Brouwerij De Witte Reiger NV' WHERE id = 17");
    demo.erp(
        "INSERT INTO customers(id, name, street, postcode, city, country, email, vat_id, status) "
        "VALUES (9002, 'Vers Gemaakt BV', 'Kade 9', '9000', 'Gent', 'BE', "
        "'info@versgemaakt.example', 'BE0477889911', 'A')"
    );
    demo.converge();
    const Ended listed = gnucash.run({"list"});
    ASSERT_EQ(listed.exit_code, 0) << listed.err;
    EXPECT_NE(listed.out.find("Brouwerij De Witte Reiger NV"), std::string::npos);
    EXPECT_NE(listed.out.find("Vers Gemaakt BV"), std::string::npos);
    EXPECT_NE(listed.out.find("info@versgemaakt.example"), std::string::npos);
    // GnuCash can work on with what was made.
    const std::string guid =
        demo.accounting("SELECT guid FROM customers WHERE addr_email = 'info@versgemaakt.example'");
    const Ended edited = gnucash.run({"set", guid, "phone", "09 222 33 44"});
    ASSERT_EQ(edited.exit_code, 0) << edited.err;
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 9002"), "+3292223344");
    EXPECT_EQ(
        demo.accounting(
            "SELECT string_val FROM slots WHERE name = 'hub-vat' AND obj_guid = '" + guid + "'"
        ),
        "BE0477889911"
    );
}

TEST_F(GnuCashScenario, TheBookIsLeftAloneWhileGnuCashHasItOpen) {
    DemoHub demo("gnucash-open");
    demo.erp("UPDATE customers SET phone = '02 555 12 34' WHERE id = 17");
    demo.accounting("INSERT INTO gnclock(Hostname, PID) VALUES ('elsewhere', 4711)");
    const Ended held = demo.syncline({"run", "--once"});
    EXPECT_EQ(held.exit_code, 8) << held.out;
    EXPECT_NE(held.out.find("open in GnuCash"), std::string::npos) << held.out;
    EXPECT_EQ(demo.helpdesk("24", "WorkPhone"), "+32 2 555 12 34") << "the others go on";
    demo.accounting("DELETE FROM gnclock");
    demo.converge();
    EXPECT_EQ(
        demo.accounting(
            "SELECT addr_phone FROM customers WHERE guid = '" + std::string(kTutorialGuid) + "'"
        ),
        "+32 2 555 12 34"
    );
}

/// What people do in GnuCash while they follow the page, done by its engine.
Replacements in_gnucash(const std::filesystem::path& place) {
    const std::string engine =
        "HOME='" + place.string() + "' GSETTINGS_BACKEND=memory /usr/bin/python3 " +
        std::string(REPO_ROOT) + "/tests/support/gnucash_engine.py \"$PWD\"/" +
        "books/company.gnucash";
    const std::string lock = "\"$(sqlite3 books/company.gnucash 'SELECT * FROM gnclock')\"";
    return {
        {"# in GnuCash: give Acme NV the telephone number 02 555 66 77, save, and close the book",
         engine +
             " set $(sqlite3 books/company.gnucash \"SELECT guid FROM customers WHERE name = " +
             "'Acme NV'\") phone '02 555 66 77' 2>/dev/null"},
        {"# in GnuCash: open the book",
         "(until [ -e closed ]; do sleep 0.1; done | " + engine +
             " hold >/dev/null 2>&1 &) ; until [ -n " + lock + " ]; do sleep 0.1; done"},
        {"# in GnuCash: close the book",
         "touch closed; until [ -z " + lock + " ]; do sleep 0.1; done"}};
}

TEST_F(GnuCashScenario, ARealBookIsConnectedAsThePageSays) {
    const std::filesystem::path place = place_with_program("gnucash-page");
    std::filesystem::create_directories(place / "books");
    write_file(
        place / "customers",
        "Acme NV\tRue de la Loi 16\t\t1000 Brussels\tBelgium\t02 501 02 11\tinfo@acme.example\n"
        "Bouw Peeters BV\tKerkstraat 5\t\t9000 Gent\tBelgium\t\tinfo@peeters.example\n"
        "De Smet\tMarkt 1\t\t8000 Brugge\tBelgium\t050 33 44 55\tjan@desmet.example\n"
    );
    const Ended made = run_program(
        {"/usr/bin/python3",
         std::string(REPO_ROOT) + "/tests/support/gnucash_engine.py",
         (place / "books" / "company.gnucash").string(),
         "make",
         (place / "customers").string()},
        place / "output",
        {{"HOME", place.string()}, {"GSETTINGS_BACKEND", "memory"}}
    );
    ASSERT_EQ(made.exit_code, 0) << made.err;
    follow("docs/how-to/connect-gnucash.md", place, std::chrono::seconds{0}, in_gnucash(place));
    if (HasFailure())  // let nobody wait
        write_file(place / "closed", "");
    else
        std::filesystem::remove_all(place);
}

}  // namespace
}  // namespace syncline::testing
