/// The lines of `absorb` where somebody edited something (7 to 15), as a table: the memory before,
/// what was read, what holds afterwards. The canonical value was said in `erp`, which comes first
/// in the order of systems; its edit and the one that is read may have happened in either order.

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using sync::AbsorbLine;

const std::string kOne = "+3225550101";
const std::string kTwo = "+3225550102";
const std::string kThree = "+3225550103";
const std::string kFour = "+3225550104";
const std::string kSpelledTwo = "02 555 01 02";
const std::string kNonsense = "ask Piet";
const Base kForeign{Base::Kind::Foreign, {}};
const Base kFresh{Base::Kind::Fresh, {}};
const Base kContested{Base::Kind::Contested, {}};
const Base kInvalid{Base::Kind::Invalid, {}};
const Base kInvalidAfterOne{Base::Kind::Invalid, Bench::version(1)};
const Base kInvalidAfterTwo{Base::Kind::Invalid, Bench::version(2)};

class EditTable : public ::testing::TestWithParam<AbsorbRow> {};

TEST_P(EditTable, Holds) {
    expect_row(GetParam());
}

std::string name_of(const ::testing::TestParamInfo<AbsorbRow>& info) {
    return info.param.name;
}

void ask(Bench& bench) {
    bench.asks_about(kPhone);
}

void was_set_aside(Bench& bench) {
    bench.set_aside("books", kPhone, Direction::Inbound, 9);
    bench.set_aside("books", kPhone, Direction::Outbound, 10);
    bench.set_aside("erp", kPhone, Direction::Inbound, 11);
    bench.set_aside("books", kMail, Direction::Inbound, 12);
}

/// Line 8. What nobody can read is kept, set aside, and not written over.
const std::vector<AbsorbRow> kUnreadable{
    {.name = "KeepsTheVersionItWasAnImageOf",
     .line = AbsorbLine::Invalid,
     .said = kOne,
     .read = kNonsense,
     .after = "invalid after 2",
     .set_aside = {"inbound phones.main.number"}},
    {.name = "AtFirstContactHasNone",
     .line = AbsorbLine::Invalid,
     .shadow = std::nullopt,
     .read = kNonsense,
     .after = "invalid after 0",
     .set_aside = {"inbound phones.main.number"}},
    {.name = "InOtherWordsIsSetAsideAgain",
     .line = AbsorbLine::Invalid,
     .shadow = "ask Jan",
     .base = kInvalidAfterOne,
     .read = kNonsense,
     .after = "invalid after 1",
     .set_aside = {"inbound phones.main.number"}},
    {.name = "IsNoDrift",
     .line = AbsorbLine::Invalid,
     .direction = MappingDirection::Out,
     .read = kNonsense,
     .after = "invalid after 2",
     .set_aside = {"inbound phones.main.number"}},
    {.name = "TriedAgainAndStillSo",
     .line = AbsorbLine::Invalid,
     .shadow = kNonsense,
     .base = kInvalidAfterTwo,
     .read = kNonsense,
     .retry = true,
     .after = "invalid after 2",
     .set_aside = {"inbound phones.main.number"}},
};
INSTANTIATE_TEST_SUITE_P(Unreadable, EditTable, ::testing::ValuesIn(kUnreadable), name_of);

/// Line 7. Both sides made the same change.
const std::vector<AbsorbRow> kSameChange{
    {.name = "IsNoVersionAndNoLoser",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .said = kOne,
     .read = kTwo,
     .after = "image of 2",
     .said_after = kTwo},
    {.name = "InAnotherSpelling",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .read = kSpelledTwo,
     .after = "image of 2",
     .said_after = kTwo},
    {.name = "BothEmptiedIt",
     .line = AbsorbLine::SameChange,
     .stands = "",
     .base = Bench::image_of(1),
     .read = "",
     .after = "image of 2",
     .said_after = "(cleared)"},
    {.name = "AfterALostEditEndsTheDifference",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .shadow = kThree,
     .base = kForeign,
     .said = kThree,
     .read = kTwo,
     .after = "image of 2",
     .said_after = kTwo},
    {.name = "ClosesTheQuestion",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .shadow = kThree,
     .base = kContested,
     .said = kThree,
     .also = ask,
     .read = kTwo,
     .after = "image of 2",
     .said_after = kTwo},
    {.name = "ReleasesWhatCouldNotBeRead",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .shadow = kNonsense,
     .base = kInvalidAfterOne,
     .also = was_set_aside,
     .read = kTwo,
     .after = "image of 2",
     .said_after = kTwo,
     .released = {9}},
    {.name = "ByWhomMayNotAuthorTheFieldIsNoDrift",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .base = Bench::image_of(1),
     .said = kTwo,
     .direction = MappingDirection::Out,
     .read = kTwo,
     .after = "image of 2"},
    {.name = "TriedAgainAndReadableNow",
     .line = AbsorbLine::SameChange,
     .stands = kTwo,
     .shadow = kTwo,
     .base = kInvalidAfterOne,
     .also = was_set_aside,
     .read = kTwo,
     .retry = true,
     .after = "image of 2",
     .said_after = kTwo,
     .released = {9}},
};
INSTANTIATE_TEST_SUITE_P(SameChange, EditTable, ::testing::ValuesIn(kSameChange), name_of);

/// Line 9. The system may not author the field.
const std::vector<AbsorbRow> kDrift{
    {.name = "IsJournalledAndWrittenOverLater",
     .line = AbsorbLine::Drift,
     .direction = MappingDirection::Out,
     .read = kThree,
     .after = "foreign",
     .journal = {"drift drift books " + kThree}},
    {.name = "AtFirstContactIsNotWorthALine",
     .line = AbsorbLine::Drift,
     .shadow = std::nullopt,
     .direction = MappingDirection::Out,
     .read = kThree,
     .after = "foreign"},
    {.name = "AgainIsJournalledAgain",
     .line = AbsorbLine::Drift,
     .shadow = kFour,
     .base = kForeign,
     .direction = MappingDirection::Out,
     .read = kThree,
     .after = "foreign",
     .journal = {"drift drift books " + kThree}},
    {.name = "InADeferredSystemMakesTheCorrectionBeLeftAgain",
     .line = AbsorbLine::Drift,
     .sent = {{kTwo}},
     .direction = MappingDirection::Out,
     .also = [](Bench& bench) { bench.system("books").deferred = true; },
     .read = kThree,
     .after = "foreign",
     .attempts = {"looked 2 phones.main.number"},
     .journal = {"drift drift books " + kThree}},
    {.name = "OfAnEmptiedFieldToo",
     .line = AbsorbLine::Drift,
     .direction = MappingDirection::Out,
     .read = "",
     .after = "foreign",
     .journal = {"drift drift books (cleared)"}},
    {.name = "WhereNothingStandsMakesNoVersion",
     .line = AbsorbLine::Drift,
     .stands = std::nullopt,
     .shadow = "",
     .base = Bench::image_of(0),
     .direction = MappingDirection::Out,
     .read = kThree,
     .after = "foreign",
     .journal = {"drift drift books " + kThree}},
};
INSTANTIATE_TEST_SUITE_P(Drift, EditTable, ::testing::ValuesIn(kDrift), name_of);

/// Line 11. Never compared yet: adoption decides, over all systems at once.
const std::vector<AbsorbRow> kFirstContact{
    {.name = "IsKeptForAdoption",
     .line = AbsorbLine::FirstContact,
     .shadow = std::nullopt,
     .read = kThree,
     .after = "fresh",
     .said_after = kThree},
    {.name = "WhereNothingStandsMakesNoVersionYet",
     .line = AbsorbLine::FirstContact,
     .stands = std::nullopt,
     .shadow = std::nullopt,
     .read = kThree,
     .after = "fresh",
     .said_after = kThree},
    {.name = "WithWhatStandsIsNoSameChangeYet",
     .line = AbsorbLine::FirstContact,
     .shadow = std::nullopt,
     .read = kOne,
     .after = "fresh",
     .said_after = kOne},
    {.name = "WithNothingSaysSo",
     .line = AbsorbLine::FirstContact,
     .shadow = std::nullopt,
     .read_null = true,
     .after = "fresh",
     .said_after = "(cleared)"},
    {.name = "ReadTwiceBeforeAdoptionIsStillTheFirst",
     .line = AbsorbLine::FirstContact,
     .shadow = kFour,
     .base = kFresh,
     .said = kFour,
     .read = kThree,
     .after = "fresh",
     .said_after = kThree},
    {.name = "MendedAfterItCouldNotBeReadIsStillTheFirst",
     .line = AbsorbLine::FirstContact,
     .shadow = kNonsense,
     .base = kInvalid,
     .also = was_set_aside,
     .read = kThree,
     .after = "fresh",
     .said_after = kThree,
     .released = {9}},
    {.name = "TriedAgainAndReadableNow",
     .line = AbsorbLine::FirstContact,
     .shadow = kThree,
     .base = kInvalid,
     .also = was_set_aside,
     .read = kThree,
     .retry = true,
     .after = "fresh",
     .said_after = kThree,
     .released = {9}},
};
INSTANTIATE_TEST_SUITE_P(FirstContact, EditTable, ::testing::ValuesIn(kFirstContact), name_of);

/// Line 10. Only this side changed.
const std::vector<AbsorbRow> kFastForward{
    {.name = "MakesAVersion",
     .line = AbsorbLine::FastForward,
     .said = kOne,
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version only_change books " + kThree}},
    {.name = "EmptyingIsAChangeLikeAnyOther",
     .line = AbsorbLine::FastForward,
     .read = "",
     .after = "image of new",
     .stands_after = "(cleared) new books",
     .said_after = "(cleared)",
     .journal = {"version only_change books (cleared)"}},
    {.name = "EmptyingToNullIsTheSame",
     .line = AbsorbLine::FastForward,
     .read_null = true,
     .after = "image of new",
     .stands_after = "(cleared) new books",
     .said_after = "(cleared)",
     .journal = {"version only_change books (cleared)"}},
    {.name = "FillsWhatWasEmptied",
     .line = AbsorbLine::FastForward,
     .stands = "",
     .shadow = "",
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version only_change books " + kThree}},
    {.name = "IsTheFirstValueWhereNothingStood",
     .line = AbsorbLine::FastForward,
     .stands = std::nullopt,
     .shadow = "",
     .base = Bench::image_of(0),
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version first_value books " + kThree}},
    {.name = "OfNothingWhereNothingStandsMakesNoVersion",
     .line = AbsorbLine::FastForward,
     .stands = std::nullopt,
     .shadow = kFour,
     .base = kForeign,
     .read = "",
     .after = "image of 0",
     .said_after = "(cleared)"},
    {.name = "BackToAnOlderValueIsOneOnceTheWriteWasSeen",
     .line = AbsorbLine::FastForward,
     .stands = kTwo,
     .shadow = kTwo,
     .said = kThree,
     .read = kOne,
     .after = "image of new",
     .stands_after = kOne + " new books",
     .said_after = kOne,
     .journal = {"version only_change books " + kOne}},
    {.name = "FromWhatCouldNotBeReadReleasesIt",
     .line = AbsorbLine::FastForward,
     .shadow = kNonsense,
     .base = kInvalidAfterTwo,
     .also = was_set_aside,
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .journal = {"version only_change books " + kThree},
     .released = {9}},
    {.name = "WhereTheWholeValueFits",
     .line = AbsorbLine::FastForward,
     .path = kName,
     .stands = "Acme",
     .shadow = "Acme",
     .read = "Bolt",
     .after = "image of new",
     .stands_after = "Bolt new books",
     .said_after = "Bolt",
     .journal = {"version only_change books Bolt"}},
    {.name = "OfAnAddress",
     .line = AbsorbLine::FastForward,
     .path = kAddress,
     .stands = "Gent",
     .shadow = "Gent",
     .read = "Brugge",
     .after = "image of new",
     .stands_after = "Brugge new books",
     .said_after = "Brugge",
     .journal = {"version only_change books Brugge"}},
    {.name = "AWriteOfOursToAnotherSystemIsNoExcuse",
     .line = AbsorbLine::FastForward,
     .also = [](Bench& bench) { bench.wrote("erp", kPhone, kThree, 1); },
     .read = kThree,
     .after = "image of new",
     .stands_after = kThree + " new books",
     .said_after = kThree,
     .attempts = {"open 1 phones.main.number"},
     .journal = {"version only_change books " + kThree}},
};
INSTANTIATE_TEST_SUITE_P(FastForward, EditTable, ::testing::ValuesIn(kFastForward), name_of);

}  // namespace
}  // namespace syncline::testing
