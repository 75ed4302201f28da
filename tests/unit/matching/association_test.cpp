/// Who is who, from keys alone: the ladder, what it joins, what it asks, what it leaves apart.

#include "matching/association.hpp"

#include "support/fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace syncline::matching {
namespace {

constexpr FieldId kVat{1};
constexpr FieldId kNumber{2};
constexpr FieldId kMail{3};
constexpr FieldId kName{4};
constexpr FieldId kStreet{5};
constexpr FieldId kPostcode{6};
constexpr FieldId kLei{7};
const SystemId kBooks{"books"};
const SystemId kErp{"erp"};
const SystemId kDesk{"desk"};
const SystemId kShop{"shop"};

using Keys = FlatMap<FieldId, std::string>;

const Keys kAnn{{kName, "ann"}, {kStreet, "kerkstraat 1"}, {kPostcode, "9000"}};
const Keys kAcme{{kMail, "info"}, {kName, "acme"}};

/// The keys with one more, or another one.
Keys with(Keys keys, FieldId leaf, const std::string& key) {
    keys[leaf] = key;
    return keys;
}

CustomerId customer(std::uint64_t seed) {
    testing::SeededRandom random(seed);
    return mint<CustomerId>(Timestamp{}, random);
}

using Then = Rung::Then;

/// The ladder of the documentation.
Ladder ladder() {
    Ladder made;
    made.rungs = {
        {{kVat}, {}, Then::Link, "same vat"},
        {{kNumber}, {kShop}, Then::Link, "same number"},
        {{kMail, kName}, {}, Then::Link, "same mail, name"},
        {{kName, kStreet, kPostcode}, {}, Then::Review, "same name, address"}};
    made.strong = {kVat, kLei};
    made.order = {kBooks, kErp, kDesk, kShop};
    return made;
}

/// Records, by "system:id", and what became of them.
class Registry {
public:
    Registry& add(
        const SystemId& system,
        const std::string& id,
        Keys keys,
        std::optional<CustomerId> customer = std::nullopt
    ) {
        records_.push_back({system, RemoteId{id}, customer, false, std::move(keys)});
        return *this;
    }
    void decide(const Ladder& by = ladder()) { groups_ = associate(records_, by); }

    const std::vector<Group>& groups() const { return groups_; }
    std::string name_of(std::size_t record) const {
        return records_[record].system.text() + ":" + records_[record].remote_id.text();
    }
    /// Who is with whom, independent of any order. Records of existing customers are not members.
    std::set<std::set<std::string>> together() const {
        std::set<std::set<std::string>> all;
        for (const Group& group : groups_) {
            std::set<std::string> names;
            for (const Group::Member& member : group.members)
                names.insert(name_of(member.record));
            if (!names.empty()) all.insert(names);
        }
        return all;
    }
    const Group& group_of(const std::string& name) const { return *find(name).first; }
    std::string reason_of(const std::string& name) const { return find(name).second->reason; }
    /// "who -> first member or customer of the suggested group: why", sorted.
    std::multiset<std::string> questions() const {
        std::multiset<std::string> asked;
        for (const Group& group : groups_) {
            for (const Suggestion& suggestion : group.suggestions)
                asked.insert(
                    first_of(group) + " -> " + first_of(groups_[suggestion.group]) + ": " +
                    suggestion.reason
                );
            for (const Suggestion& suggestion : group.duplicates)
                asked.insert(first_of(group) + " twice as " + first_of(groups_[suggestion.group]));
        }
        return asked;
    }
    std::vector<Record>& records() { return records_; }

private:
    std::pair<const Group*, const Group::Member*> find(const std::string& name) const {
        for (const Group& group : groups_) {
            for (const Group::Member& member : group.members) {
                if (name_of(member.record) == name) return {&group, &member};
            }
        }
        throw std::out_of_range(name);
    }
    std::string first_of(const Group& group) const {
        return group.members.empty() ? "customer" : name_of(group.members.front().record);
    }
    std::vector<Record> records_;
    std::vector<Group> groups_;
};

using Together = std::set<std::set<std::string>>;
using Questions = std::multiset<std::string>;

TEST(Ladder, ARungForOneSystemIsNotHinderedByWhomItDoesNotPlace) {
    Registry all;
    // One customer has two numbers; a record of the shop bears the one, a desk's the other.
    all.add(kErp, "1", {{kNumber, "7"}}, customer(1));
    all.add(kBooks, "2", {{kNumber, "8"}}, customer(1));
    all.add(kShop, "3", {{kNumber, "7"}});
    all.add(kDesk, "4", {{kNumber, "8"}});
    all.decide();
    EXPECT_EQ(all.group_of("shop:3").customer, customer(1));
    EXPECT_EQ(all.group_of("desk:4").customer, std::nullopt);
}

TEST(Ladder, ARecordThatIsGoneLeavesRoomAndStillTellsWhoItWas) {
    Registry all;
    all.add(kErp, "1", {{kVat, "be1"}}, customer(1));
    all.add(kErp, "2", {{kVat, "be1"}});
    all.records()[0].is_gone = true;
    all.decide();
    EXPECT_EQ(all.group_of("erp:2").customer, customer(1));
}

TEST(Ladder, AUniqueIdentifierJoinsWhateverElseDiffers) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}, {kName, "acme"}})
        .add(kBooks, "7", {{kVat, "BE1"}, {kName, "acme trading"}})
        .add(kDesk, "4", {{kName, "acme"}});
    all.decide();
    EXPECT_EQ(all.together(), (Together{{"erp:1", "books:7"}, {"desk:4"}}));
    EXPECT_EQ(all.reason_of("books:7"), "") << "first in the order, so it begins the customer";
    EXPECT_EQ(all.reason_of("erp:1"), "same vat");
    EXPECT_TRUE(all.questions().empty());
}

TEST(Ladder, ARungAsksForAllItsKeys) {
    Registry all;
    all.add(kErp, "1", {{kMail, "office"}, {kName, "ann"}})
        .add(kBooks, "7", {{kMail, "office"}, {kName, "bob"}})
        .add(kDesk, "4", {{kName, "ann"}})
        .add(kShop, "5", {{kMail, "office"}});
    all.decide();
    EXPECT_EQ(all.together().size(), 4U) << "a shared office mail joins nobody";
    EXPECT_TRUE(all.questions().empty());
}

TEST(Ladder, AnOfficeAddressAloneJoinsNobody) {
    Registry all;
    all.add(kErp, "1", kAnn).add(kBooks, "7", with(kAnn, kName, "bob"));
    all.decide();
    EXPECT_EQ(all.together().size(), 2U);
    EXPECT_TRUE(all.questions().empty());
}

TEST(Ladder, AReviewRungAsksAndJoinsNobody) {
    Registry all;
    all.add(kErp, "1", kAnn).add(kBooks, "7", kAnn);
    all.decide();
    EXPECT_EQ(all.together().size(), 2U);
    EXPECT_EQ(all.questions(), Questions{"erp:1 -> books:7: same name, address"});
    EXPECT_TRUE(all.group_of("books:7").suggestions.empty()) << "only one of the two asks";
}

TEST(Ladder, RungsBuildOnEachOther) {
    Registry all;
    all.add(kErp, "1", with(kAcme, kVat, "BE1"))
        .add(kBooks, "7", {{kVat, "BE1"}})
        .add(kDesk, "4", kAcme);
    all.decide();
    EXPECT_EQ(all.together(), (Together{{"erp:1", "books:7", "desk:4"}}));
    EXPECT_EQ(all.reason_of("desk:4"), "same mail, name");
}

TEST(Ladder, ARungForSomeSystemsJoinsNoOthersWithEachOther) {
    Registry all;
    all.add(kErp, "1", {{kNumber, "1001"}})
        .add(kBooks, "7", {{kNumber, "1001"}})
        .add(kShop, "5", {{kNumber, "1001"}});
    all.decide();
    EXPECT_EQ(all.together().size(), 3U);
    EXPECT_EQ(
        all.questions(),
        Questions({
            "shop:5 -> books:7: same number, which several records share",
            "shop:5 -> erp:1: same number, which several records share",
        })
    );
}

TEST(Ladder, ARungForSomeSystemsPlacesTheirRecordWithTheOneThatOthersAgreeOn) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}, {kNumber, "1001"}})
        .add(kBooks, "7", {{kVat, "BE1"}, {kNumber, "1001"}})
        .add(kShop, "5", {{kNumber, "1001"}});
    all.decide();
    EXPECT_EQ(all.together(), (Together{{"erp:1", "books:7", "shop:5"}}));
}

TEST(Ladder, ANewRecordJoinsTheExistingCustomer) {
    const CustomerId acme = customer(1);
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}}, acme).add(kBooks, "7", {{kVat, "BE1"}});
    all.decide();
    EXPECT_EQ(all.group_of("books:7").customer, acme);
    EXPECT_EQ(all.reason_of("books:7"), "same vat");
}

TEST(Ladder, WhoAgreesWithNobodyIsACustomerOfItsOwn) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}}).add(kBooks, "7", {}).add(kDesk, "4", {});
    all.decide();
    EXPECT_EQ(all.together().size(), 3U) << "missing keys are not equal keys";
    for (const Group& group : all.groups())
        EXPECT_FALSE(group.customer.has_value());
}

TEST(Contradiction, NamesakesWithDifferentIdentifiersAreAskedAbout) {
    Registry all;
    all.add(kErp, "1", with(kAcme, kVat, "BE1")).add(kBooks, "7", with(kAcme, kVat, "BE2"));
    all.decide();
    EXPECT_EQ(all.together().size(), 2U);
    EXPECT_EQ(
        all.questions(),
        Questions{"erp:1 -> books:7: same mail, name, but a unique identifier differs"}
    );
}

TEST(Contradiction, IsBetweenGroupsAndNotOnlyBetweenRecords) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}, {kLei, "L1"}})
        .add(kBooks, "7", with(kAcme, kVat, "BE1"))
        .add(kDesk, "4", with(kAcme, kLei, "L2"));
    all.decide();
    EXPECT_EQ(all.together(), (Together{{"erp:1", "books:7"}, {"desk:4"}}));
    EXPECT_EQ(all.questions().size(), 1U);
}

TEST(Contradiction, AnIdentifierThatOneSideLacksContradictsNothing) {
    Registry all;
    all.add(kErp, "1", with(kAcme, kVat, "BE1")).add(kBooks, "7", with(kAcme, kLei, "L1"));
    all.add(kDesk, "4", with(kAcme, kNumber, "1")).add(kShop, "9", with(kAcme, kNumber, "2"));
    all.decide();
    EXPECT_EQ(all.together().size(), 1U) << "and a customer number is no unique identifier";
}

TEST(TwoCandidates, OfOneSystemJoinNobody) {
    Registry all;
    all.add(kErp, "1", kAcme).add(kErp, "2", kAcme).add(kBooks, "7", kAcme);
    all.decide();
    EXPECT_EQ(all.together().size(), 3U);
    const Questions asked{
        "erp:1 -> books:7: same mail, name, which several records share",
        "erp:2 -> books:7: same mail, name, which several records share"};
    EXPECT_EQ(all.questions(), asked);
}

TEST(TwoCandidates, ThatAreCustomersAlreadyAreBothSuggested) {
    Registry all;
    all.add(kErp, "1", kAcme, customer(1))
        .add(kErp, "2", kAcme, customer(2))
        .add(kBooks, "7", kAcme);
    all.decide();
    const Group& waiting = all.group_of("books:7");
    EXPECT_FALSE(waiting.customer.has_value());
    EXPECT_EQ(waiting.suggestions.size(), 2U);
    std::set<CustomerId> named;
    for (const Suggestion& suggestion : waiting.suggestions)
        named.insert(all.groups()[suggestion.group].customer.value_or(CustomerId{}));
    EXPECT_EQ(named, (std::set<CustomerId>{customer(1), customer(2)}));
}

TEST(TwoCandidates, AreNeverJoinedByANewcomerThatKnowsBoth) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}}, customer(1))
        .add(kDesk, "2", {{kLei, "L1"}}, customer(2))
        .add(kBooks, "7", {{kVat, "BE1"}, {kLei, "L1"}});
    Ladder by = ladder();
    by.rungs.insert(by.rungs.begin() + 1, Rung{{kLei}, {}, Then::Link, "same lei"});
    all.decide(by);
    EXPECT_EQ(all.group_of("books:7").customer, customer(1)) << "the better rung placed it";
    EXPECT_EQ(all.groups().size(), 2U);
}

TEST(TwoCandidates, ACustomerWithARecordThereAlreadyIsNoCandidate) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}}, customer(1)).add(kErp, "2", {{kVat, "BE1"}});
    all.decide();
    EXPECT_FALSE(all.group_of("erp:2").customer.has_value());
    EXPECT_TRUE(all.group_of("erp:2").suggestions.empty());
    EXPECT_EQ(all.group_of("erp:2").duplicates.size(), 1U);
}

TEST(Duplicates, AreToldForUniqueIdentifiersOnly) {
    Registry all;
    all.add(kErp, "1", {{kVat, "BE1"}, {kMail, "a"}, {kName, "ann"}})
        .add(kErp, "2", {{kVat, "BE1"}, {kMail, "b"}, {kName, "bob"}})
        .add(kErp, "3", {{kMail, "c"}, {kName, "cas"}})
        .add(kErp, "4", {{kMail, "c"}, {kName, "cas"}});
    all.decide();
    EXPECT_EQ(all.together().size(), 4U);
    EXPECT_EQ(all.questions(), Questions{"erp:2 twice as erp:1"});
}

TEST(Questions, AGroupThatWaitsIsNotSuggestedToAnother) {
    Registry all;
    all.add(kBooks, "7", kAnn).add(kErp, "1", kAnn).add(kDesk, "4", kAnn);
    all.decide();
    const Questions asked{
        "desk:4 -> books:7: same name, address, which several records share",
        "erp:1 -> books:7: same name, address, which several records share"};
    EXPECT_EQ(all.questions(), asked);
}

TEST(Questions, ThePairIsAskedAboutOnce) {
    Registry all;
    const Keys both = with(kAnn, kMail, "info");
    all.add(kErp, "1", with(both, kVat, "BE1")).add(kBooks, "7", with(both, kVat, "BE2"));
    all.decide();
    EXPECT_EQ(
        all.questions(),
        Questions{"erp:1 -> books:7: same mail, name, but a unique identifier differs"}
    );
}

TEST(Questions, TheOneThatIsNoCustomerYetAsksWhateverTheOrder) {
    Registry all;
    all.add(kBooks, "7", kAnn).add(kDesk, "4", kAnn, customer(1));
    all.decide();
    EXPECT_EQ(all.questions(), Questions{"books:7 -> customer: same name, address"});
}

TEST(Questions, WhatALowerRungJoinsIsNoQuestionAnyMore) {
    Registry all;
    Ladder by = ladder();
    std::rotate(by.rungs.begin(), by.rungs.end() - 1, by.rungs.end());
    const Keys same = with(kAnn, kVat, "BE1");
    all.add(kErp, "1", same).add(kBooks, "7", same);
    all.decide(by);
    EXPECT_EQ(all.together().size(), 1U);
    EXPECT_TRUE(all.questions().empty());
}

TEST(From, ARungPlacesRecordsOfItsSystemsOnly) {
    Registry all;
    all.add(kErp, "1", {{kNumber, "1001"}}).add(kBooks, "7", {{kNumber, "1001"}});
    all.decide();
    EXPECT_EQ(all.together().size(), 2U) << "two numberings that have nothing to do with another";
    all.add(kShop, "9", {{kNumber, "2002"}}).add(kErp, "2", {{kNumber, "2002"}});
    all.decide();
    EXPECT_EQ(all.together(), (Together{{"erp:1"}, {"books:7"}, {"shop:9", "erp:2"}}));
}

/// Nine records whose keys meet often; some belong to one of three customers already.
Registry any_records(testing::SeededRandom& random) {
    const std::vector<SystemId> systems{kBooks, kErp, kDesk, kShop};
    std::map<CustomerId, std::set<SystemId>> taken;
    Registry all;
    for (std::uint64_t i = 0; i < 9; ++i) {
        Keys keys;
        for (const FieldId leaf : {kVat, kNumber, kMail, kName, kStreet, kPostcode, kLei}) {
            if (random.below(3) != 0)
                keys[leaf] = std::string(1, static_cast<char>('a' + random.below(3)));
        }
        const SystemId& system = systems[random.below(4)];
        std::optional<CustomerId> owner;
        if (random.one_in(3)) owner = customer(random.below(3));
        if (owner && !taken[*owner].insert(system).second) owner.reset();
        all.add(system, std::to_string(i), keys, owner);
    }
    return all;
}

TEST(Associate, DoesNotDependOnTheOrderOfRecords) {
    testing::SeededRandom random(7);
    for (int round = 0; round < 60; ++round) {
        Registry all = any_records(random);
        all.decide();
        const Together together = all.together();
        const Questions questions = all.questions();
        for (int shuffle = 0; shuffle < 4; ++shuffle) {
            for (std::size_t i = all.records().size(); i > 1; --i)
                std::swap(all.records()[i - 1], all.records()[random.below(i)]);
            all.decide();
            EXPECT_EQ(all.together(), together);
            EXPECT_EQ(all.questions(), questions);
        }
    }
}

TEST(Associate, NeverPutsTwoRecordsOfOneSystemOrTwoIdentifiersIntoOne) {
    testing::SeededRandom random(8);
    for (int round = 0; round < 200; ++round) {
        Registry all = any_records(random);
        all.decide();
        for (const Group& group : all.groups()) {
            std::set<SystemId> systems;
            std::map<FieldId, std::set<std::string>> identifiers;
            for (const Record& record : all.records()) {
                if (group.customer && record.customer == group.customer)
                    systems.insert(record.system);
            }
            for (const Group::Member& member : group.members) {
                const Record& record = all.records()[member.record];
                EXPECT_TRUE(systems.insert(record.system).second) << all.name_of(member.record);
                for (const FieldId leaf : {kVat, kLei}) {
                    if (const auto* key = record.keys.find(leaf)) identifiers[leaf].insert(*key);
                }
            }
            for (const auto& [leaf, keys] : identifiers)
                EXPECT_EQ(keys.size(), 1U);
        }
    }
}

}  // namespace
}  // namespace syncline::matching
