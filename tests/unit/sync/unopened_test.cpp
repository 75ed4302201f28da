// Customers of whom stored rows do not open: their key is missing, or rows were exchanged.

#include "support/world.hpp"
#include "vault/sqlite.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

/// erp and books know Acme, Bolt and Cole; desk knows nobody, and nobody is made there.
class NotOpening : public ::testing::Test {
protected:
    NotOpening()
        : world(
              {member("erp"), member("books"), member("desk")},
              [](HubSetting& hub) { hub.systems[2].rights.create = false; },
              Memory::OnDisk
          ) {
        for (const char* name : {"Acme", "Bolt", "Cole"}) {
            const std::map<std::string, std::string> row{
                {"name", name},
                {"email", std::string("info@") + name + ".be"},
                {"phone", "+3225550101"},
                {"city", "Gent"},
                {"vat", name == std::string("Acme") ? "BE0403019261" : ""}};
            erp.push_back(world["erp"].add(row));
            books.push_back(world["books"].add(row));
        }
        world.settle();
        acme = world.customer_of("erp", erp[0]).customer.id;
        bolt = world.customer_of("erp", erp[1]).customer.id;
    }
    void lose_the_key_of_acme() {
        world.reopen([&](const fs::path& folder) {
            fs::copy_file(folder / "keys.db", folder / "keys.saved");
            sqlite::Database hub(folder / "hub.db", sqlite::OpenMode::ReadWrite);
            std::uint64_t key = 0;
            {
                sqlite::Query row(hub.prepared("SELECT dek_id FROM data_key WHERE subject = ?"));
                row.bind(acme.view());
                ASSERT_TRUE(row.step());
                key = row.unsigned_number();
            }
            sqlite::Database keys(folder / "keys.db", sqlite::OpenMode::ReadWrite);
            sqlite::Query(keys.prepared("DELETE FROM dek WHERE dek_id = ?")).bind(key).run();
            ASSERT_EQ(keys.changes(), 1);
        });
    }
    void restore_the_key() {
        world.reopen([](const fs::path& folder) {
            fs::copy_file(
                folder / "keys.saved", folder / "keys.db", fs::copy_options::overwrite_existing
            );
        });
    }
    void exchange(const std::string& sql) {
        world.reopen([&](const fs::path& folder) {
            sqlite::Database hub(folder / "hub.db", sqlite::OpenMode::ReadWrite);
            hub.execute(sql);
        });
    }
    std::string in_books(std::size_t i) { return world["books"].record(books.at(i)).at("city"); }
    void edit_all(const std::string& city) {
        for (const RemoteId& id : erp)
            world["erp"].edit(id, "city", city);
        world.settle();
    }
    std::vector<QuarantineItem> aside() { return world.store().quarantine(); }

    World world;
    std::vector<RemoteId> erp, books;
    CustomerId acme, bolt;
};

TEST_F(NotOpening, AMissingKeySetsOneCustomerAsideAndTheOthersGoOn) {
    lose_the_key_of_acme();
    edit_all("Brugge");
    EXPECT_EQ(in_books(0), "Gent");
    EXPECT_EQ(in_books(1), "Brugge");
    EXPECT_EQ(in_books(2), "Brugge");
    ASSERT_EQ(aside().size(), 1U);
    const QuarantineItem item = aside().front();
    EXPECT_EQ(item.customer, acme);
    EXPECT_EQ(item.code, ErrorCode::KeyMissing);
    EXPECT_NE(item.reason.find("restore the keys.db"), std::string::npos) << item.reason;
    EXPECT_EQ(world.store().counts().quarantined, 1U);
    EXPECT_EQ(world.store().counts().records, 3U);
    EXPECT_TRUE(world.open_cases().empty());
}

TEST_F(NotOpening, NobodyIsTakenAsGoneWithoutTheirKey) {
    lose_the_key_of_acme();
    world["erp"].remove(erp[0]);
    world.settle();
    EXPECT_TRUE(world["books"].records().contains(books[0]));
    EXPECT_TRUE(world.open_cases().empty());
    restore_the_key();
    world.settle();
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().kind, CaseKind::Gone);
}

TEST_F(NotOpening, AKeyThatIsBackTakesThemUpAgain) {
    lose_the_key_of_acme();
    edit_all("Brugge");
    restore_the_key();
    world.settle();
    EXPECT_EQ(in_books(0), "Brugge") << "what was typed meanwhile";
    EXPECT_TRUE(aside().empty());
    EXPECT_TRUE(world.open_cases().empty());
    EXPECT_EQ(world["books"].records().size(), 3U);
}

TEST_F(NotOpening, ARecordThatMayBeTheirsWaits) {
    lose_the_key_of_acme();
    const RemoteId desk = world["desk"].add({{"name", "Acme NV"}, {"vat", "BE0403019261"}});
    world.settle();
    EXPECT_EQ(world.store().counts().records, 3U) << "no second customer is made of them";
    EXPECT_EQ(world["erp"].records().size(), 3U);
    restore_the_key();
    world.settle();
    EXPECT_EQ(world.customer_of("desk", desk).customer.id, acme);
}

TEST_F(NotOpening, CustomersWhoseRowsWereExchangedAreSetAside) {
    exchange(
        "CREATE TEMP TABLE old AS SELECT id, fields FROM customer;"
        "UPDATE customer SET fields = (SELECT old.fields FROM old WHERE old.id <> customer.id "
        "ORDER BY old.id LIMIT 1) WHERE id IN (SELECT id FROM old ORDER BY id LIMIT 2)"
    );
    edit_all("Brugge");
    ASSERT_EQ(aside().size(), 2U);
    EXPECT_EQ(aside().front().code, ErrorCode::CipherTampered);
    const std::vector<std::string> cities{in_books(0), in_books(1), in_books(2)};
    EXPECT_EQ(std::count(cities.begin(), cities.end(), "Gent"), 2);
    EXPECT_EQ(std::count(cities.begin(), cities.end(), "Brugge"), 1) << "the third goes on";
}

TEST_F(NotOpening, ARecordThatWasSetBackSetsItsCustomerAside) {
    exchange(
        "UPDATE link SET row_version = row_version + 1 WHERE system = 'erp' AND remote_id = '1'"
    );
    edit_all("Brugge");
    ASSERT_EQ(aside().size(), 1U);
    EXPECT_EQ(aside().front().customer, acme);
    EXPECT_EQ(in_books(0), "Gent");
    EXPECT_EQ(in_books(1), "Brugge");
    world["books"].edit(books[0], "phone", "+3225550199");
    world.settle();
    EXPECT_EQ(world["erp"].record(erp[0]).at("city"), "Brugge") << "it is not written over";
    EXPECT_EQ(world["erp"].records().size(), 3U) << "and not made a second time";
}

TEST_F(NotOpening, WhatIsOwedForThemWaitsAndNoRecordIsMadeASecondTime) {
    world["books"].faults().write_never_sent = 1;
    world["erp"].edit(erp[0], "city", "Brugge");
    world.pass();
    exchange(
        "UPDATE link SET row_version = row_version + 1 WHERE system = 'erp' AND remote_id = '1'"
    );
    world.settle();
    EXPECT_EQ(in_books(0), "Gent");
    EXPECT_EQ(world["erp"].records().size(), 3U);
}

TEST_F(NotOpening, TheNextHubKnowsWhoIsSetAside) {
    lose_the_key_of_acme();
    edit_all("Brugge");
    world.reopen();
    edit_all("Aalst");
    EXPECT_EQ(aside().size(), 1U);
    EXPECT_EQ(in_books(0), "Gent");
    EXPECT_EQ(in_books(1), "Aalst");
}

}  // namespace
}  // namespace syncline::testing
