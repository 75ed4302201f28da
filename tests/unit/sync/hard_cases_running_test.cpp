// Hard cases of a hub at work: feeds that lose their place, customers that never rest, and news
// that come in any order. docs/reference/hard-cases.md lists all cases with their tests.

#include "model/catalogue.hpp"
#include "support/stand_in.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;

Row customer(const std::string& name) {
    return {{"name", name}, {"email", name + "@example.org"}, {"city", "Gent"}};
}

TEST(HardFeed, APositionThatIsLostIsReadFromTheBeginning) {
    FakeSystem::Character feed;
    feed.incremental = true;
    World world({member("erp", feed), member("books")});
    std::vector<RemoteId> ids;
    for (int i = 0; i < 8; ++i)
        ids.push_back(world["erp"].add(customer("n" + std::to_string(i))));
    world.settle();
    StandIn erp(world["erp"]);
    world.stand_ins["erp"] = &erp;
    world.restart();
    world["erp"].edit(ids[0], "city", "Brugge");
    world["erp"].remove(ids[1]);
    bool is_lost = false;
    erp.before = [&](const std::string& call) -> std::optional<Error> {
        if (call != "read" || std::exchange(is_lost, true)) return std::nullopt;
        return Error{ErrorCode::CursorLost, Remedy::Retry, "erp", "the feed was cut"};
    };
    EXPECT_TRUE(world.pass().systems[0].error.has_value());
    EXPECT_GE(world.pass().systems[0].read, 7U) << "everything that is there";
    world.settle();
    const auto books = world["books"].records();
    EXPECT_EQ(books.size(), 8U) << "nobody was made or deleted";
    EXPECT_EQ(
        std::count_if(
            books.begin(),
            books.end(),
            [](const auto& entry) { return entry.second.at("city") == "Brugge"; }
        ),
        1
    );
    ASSERT_EQ(world.open_cases().size(), 1U);
    EXPECT_EQ(world.open_cases().front().kind, CaseKind::Gone);
}

TEST(HardLoad, AHotCustomerDelaysNobody) {
    World world({member("erp"), member("books")});
    const RemoteId hot = world["erp"].add(customer("hot"));
    const RemoteId other = world["erp"].add(customer("other"));
    world.settle();
    const std::size_t before = world["books"].writes();
    for (int pass = 0; pass < 10; ++pass) {
        for (int i = 0; i < 100; ++i)
            world["erp"].edit(hot, "phone", "+32255501" + std::to_string(10 + i % 90));
        if (pass == 5) world["erp"].edit(other, "city", "Brugge");
        world.pass();
        if (pass < 5) continue;
        const auto books = world["books"].records();
        EXPECT_TRUE(std::any_of(books.begin(), books.end(), [](const auto& entry) {
            return entry.second.at("city") == "Brugge";
        })) << "in the pass in which it was edited";
    }
    EXPECT_LE(world["books"].writes() - before, 11U) << "one write a pass, and one for the other";
}

TEST(HardStatus, WhoIsMarkedInactiveIsNotDeleted) {
    const auto with_status = [](const std::string& id) {
        Member system = member(id);
        MappedFieldSetting status;
        status.field = "status";
        status.remotes = {"status"};
        status.where = id + ".json:1";
        system.setting.mapping.push_back(status);
        system.setting.when_gone = WhenGone::Delete;
        return system;
    };
    World world({with_status("erp"), with_status("books")});
    Row row = customer("acme");
    row["status"] = "active";
    const RemoteId erp = world["erp"].add(row);
    world.settle();
    const RemoteId books = world["books"].records().begin()->first;
    world["erp"].edit(erp, "status", "inactive");
    world.settle();
    EXPECT_EQ(world["books"].record(books).at("status"), "inactive");
    EXPECT_EQ(world.customer_of("erp", erp).customer.state, CustomerState::Active);
    EXPECT_TRUE(world.open_cases().empty());
}

/// desk merges its two records, somebody edits the one that is left, and erp deletes its own: what
/// everybody holds afterwards, and what is asked.
std::string after_news_in(const std::array<int, 3>& order) {
    FakeSystem::Character tells;
    tells.tells_merges = true;
    World world({member("erp"), member("books"), member("desk", tells)}, [](HubSetting& hub) {
        for (SystemSetting& system : hub.systems)
            system.rights.create = false;
        hub.deletes = {};
    });
    const RemoteId erp = world["erp"].add(customer("acme"));
    world["erp"].add(customer("bystander"));
    world["books"].add(customer("bolt"));
    const RemoteId kept = world["desk"].add(customer("acme"));
    const RemoteId merged = world["desk"].add(customer("bolt"));
    world.settle();
    const std::array<std::function<void()>, 3> news{
        [&] { world["desk"].merge(merged, kept); },
        [&] { world["desk"].edit(kept, "city", "Brugge"); },
        [&] { world["erp"].remove(erp); }};
    for (const int what : order) {
        news.at(static_cast<std::size_t>(what))();
        world.pass();
    }
    world.settle();
    std::string outcome;
    for (const char* system : {"erp", "books", "desk"}) {
        for (const auto& [id, fields] : world[system].records()) {
            outcome.append(system).append(":").append(id.text());
            for (const auto& [field, value] : fields) {
                if (!value.empty()) outcome.append(" ").append(field).append("=").append(value);
            }
            outcome += "\n";
        }
    }
    std::vector<std::string> asked;
    for (const Case& item : world.open_cases())
        asked.push_back(item.system.text() + " " + std::to_string(static_cast<int>(item.kind)));
    std::sort(asked.begin(), asked.end());
    for (const std::string& question : asked)
        outcome += question + "\n";
    return outcome;
}

TEST(HardMergeOrder, OfNewsOfAMergeAnEditAndADeletionDoesNotMatter) {
    std::array<int, 3> order{0, 1, 2};
    std::map<std::string, int> outcomes;
    do {
        ++outcomes[after_news_in(order)];
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(outcomes.size(), 1U);
    for (const auto& [outcome, count] : outcomes)
        EXPECT_NE(outcome.find("city=Brugge"), std::string::npos) << count << "x\n" << outcome;
}

TEST(HardEncryption, WhatHasFewValuesHasNoSearchHash) {
    for (const LeafSpec& leaf : Catalogue::customer().leaves()) {
        const bool has_few = leaf.type == ValueType::Boolean || leaf.type == ValueType::Country ||
                             leaf.type == ValueType::Code || leaf.type == ValueType::Language;
        if (has_few) {
            EXPECT_EQ(leaf.index, IndexKind::None) << leaf.pattern;
        }
    }
}

}  // namespace
}  // namespace syncline::testing
