// The restore drill: a hub is backed up while people edit, goes on, loses its disk, and comes back.
// How a hub notices that it was put back, and what follows: docs/explanation/drift.md.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <signal.h>
#include <sys/stat.h>
#include <thread>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

std::unique_ptr<Program> running(const DemoHub& demo) {
    auto hub = demo.start({"run"});
    EXPECT_TRUE(comes_true([&] { return has(hub->out(), "The hub is running"); }));
    return hub;
}

class RestoreDrillScenario : public ::testing::Test {
protected:
    RestoreDrillScenario()
        : demo_(::testing::UnitTest::GetInstance()->current_test_info()->name()) {
        fs::create_directories(data_disk());
        fs::create_directories(key_disk());
        for (const Whereabouts& customer : demo_.customers()) {
            if (customer.is_everywhere()) customers_.push_back(customer);
        }
        demo_.poll_every_second();
    }

    fs::path data_disk() const { return demo_.folder() / "backups"; }
    fs::path key_disk() const { return demo_.folder() / "keys"; }
    fs::path backup() const { return data_disk() / "hub.db"; }
    fs::path keys() const { return key_disk() / "keys.db"; }

    Ended back_up(const fs::path& file) const {
        return demo_.syncline({"backup", file.string(), "--keys", keys().string(), "--replace"});
    }
    void type_phone(const Whereabouts& customer, const std::string& phone) const {
        demo_.erp("UPDATE customers SET phone = '" + phone + "' WHERE id = " + customer.erp);
    }
    void add_customer(const std::string& email) const {
        demo_.erp(
            "INSERT INTO customers(name, street, postcode, city, country, email, status) VALUES "
            "('Nieuw " +
            email + "', 'Kade 1', '9000', 'Gent', 'BE', '" + email + "', 'A')"
        );
    }
    std::string phone_in_the_book(const Whereabouts& customer) const {
        return demo_.accounting(
            "SELECT addr_phone FROM customers WHERE guid = '" + customer.accounting + "'"
        );
    }
    /// Everything that the systems hold, as text.
    std::string systems() const {
        return demo_.erp("SELECT * FROM customers ORDER BY id") +
               demo_.accounting("SELECT * FROM customers ORDER BY guid") +
               demo_.accounting("SELECT * FROM slots ORDER BY id") + demo_.corrections();
    }
    std::set<std::string> records() const {
        std::set<std::string> ids;
        for (const Whereabouts& customer : demo_.customers())
            ids.insert(customer.record);
        return ids;
    }
    /// The operator looks at what the hub owes, and lets it write.
    void release() {
        const fs::path plan = demo_.folder() / "plan.json";
        const Ended planned = demo_.syncline({"plan", "-o", plan.string()});
        ASSERT_EQ(planned.exit_code, 0) << planned.err;
        const Ended applied = demo_.syncline({"apply", plan.string(), "--yes"});
        ASSERT_EQ(applied.exit_code, 0) << applied.out << applied.err;
    }

    DemoHub demo_;
    std::vector<Whereabouts> customers_;
};

TEST_F(RestoreDrillScenario, AHubWhoseDiskIsLostComesBackAndGoesOn) {
    auto hub = running(demo_);
    // Before the backup: acknowledged, so it must be in it.
    type_phone(customers_[0], "02 555 10 00");
    ASSERT_TRUE(comes_true([&] { return phone_in_the_book(customers_[0]) == "+32 2 555 10 00"; }));
    const std::set<std::string> before = records();

    // Backups while people edit and the hub writes.
    for (std::size_t i = 1; i < 6; ++i) {
        type_phone(customers_[i], "02 555 10 0" + std::to_string(i));
        const Ended made = back_up(backup());
        ASSERT_EQ(made.exit_code, 0) << made.err;
        const Ended checked =
            demo_.syncline({"backup", "verify", backup().string(), "--keys", keys().string()});
        ASSERT_EQ(checked.exit_code, 0) << checked.err;
    }

    // The hub goes on: what follows is in no backup.
    type_phone(customers_[6], "02 555 10 06");
    demo_.edit_helpdesk(customers_[7].helpdesk, "EmailAddress", "later@nieuw.example");
    demo_.supplier_sends(customers_[8].supplier, "Tel", "02 555 10 08");
    add_customer("made-later@nieuw.example");
    ASSERT_TRUE(comes_true([&] {
        return phone_in_the_book(customers_[6]) == "+32 2 555 10 06" &&
               phone_in_the_book(customers_[8]) == "+32 2 555 10 08" &&
               demo_.erp("SELECT email FROM customers WHERE id = " + customers_[7].erp) ==
                   "later@nieuw.example" &&
               demo_.accounting(
                   "SELECT count(*) FROM customers WHERE addr_email = 'made-later@nieuw.example'"
               ) == "1";
    }));
    hub->signal(SIGKILL);
    hub->wait();
    fs::remove_all(demo_.hub() / "data");  // the disk is lost; root.key is kept elsewhere
    type_phone(customers_[9], "02 555 10 09");

    const Ended no_keys = demo_.syncline({"restore", backup().string(), "--yes"});
    EXPECT_EQ(no_keys.exit_code, 1);
    EXPECT_TRUE(has(no_keys.err, "--keys") && has(no_keys.err, "[key_missing]")) << no_keys.err;
    const Ended restored =
        demo_.syncline({"restore", backup().string(), "--keys", keys().string(), "--yes"});
    ASSERT_EQ(restored.exit_code, 0) << restored.err;
    EXPECT_TRUE(has(restored.out, "reads every system and writes nothing")) << restored.out;
    const std::set<std::string> after = records();
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));

    // It catches up by reading, and writes nothing before it is told to.
    const std::string systems_before = systems();
    demo_.converge(9);
    EXPECT_EQ(systems(), systems_before);
    release();
    demo_.converge();
    for (std::size_t i = 0; i < 10; ++i) {
        if (i == 7) continue;
        const std::string phone = "+32 2 555 10 0" + std::to_string(i);
        EXPECT_EQ(phone_in_the_book(customers_[i]), phone);
        EXPECT_EQ(demo_.helpdesk(customers_[i].helpdesk, "WorkPhone"), phone);
    }
    EXPECT_EQ(demo_.helpdesk(customers_[7].helpdesk, "EmailAddress"), "later@nieuw.example");
    EXPECT_EQ(demo_.erp("SELECT count(*) FROM customers"), "401");  // nobody was made twice
    EXPECT_EQ(demo_.accounting("SELECT count(*) FROM customers"), "401");
    EXPECT_EQ(demo_.differences(), "");
    EXPECT_EQ(demo_.json({"status"})["quarantined"], 0);
    EXPECT_EQ(demo_.syncline({"verify"}).exit_code, 0);
    const std::set<std::string> at_the_end = records();
    EXPECT_TRUE(std::includes(at_the_end.begin(), at_the_end.end(), before.begin(), before.end()));

    // And the hub works as ever.
    hub = running(demo_);
    type_phone(customers_[0], "02 555 20 00");
    EXPECT_TRUE(comes_true([&] { return phone_in_the_book(customers_[0]) == "+32 2 555 20 00"; }));
    hub->signal(SIGINT);
    EXPECT_EQ(hub->wait().exit_code, 0);
}

TEST_F(RestoreDrillScenario, ADamagedDatabaseIsReplacedAndKept) {
    ASSERT_EQ(back_up(backup()).exit_code, 0);
    type_phone(customers_[0], "02 555 10 00");
    demo_.converge();
    const fs::path data = demo_.hub() / "data" / "hub.db";
    write_file(data, "no database at all, " + std::string(8000, '!'));
    EXPECT_EQ(demo_.syncline({"status"}).exit_code, 1);
    EXPECT_EQ(demo_.syncline({"backup", (data_disk() / "broken.db").string()}).exit_code, 1);
    EXPECT_FALSE(fs::exists(data_disk() / "broken.db"));
    const Ended unasked =
        demo_.syncline({"restore", backup().string(), "--keys", keys().string(), "--yes"});
    EXPECT_EQ(unasked.exit_code, 2) << "old keys in place of good ones";
    const Json restored = demo_.json({"restore", backup().string(), "--yes"});
    EXPECT_EQ(restored["state"], "restored");
    ASSERT_EQ(restored["replaced"].size(), 1U);
    EXPECT_TRUE(has(read_file(restored["replaced"][0].get<std::string>()), "no database at all"));
    demo_.converge(9);
    release();
    demo_.converge();
    EXPECT_EQ(phone_in_the_book(customers_[0]), "+32 2 555 10 00");
    EXPECT_EQ(demo_.differences(), "");
}

TEST_F(RestoreDrillScenario, OneThatIsKilledAnywhereIsFinishedByTheNextStart) {
    ASSERT_EQ(back_up(backup()).exit_code, 0);
    for (const char* point :
         {"restore.stage",
          "restore.marker",
          "restore.mark",
          "restore.move",
          "restore.place",
          "restore.end"}) {
        const Ended killed = demo_.syncline(
            {"restore", backup().string(), "--yes"}, {{"SYNCLINE_FAILPOINT", point}}
        );
        EXPECT_EQ(killed.signal, SIGKILL) << point;
        const bool is_begun = has(point, "stage") || has(point, "marker");
        const Ended status = demo_.syncline({"status"});
        EXPECT_EQ(status.exit_code, is_begun ? 0 : 1) << point << status.err;
        EXPECT_EQ(has(status.err, "was cut off here"), !is_begun) << status.err;
        EXPECT_EQ(demo_.syncline({"systems", "resume", "erp"}).exit_code, 0);  // opens it to write
        EXPECT_EQ(demo_.syncline({"status"}).exit_code, 0);
    }
    demo_.converge(9);
    release();
    demo_.converge();
    EXPECT_EQ(demo_.differences(), "");
    EXPECT_EQ(demo_.syncline({"verify"}).exit_code, 0);
}

TEST_F(RestoreDrillScenario, ARunningHubIsNotReplacedAndNothingIsDoneUnasked) {
    ASSERT_EQ(back_up(backup()).exit_code, 0);
    const std::string data = read_file(demo_.hub() / "data" / "hub.db");
    const Json looked = demo_.json({"restore", backup().string(), "--dry-run"});
    EXPECT_EQ(looked["state"], "not restored");
    EXPECT_EQ(looked["records"], 400);
    const Ended unasked = demo_.syncline({"restore", backup().string()});
    EXPECT_EQ(unasked.exit_code, 2);
    EXPECT_TRUE(has(unasked.err, "add --yes")) << unasked.err;
    {
        const auto hub = running(demo_);
        const Ended refused = demo_.syncline({"restore", backup().string(), "--yes"});
        EXPECT_EQ(refused.exit_code, 1);
        EXPECT_TRUE(has(refused.err, "stop it, then restore [already_running]")) << refused.err;
        hub->signal(SIGINT);
        EXPECT_EQ(hub->wait().exit_code, 0);
    }
    demo_.converge();  // no hold: nothing was put back
}

TEST_F(RestoreDrillScenario, BackupsSayWhereTheyAreAndWhatIsNotInThem) {
    const Ended made = demo_.syncline({"backup"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_TRUE(has(made.out, (demo_.hub() / "backups" / "hub-").string())) << made.out;
    EXPECT_TRUE(has(made.out, ": 400 records, ")) << made.out;
    EXPECT_TRUE(has(made.err, "the keys are not in the backup")) << made.err;
    EXPECT_TRUE(has(made.err, "backup --keys FILE")) << made.err;

    const Json both = demo_.json({"backup", backup().string(), "--keys", keys().string()});
    EXPECT_EQ(both["file"], backup().string());
    EXPECT_EQ(both["keys"]["file"], keys().string());
    for (const fs::path& file : {backup(), keys()}) {
        struct stat status {};
        ASSERT_EQ(::stat(file.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U);
    }
    const std::string root = read_file(demo_.hub() / "root.key");
    for (const fs::path& file : {backup(), keys()})
        EXPECT_FALSE(has(read_file(file), root)) << file;
    EXPECT_EQ(demo_.syncline({"backup", backup().string()}).exit_code, 2);
    const Ended together = demo_.syncline(
        {"backup", (data_disk() / "one.db").string(), "--keys", (data_disk() / "one.db").string()}
    );
    EXPECT_EQ(together.exit_code, 2);
    EXPECT_TRUE(has(together.err, "never in one file")) << together.err;
    EXPECT_FALSE(fs::exists(data_disk() / "one.db"));
    const Ended nowhere = demo_.syncline({"backup", (data_disk() / "no" / "one.db").string()});
    EXPECT_EQ(nowhere.exit_code, 1);
    EXPECT_TRUE(has(nowhere.err, "there is no such folder")) << nowhere.err;
}

TEST_F(RestoreDrillScenario, KeysThatAreLostAloneComeBackAlone) {
    ASSERT_EQ(back_up(backup()).exit_code, 0);
    const fs::path lost = demo_.hub() / "data" / "keys.db";
    fs::remove(lost);
    const Ended status = demo_.syncline({"status"});
    EXPECT_EQ(status.exit_code, 1);
    EXPECT_TRUE(has(status.err, "`syncline restore --keys FILE`")) << status.err;
    const Ended back = demo_.syncline({"restore", "--keys", keys().string(), "--yes"});
    ASSERT_EQ(back.exit_code, 0) << back.err;
    EXPECT_TRUE(has(back.out, "The hub has its keys again")) << back.out;
    EXPECT_TRUE(has(read_file(demo_.hub() / "hub.log"), "hub_restored"));
    demo_.converge();  // the data is what it was: nothing is held
    add_customer("newer@nieuw.example");
    demo_.converge();
    EXPECT_EQ(demo_.differences(), "");
}

TEST_F(RestoreDrillScenario, CustomersThatDoNotOpenAreNamedBeforeAnythingIsDone) {
    ASSERT_EQ(back_up(backup()).exit_code, 0);
    const std::string key =
        demo_.query(backup(), "SELECT dek_id FROM data_key JOIN customer ON id = subject LIMIT 1");
    demo_.query(keys(), "DELETE FROM dek WHERE dek_id = " + key);
    fs::remove_all(demo_.hub() / "data");
    const Ended checked =
        demo_.syncline({"backup", "verify", backup().string(), "--keys", keys().string()});
    EXPECT_EQ(checked.exit_code, 4);
    EXPECT_TRUE(has(checked.out, "1 customer of 400 cannot be opened: key_missing")) << checked.out;
    std::vector<std::string> words{
        "restore", backup().string(), "--keys", keys().string(), "--yes"};
    const Ended refused = demo_.syncline(words);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(has(refused.err, "1 key_missing")) << refused.err;
    EXPECT_FALSE(fs::exists(demo_.hub() / "data" / "hub.db"));
    words.emplace_back("--incomplete");
    const Ended restored = demo_.syncline(words);
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
    EXPECT_EQ(records().size(), 399U);
}

TEST_F(RestoreDrillScenario, OnlyBackupsAreReplaced) {
    const fs::path letter = demo_.folder() / "letter.txt";
    write_file(letter, "Dear customer");
    const fs::path root = demo_.hub() / "root.key";
    const std::string key = read_file(root);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"backup", letter.string(), "--replace"},
          std::vector<std::string>{"backup", root.string(), "--replace"},
          std::vector<std::string>{
              "backup", (demo_.hub() / "data" / "keys.db").string(), "--replace"},
          std::vector<std::string>{
              "backup", backup().string(), "--keys", root.string(), "--replace"}})
        EXPECT_EQ(demo_.syncline(words).exit_code, 2) << words[1];
    EXPECT_EQ(read_file(letter), "Dear customer");
    EXPECT_EQ(read_file(root), key);
    demo_.converge();
}

TEST_F(RestoreDrillScenario, AnEditedBackupIsNotRestored) {
    ASSERT_EQ(back_up(backup()).exit_code, 0);
    demo_.query(backup(), "UPDATE link SET remote_id = 'x' || remote_id WHERE system = 'erp'");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"backup", "verify", backup().string()},
          std::vector<std::string>{"restore", backup().string(), "--yes"}}) {
        const Ended refused = demo_.syncline(words);
        EXPECT_EQ(refused.exit_code, 1) << words.front();
        EXPECT_TRUE(has(refused.err, "[cipher_tampered]")) << refused.err;
    }
    demo_.converge();
}

}  // namespace
}  // namespace syncline::testing
