/// First contact: each field is decided once, over what all systems say, never by who was read
/// first.

#include "sync/core/adopt.hpp"

#include "support/core_fixture.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Lines = std::vector<std::string>;

const std::vector<std::string> kThreeSystems{"erp", "books", "desk"};

/// A bench whose systems were read and not compared yet.
struct FirstMeeting : Bench {
    explicit FirstMeeting(const Bench::Adjust& adjust = {}) : Bench(kThreeSystems, adjust) {}
    /// What `system` says in its first reading, which may have been edited within `when`.
    void shows(
        std::string_view system,
        std::string_view path,
        const std::string& text,
        EditInterval when = between(0, 21)
    ) {
        holds(system, path, text, kFresh);
        said(system, path, text, when);
    }
    void adopt() { sync::adopt(rules, aggregate, moment(), effects); }
    std::string base(std::string_view system, std::string_view path = kPhone) {
        return shown(entry(system, path).shadow->base);
    }
};

TEST(Adopt, AgreementIsOneVersionByTheFirstInTheOrderAndNobodyIsOwed) {
    FirstMeeting bench;
    bench.shows("desk", kPhone, kOne);
    bench.shows("books", kPhone, "02 555 01 01");
    bench.said("books", kPhone, kOne);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " new books");
    EXPECT_EQ(bench.journal(), Lines{"version same_change books " + kOne});
    EXPECT_EQ(bench.base("books"), "image of new");
    EXPECT_EQ(bench.base("desk"), "image of new");
    EXPECT_TRUE(bench.effects.touched_links.contains(bench.link("desk").id));
}

TEST(Adopt, TheOnlyOneWhoSaysSomethingIsTheFirstValue) {
    FirstMeeting bench;
    bench.shows("desk", kPhone, kOne);
    bench.shows("erp", kPhone, "");
    bench.adopt();
    EXPECT_EQ(bench.journal(), Lines{"version first_value desk " + kOne});
    EXPECT_EQ(bench.base("desk"), "image of new");
    EXPECT_EQ(bench.base("erp"), "foreign") << "it is owed the value";
}

TEST(Adopt, NobodySaysAnything) {
    FirstMeeting bench;
    bench.shows("desk", kPhone, "");
    bench.shows("erp", kPhone, "");
    bench.adopt();
    EXPECT_EQ(bench.standing(kPhone), nullptr);
    EXPECT_TRUE(bench.effects.changes.empty());
    EXPECT_EQ(bench.base("desk"), "image of 0");
    EXPECT_EQ(bench.base("erp"), "image of 0");
}

TEST(Adopt, NothingFreshIsNothingToDo) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("erp", kPhone, kOne, Bench::image_of(2));
    bench.holds("desk", kPhone, kTwo, kForeign);
    bench.said("desk", kPhone, kTwo);
    bench.adopt();
    EXPECT_TRUE(bench.effects.empty());
    EXPECT_EQ(bench.base("desk"), "foreign");
}

TEST(Adopt, TwoWhoHoldAPartOnlyDoNotCutWhatStands) {
    FirstMeeting bench([](HubSetting& hub) {
        mapped(hub.systems[0], "name").limit_characters = 5;
        mapped(hub.systems[2], "name").limit_characters = 5;
    });
    bench.stands("name", "Janssens", 2, Origin::of(SystemId{"desk"}));
    bench.shows("erp", "name", "Janss");
    bench.shows("desk", "name", "Janss");
    bench.adopt();
    EXPECT_EQ(bench.standing_text("name"), "Janssens 2 desk");
    EXPECT_EQ(bench.base("erp", "name"), "image of 2");
}

TEST(Adopt, HearingAgainWhatStandsIsNoChange) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2, Origin::of(SystemId{"desk"}));
    bench.holds("desk", kPhone, kOne, Bench::image_of(2));
    bench.said("desk", kPhone, kOne);
    bench.shows("erp", kPhone, kOne);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 desk");
    EXPECT_TRUE(bench.effects.changes.empty());
    EXPECT_EQ(bench.base("erp"), "image of 2");
}

TEST(Adopt, ANewRecordWithoutTheValueIsOwedIt) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("erp", kPhone, kOne, Bench::image_of(2));
    bench.said("erp", kPhone, kOne);
    bench.shows("desk", kPhone, "");
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 erp");
    EXPECT_EQ(bench.base("desk"), "foreign");
    EXPECT_TRUE(bench.effects.changes.empty());
}

TEST(Adopt, ANewRecordFillsWhatNobodySaid) {
    FirstMeeting bench;
    bench.holds("erp", kPhone, "", Bench::image_of(0));
    bench.shows("desk", kPhone, kOne);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " new desk");
    EXPECT_EQ(bench.base("erp"), "image of 0") << "known before: not fresh, and now owed";
}

TEST(Adopt, OfTwoThatAllAcceptTheFullerStands) {
    FirstMeeting bench;
    bench.shows("erp", kAddress, "Gent");
    bench.shows("desk", kAddress, "Gent");
    // Read from lines of free text, of which no other system has the street.
    FieldValue& full = bench.entry("desk", kAddress).contribution->value;
    full.parts[FieldTable::part_index(bench.field(kAddress), "addresses.billing.street")] =
        "Kerkstraat 1";
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kAddress), "Kerkstraat 1, Gent new desk");
    EXPECT_EQ(bench.base("erp", kAddress), "image of new");
    EXPECT_EQ(bench.base("desk", kAddress), "image of new");
}

TEST(Adopt, ACutNameIsAnImageOfTheWholeOne) {
    FirstMeeting bench([](HubSetting& hub) { mapped(hub.systems[0], kName).limit_characters = 8; });
    bench.shows("erp", kName, "Acme Int");
    bench.shows("desk", kName, "Acme International");
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kName), "Acme International new desk");
    EXPECT_EQ(bench.base("erp", kName), "image of new");
}

TEST(Adopt, ACutNameThatWinsMeansTheWholeOne) {
    FirstMeeting bench([](HubSetting& hub) { mapped(hub.systems[0], kName).limit_characters = 8; });
    bench.shows("erp", kName, "Acme Int");
    bench.shows("books", kName, "Zeta");
    bench.shows("desk", kName, "Acme International");
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kName), "Acme International new desk");
    EXPECT_EQ(bench.base("erp", kName), "image of new");
    EXPECT_EQ(bench.base("books", kName), "foreign");
    const Lines journal{
        "version newest_undecided desk Acme International", "loser newest_undecided books Zeta"};
    EXPECT_EQ(bench.journal(), journal);
}

TEST(Adopt, AContradictionGoesByTheOrderAndTheLoserIsJournalled) {
    FirstMeeting bench;
    bench.shows("desk", kPhone, kThree);
    bench.shows("books", kPhone, kTwo);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kTwo + " new books");
    const Lines journal{
        "version newest_undecided books " + kTwo, "loser newest_undecided desk " + kThree};
    EXPECT_EQ(bench.journal(), journal);
    EXPECT_EQ(bench.base("books"), "image of new");
    EXPECT_EQ(bench.base("desk"), "foreign");
}

TEST(Adopt, AContradictionGoesByThePolicy) {
    PolicySetting authority = policy(kPhone, PolicyKind::Authority);
    authority.systems = {SystemId{"desk"}};
    FirstMeeting bench(with_policy(authority));
    bench.shows("desk", kPhone, kThree);
    bench.shows("books", kPhone, kTwo);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kThree + " new desk");
    EXPECT_EQ(bench.journal().back(), "loser authority books " + kTwo);
}

TEST(Adopt, AStandingValueThatIsKeptStaysAndTheNewOneIsJournalled) {
    FirstMeeting bench(with_policy(policy(kPhone, PolicyKind::Keep)));
    bench.stands(kPhone, kOne, 2, Origin::of(SystemId{"desk"}));
    bench.holds("desk", kPhone, kOne, Bench::image_of(2));
    bench.said("desk", kPhone, kOne);
    bench.shows("erp", kPhone, kTwo);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 desk");
    EXPECT_EQ(bench.base("erp"), "foreign");
    ASSERT_EQ(bench.effects.changes.size(), 1U);
    EXPECT_EQ(bench.effects.changes.front().kind, ChangeKind::Loser);
    EXPECT_EQ(Bench::shown(*bench.effects.changes.front().after), kTwo);
}

TEST(Adopt, AProvablyLaterNewRecordReplacesWhatStands) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("erp", kPhone, kOne, Bench::image_of(2));
    bench.said("erp", kPhone, kOne);
    bench.shows("desk", kPhone, kTwo, Bench::between(5, 21));
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kTwo + " new desk");
    EXPECT_EQ(bench.journal(), Lines{"version newest desk " + kTwo});
    EXPECT_EQ(bench.base("erp"), "image of 2") << "an image of what stood: owed the new value";
}

TEST(Adopt, AnUndecidedContradictionThatNobodyMayGuessIsAskedAbout) {
    FirstMeeting bench;
    bench.shows("desk", kMail, "desk@acme.be");
    bench.shows("books", kMail, "books@acme.be");
    bench.shows("erp", kMail, "");
    bench.adopt();
    EXPECT_EQ(bench.open_cases(), Lines{"conflict emails.main.address"});
    EXPECT_EQ(bench.standing_text(kMail), "books@acme.be new books") << "until it is answered";
    EXPECT_EQ(bench.base("books", kMail), "image of new");
    EXPECT_EQ(bench.base("desk", kMail), "contested");
    EXPECT_EQ(bench.base("erp", kMail), "foreign") << "says nothing, so has nothing to defend";
    EXPECT_EQ(bench.journal().back(), "contested review desk desk@acme.be");
}

TEST(Adopt, AnAskedContradictionLeavesWhatStands) {
    FirstMeeting bench;
    bench.stands(kMail, "desk@acme.be", 2, Origin::of(SystemId{"desk"}), Bench::between(5, 15));
    bench.holds("desk", kMail, "desk@acme.be", Bench::image_of(2));
    bench.said("desk", kMail, "desk@acme.be");
    bench.shows("erp", kMail, "erp@acme.be");
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kMail), "desk@acme.be 2 desk");
    EXPECT_EQ(bench.base("erp", kMail), "contested");
    EXPECT_EQ(bench.open_cases(), Lines{"conflict emails.main.address"});
}

TEST(Adopt, ANewRecordJoinsAnOpenQuestion) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("erp", kPhone, kOne, Bench::image_of(2));
    bench.said("erp", kPhone, kOne);
    bench.holds("books", kPhone, kTwo, kContested);
    bench.said("books", kPhone, kTwo);
    bench.asks_about(kPhone);
    bench.shows("desk", kPhone, kThree);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 erp");
    EXPECT_EQ(bench.base("desk"), "contested");
    EXPECT_EQ(bench.base("books"), "contested");
    EXPECT_EQ(bench.open_cases().size(), 1U);
}

TEST(Adopt, HearingAgainWhatStandsIsNoChangeBesideALostValue) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2, Origin::of(SystemId{"desk"}), Bench::between(1, 2));
    bench.holds("desk", kPhone, kOne, Bench::image_of(2));
    bench.said("desk", kPhone, kOne);
    bench.holds("books", kPhone, kTwo, kForeign);
    bench.said("books", kPhone, kTwo);
    bench.shows("erp", kPhone, "02 555 01 01", Bench::between(10, 21));
    bench.said("erp", kPhone, kOne, Bench::between(10, 21));
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 desk");
    EXPECT_EQ(bench.base("erp"), "image of 2");
}

TEST(Adopt, APersonsWordStandsAgainstTheOnlyVoice) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2, Origin::of_user("ann"), Bench::between(5, 15));
    bench.holds("books", kPhone, kOne, Bench::image_of(2));
    bench.shows("desk", kPhone, kTwo);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 ann");
    EXPECT_EQ(bench.base("desk"), "foreign");
    EXPECT_EQ(bench.journal(), Lines{"loser newest_undecided desk " + kTwo});
}

TEST(Adopt, WhatASystemSaidThatIsGoneStandsAgainstTheOnlyVoice) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2, Origin::of(SystemId{"erp"}), Bench::between(5, 15));
    bench.said("erp", kPhone, kOne);
    bench.holds("erp", kPhone, kOne, Bench::image_of(2));
    bench.link("erp").state = LinkState::Gone;
    bench.shows("desk", kPhone, kTwo);
    bench.adopt();
    EXPECT_EQ(bench.standing_text(kPhone), kOne + " 2 erp");
}

TEST(Adopt, AQuestionEndsWhenAllSayTheSame) {
    FirstMeeting bench;
    bench.stands(kPhone, kOne, 2);
    bench.holds("erp", kPhone, kTwo, kContested);
    bench.said("erp", kPhone, kTwo);
    bench.holds("books", kPhone, "02 555 01 02", kContested);
    bench.said("books", kPhone, kTwo);
    bench.asks_about(kPhone);
    bench.shows("desk", kPhone, kTwo);
    bench.adopt();
    EXPECT_EQ(Bench::shown(bench.standing(kPhone)->value), kTwo);
    EXPECT_TRUE(bench.open_cases().empty());
    for (const char* system : {"erp", "books", "desk"})
        EXPECT_EQ(bench.base(system), "image of new") << system;
}

TEST(Adopt, WhoSaysWhatIsDecidedIsKnownToSayIt) {
    FirstMeeting bench;
    bench.shows("erp", kPhone, kOne, Bench::between(0, 5));
    bench.shows("books", kPhone, kTwo, Bench::between(6, 10));
    bench.shows("desk", kPhone, kTwo, Bench::between(11, 20));
    bench.adopt();
    const Version decided = bench.standing(kPhone)->version;
    EXPECT_NE(bench.entry("erp", kPhone).contribution->version, decided);
    EXPECT_EQ(bench.entry("books", kPhone).contribution->version, decided);
    EXPECT_EQ(bench.entry("desk", kPhone).contribution->version, decided);
}

TEST(Adopt, ALostValueIsContestedOnceTheFieldIs) {
    FirstMeeting bench(with_policy(policy(kPhone, PolicyKind::Review)));
    bench.stands(kPhone, kOne, 2);
    bench.holds("erp", kPhone, kOne, Bench::image_of(2));
    bench.holds("books", kPhone, kTwo, kForeign);
    bench.said("books", kPhone, kTwo);
    bench.shows("desk", kPhone, kThree);
    bench.adopt();
    EXPECT_EQ(bench.base("books"), "contested");
    EXPECT_EQ(bench.base("desk"), "contested");
}

TEST(Adopt, WhatCannotBeReadOrIsGoneHasNoVoice) {
    FirstMeeting bench;
    bench.shows("erp", kPhone, kOne);
    bench.entry("erp", kPhone).shadow->base = {Base::Kind::Invalid, {}};
    bench.shows("books", kPhone, kTwo);
    bench.link("books").state = LinkState::Gone;
    bench.shows("desk", kPhone, kThree);
    bench.adopt();
    EXPECT_EQ(bench.journal(), Lines{"version first_value desk " + kThree});
    EXPECT_EQ(bench.base("erp"), "invalid after 0");
    EXPECT_EQ(bench.base("books"), "fresh");
}

TEST(Adopt, DoesNotDependOnTheOrderOfLinks) {
    const auto outcome = [](std::vector<std::size_t> order) {
        FirstMeeting bench;
        bench.shows("desk", kPhone, kThree, Bench::between(0, 15));
        bench.shows("books", kPhone, kTwo, Bench::between(3, 21));
        bench.shows("erp", kPhone, kOne, Bench::between(0, 2));
        const std::vector<Link> links = bench.aggregate.links;
        for (std::size_t i = 0; i < order.size(); ++i)
            bench.aggregate.links[i] = links[order[i]];
        bench.adopt();
        Lines lines = bench.journal();
        std::sort(lines.begin(), lines.end());
        for (const std::string& system : kThreeSystems)
            lines.push_back(system + " " + bench.base(system));
        lines.push_back(bench.standing_text(kPhone));
        return lines;
    };
    std::vector<std::size_t> order{0, 1, 2};
    const Lines first = outcome(order);
    EXPECT_EQ(first.back(), kTwo + " new books") << "erp is provably older, desk comes later";
    while (std::next_permutation(order.begin(), order.end()))
        EXPECT_EQ(outcome(order), first);
}

}  // namespace
}  // namespace syncline::testing
