/// The lines of `absorb` where both sides changed (12 to 15), as a table. The canonical value was
/// said in `erp`, which comes first in the order of systems; its edit and the one that is read may
/// have happened in either order.

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::AbsorbLine;

const std::string kConflict = "conflict phones.main.number";
const Base kInvalidAfterOne{Base::Kind::Invalid, Bench::version(1)};
const SystemId kErp{"erp"};
const SystemId kBooks{"books"};
const SystemId kDesk{"desk"};

class ConflictTable : public ::testing::TestWithParam<AbsorbRow> {};

TEST_P(ConflictTable, Holds) {
    expect_row(GetParam());
}

void ask(Bench& bench) {
    bench.asks_about(kPhone);
}

void stood_since(Bench& bench, EditInterval interval) {
    bench.aggregate.customer.fields[bench.id(kPhone)].interval = interval;
}

/// The canonical value is provably the older edit.
void stood_long(Bench& bench) {
    stood_since(bench, Bench::between(3, 4));
}

/// `desk` comes first in the order, and what it said lost before.
void desk_lost(Bench& bench, EditInterval when) {
    bench.hub.order = {kDesk, kErp, kBooks};
    bench.holds("desk", kPhone, kFour, kForeign);
    bench.said("desk", kPhone, kFour, when);
}

/// `desk` comes first in the order too, and made the change that stands as well, spelled its way.
void desk_agrees(Bench& bench, EditInterval when) {
    bench.hub.order = {kDesk, kErp, kBooks};
    bench.holds("desk", kPhone, "02 555 01 02", Bench::image_of(2));
    bench.said("desk", kPhone, "02 555 01 02", when);
    bench.entry("desk", kPhone).contribution->version = Bench::version(2);
}

/// `erp` said again what stands; `books` asks whether that is right.
void erp_says_it(Bench& bench) {
    bench.said("erp", kPhone, kOne);
    bench.entry("erp", kPhone).contribution->version = Bench::version(2);
}

/// What stands was said by `books` itself.
void said_by_books(Bench& bench) {
    bench.aggregate.customer.fields[bench.id(kPhone)].origin = Origin::of(kBooks);
}

/// Line 12. The standing value stays.
const std::vector<AbsorbRow> kLost{
    {.name = "ByTheOrderOfSystemsWhenNobodyKnows",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "BecauseTheStandingEditIsProvablyLater",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also = [](Bench& bench) { stood_since(bench, Bench::between(22, 23)); },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest books " + kThree}},
    {.name = "BecauseItSaysNothing",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also = stood_long,
     .read = "",
     .after = "foreign",
     .said_after = "(cleared)",
     .journal = {"loser null_guard books (cleared)"}},
    {.name = "ToTheAuthorityHoweverLate",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Authority,
     .authorities = {kErp},
     .also = stood_long,
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser authority books " + kThree}},
    {.name = "WhereWhatStandsIsKept",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Keep,
     .also = stood_long,
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser keep books " + kThree}},
    {.name = "ASecondTimeIsJournalledToo",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .shadow = kFour,
     .base = kForeign,
     .said = kFour,
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "AfterItCouldNotBeReadAndTheOthersWentOn",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .shadow = "ask Piet",
     .base = kInvalidAfterOne,
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "AndWhatAThirdSaidBeforeIsSuperseded",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also = [](Bench& bench) { desk_lost(bench, Bench::between(1, 4)); },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "AndAnAuthoritysSupersededWordIsSuperseded",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Authority,
     .authorities = {kDesk},
     .also = [](Bench& bench) { desk_lost(bench, Bench::between(1, 4)); },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "InADeferredSystemMakesTheCorrectionBeLeftAgain",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .sent = {{kTwo}, {kFour, 1}},
     .also = [](Bench& bench) { bench.system("books").deferred = true; },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .attempts = {"told 2 phones.main.number", "told 1 phones.main.number"},
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "AndWhatAThirdHoldsAsAnImageIsNoWordOfIt",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also =
         [](Bench& bench) {
             desk_lost(bench, Bench::between(5, 15));
             bench.holds("desk", kPhone, kOne, Bench::image_of(1));
         },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
    {.name = "ToAnotherThatLaterMadeTheStandingChangeToo",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also =
         [](Bench& bench) {
             stood_long(bench);
             desk_agrees(bench, Bench::between(22, 23));
         },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest books " + kThree}},
    {.name = "ToAnAuthorityThatMadeTheStandingChangeToo",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Authority,
     .authorities = {kDesk, kBooks},
     .also = [](Bench& bench) { desk_agrees(bench, Bench::between(3, 4)); },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser authority books " + kThree}},
    {.name = "WhenItCanOnlyNowBeReadBecauseItsTimeIsUnknown",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = kInvalidAfterOne,
     .also = stood_long,
     .read = kOne,
     .retry = true,
     .after = "foreign",
     .said_after = kOne,
     .journal = {"loser newest_undecided books " + kOne}},
    {.name = "AndWhatAThirdSaidWhoseRecordIsGoneDoesNotCount",
     .line = AbsorbLine::ConcurrentLost,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also =
         [](Bench& bench) {
             desk_lost(bench, Bench::between(5, 15));
             bench.link("desk").state = LinkState::Gone;
         },
     .read = kThree,
     .after = "foreign",
     .said_after = kThree,
     .journal = {"loser newest_undecided books " + kThree}},
};
INSTANTIATE_TEST_SUITE_P(Lost, ConflictTable, ::testing::ValuesIn(kLost), row_name<AbsorbRow>);

/// Line 13. Another value than the standing one stands.
const std::vector<AbsorbRow> kWon{
    {.name = "BecauseItIsProvablyLater",
     .line = AbsorbLine::ConcurrentWon,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also = stood_long,
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version newest books " + kThree, "loser newest erp " + kTwo}},
    {.name = "BecauseItIsTheAuthority",
     .line = AbsorbLine::ConcurrentWon,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Authority,
     .authorities = {kBooks, kErp},
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version authority books " + kThree, "loser authority erp " + kTwo}},
    {.name = "WithTheEmptinessOfTheAuthority",
     .line = AbsorbLine::ConcurrentWon,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Authority,
     .authorities = {kBooks},
     .read = "",
     .after = "image of new",
     .stands_after = "(cleared) new books",
     .said_after = "(cleared)",
     .journal = {"version authority books (cleared)", "loser authority erp " + kTwo}},
    {.name = "BecauseTheOtherSideWasOnlyEmptied",
     .line = AbsorbLine::ConcurrentWon,
     .stands = "",
     .base = Bench::image_of(1),
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version null_guard books " + kThree, "loser null_guard erp (cleared)"}},
    {.name = "AfterItLostBeforeWithAnotherValue",
     .line = AbsorbLine::ConcurrentWon,
     .stands = kTwo,
     .shadow = kFour,
     .base = kForeign,
     .said = kFour,
     .also = stood_long,
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version newest books " + kThree, "loser newest erp " + kTwo}},
    {.name = "ByAThirdThatWasReadBefore",
     .line = AbsorbLine::ConcurrentWon,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also = [](Bench& bench) { desk_lost(bench, Bench::between(5, 15)); },
     .read = kThree,
     .after = "foreign",
     .stands_after = kFour + " new desk",
     .said_after = kThree,
     .journal =
         {"version newest_undecided desk " + kFour,
          "loser newest_undecided erp " + kTwo,
          "loser newest_undecided books " + kThree}},
    {.name = "ByAThirdThatMeansTheSame",
     .line = AbsorbLine::ConcurrentWon,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .also = [](Bench& bench) { desk_lost(bench, Bench::between(5, 15)); },
     .read = kFour,
     .after = "image of new",
     .stands_after = kFour + " new desk",
     .said_after = kFour,
     .journal =
         {"version newest_undecided desk " + kFour,
          "loser newest_undecided erp " + kTwo,
          "loser newest_undecided books " + kFour}},
};
INSTANTIATE_TEST_SUITE_P(Won, ConflictTable, ::testing::ValuesIn(kWon), row_name<AbsorbRow>);

/// Line 14. A set takes what both sides say.
const std::vector<AbsorbRow> kMerged{
    {.name = "WithWhatIsReadWhenNothingStood",
     .line = AbsorbLine::ConcurrentMerged,
     .stands = "",
     .base = Bench::image_of(1),
     .by = PolicyKind::Union,
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new union",
     .said_after = kThree,
     .journal = {"version union union " + kThree, "loser union erp (cleared)"}},
    {.name = "WithWhatStoodWhenNothingIsRead",
     .line = AbsorbLine::ConcurrentMerged,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Union,
     .read = "",
     .after = "foreign",
     .stands_after = kTwo + " new union",
     .said_after = "(cleared)",
     .journal = {"version union union " + kTwo, "loser union erp " + kTwo}},
};
INSTANTIATE_TEST_SUITE_P(Merged, ConflictTable, ::testing::ValuesIn(kMerged), row_name<AbsorbRow>);

/// Line 15. A person decides, and nobody is written over until then.
const std::vector<AbsorbRow> kAsked{
    {.name = "WhenTheOrderIsUnknownAndNobodyMayGuess",
     .line = AbsorbLine::Contested,
     .path = kMail,
     .stands = "ann@acme.be",
     .shadow = "info@acme.be",
     .base = Bench::image_of(1),
     .read = "bob@acme.be",
     .after = "contested",
     .said_after = "bob@acme.be",
     .journal = {"contested review books bob@acme.be"},
     .cases = {"conflict emails.main.address"}},
    {.name = "WhereThePolicyAsks",
     .line = AbsorbLine::Contested,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .by = PolicyKind::Review,
     .also = stood_long,
     .read = kThree,
     .after = "contested",
     .said_after = kThree,
     .journal = {"contested review books " + kThree},
     .cases = {kConflict}},
    {.name = "WhenTheQuestionIsOpenEvenForTheOnlyChange",
     .line = AbsorbLine::Contested,
     .also =
         [](Bench& bench) {
             ask(bench);
             bench.holds("desk", kPhone, kFour, kContested);
         },
     .read = kThree,
     .after = "contested",
     .said_after = kThree,
     .journal = {"contested review books " + kThree},
     .cases = {kConflict}},
    {.name = "AgainWhenTheContestedValueIsEdited",
     .line = AbsorbLine::Contested,
     .stands = kTwo,
     .shadow = kFour,
     .base = kContested,
     .said = kFour,
     .also = ask,
     .read = kThree,
     .after = "contested",
     .said_after = kThree,
     .journal = {"contested review books " + kThree},
     .cases = {kConflict}},
    {.name = "WhileAThirdStillSaysWhatStands",
     .line = AbsorbLine::Contested,
     .also =
         [](Bench& bench) {
             ask(bench);
             bench.holds("desk", kPhone, kThree, kContested);
             bench.said("desk", kPhone, kThree);
             erp_says_it(bench);
         },
     .read = kThree,
     .after = "contested",
     .said_after = kThree,
     .journal = {"contested review books " + kThree},
     .cases = {kConflict}},
    {.name = "WhileAThirdSaysSomethingElse",
     .line = AbsorbLine::Contested,
     .also =
         [](Bench& bench) {
             ask(bench);
             said_by_books(bench);
             bench.holds("desk", kPhone, kFour, kContested);
             bench.said("desk", kPhone, kFour);
         },
     .read = kThree,
     .after = "contested",
     .said_after = kThree,
     .journal = {"contested review books " + kThree},
     .cases = {kConflict}},
    {.name = "WhenAPersonSaidWhatStands",
     .line = AbsorbLine::Contested,
     .also =
         [](Bench& bench) {
             ask(bench);
             bench.aggregate.customer.fields[bench.id(kPhone)].origin = Origin::of_user("ann");
             bench.holds("desk", kPhone, kThree, kContested);
             bench.said("desk", kPhone, kThree);
         },
     .read = kThree,
     .after = "contested",
     .said_after = kThree,
     .journal = {"contested review books " + kThree},
     .cases = {kConflict}},
    {.name = "WhereOnlyAPartFitsAlthoughItIsProvablyLater",
     .line = AbsorbLine::Contested,
     .path = kName,
     .stands = "Acme Industries Global",
     .shadow = "Acme Int",
     .base = Bench::image_of(1),
     .also =
         [](Bench& bench) {
             bench.aggregate.customer.fields[bench.id(kName)].interval = Bench::between(3, 4);
         },
     .read = "Acmi Int",
     .after = "contested",
     .said_after = "Acmi Int",
     .journal = {"contested review books Acmi Int"},
     .cases = {"conflict name"}},
    {.name = "WhereOnlyAPartFitsThoughItCouldNotBeRead",
     .line = AbsorbLine::Contested,
     .path = kName,
     .stands = "Acme International",
     .shadow = "\xff\xfe",
     .base = {Base::Kind::Invalid, Bench::version(2)},
     .read = "Acmi Int",
     .after = "contested",
     .said_after = "Acmi Int",
     .journal = {"contested review books Acmi Int"},
     .cases = {"conflict name"}},
    {.name = "WhereOnlyAPartFitsAndThatPartWasEdited",
     .line = AbsorbLine::Contested,
     .path = kName,
     .stands = "Acme International",
     .shadow = "Acme Int",
     .read = "Acmi Int",
     .after = "contested",
     .said_after = "Acmi Int",
     .journal = {"contested review books Acmi Int"},
     .cases = {"conflict name"}},
    {.name = "WhereOnlyAPartFitsAndThatPartWasEmptied",
     .line = AbsorbLine::Contested,
     .path = kName,
     .stands = "Acme International",
     .shadow = "Acme Int",
     .read = "",
     .after = "contested",
     .said_after = "(cleared)",
     .journal = {"contested review books (cleared)"},
     .cases = {"conflict name"}},
};
INSTANTIATE_TEST_SUITE_P(Asked, ConflictTable, ::testing::ValuesIn(kAsked), row_name<AbsorbRow>);

}  // namespace
}  // namespace syncline::testing
