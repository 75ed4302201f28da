// Tables from files: what an unknown word means, and that every answer comes back.

#include "mapping/lens.hpp"
#include "mapping/system_mapping.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Options = FlatMap<std::string, std::string>;
using Table = std::vector<std::pair<std::string, std::string>>;

const Table kRegions{{"N", "north"}, {"NN", "north"}, {"S", "south"}};

LensSetting lookup(Options options = {}, Table table = kRegions) {
    options["file"] = "regions.csv";
    return {"lookup", std::move(options), std::move(table), {}};
}

class Lookup {
public:
    explicit Lookup(LensSetting setting, std::string_view path = "lifecycle_stage")
        : context_{*Catalogue::customer().leaf(path), "BE"},
          lens_(make_lens(setting, context_, "erp.json:7").value()) {}

    std::string reads(const Cell& cell) const { return shown(read(lens_, cell, context_)); }
    std::string writes(const Cell& cell) const { return shown(write(lens_, cell, context_)); }
    std::string loses() const { return loss(lens_, context_); }

private:
    static std::string shown(const Result<Cell>& result) {
        if (!result) return "(" + result.error().detail + ")";
        return result->value_or("(nothing)");
    }

    LensContext context_;
    Lens lens_;
};

std::string refusal(const LensSetting& setting) {
    const auto lens =
        make_lens(setting, {*Catalogue::customer().leaf("lifecycle_stage"), "BE"}, "erp.json:7");
    return lens ? "" : lens.error().detail;
}

TEST(Lookup, AWordHasItsMeaningAndTheFirstRowIsWritten) {
    const Lookup table(lookup());
    EXPECT_EQ(table.reads("N"), "north");
    EXPECT_EQ(table.reads(" NN "), "north");
    EXPECT_EQ(table.writes("north"), "N");
    EXPECT_EQ(table.writes("south"), "S");
    EXPECT_EQ(table.reads(std::nullopt), "(nothing)");
    EXPECT_EQ(table.writes(std::nullopt), "(nothing)");
    EXPECT_EQ(table.loses(), "read but never written: NN; no word for what the file lacks");
}

TEST(Lookup, AnUnknownWordIsSetAsideUnlessSaidOtherwise) {
    const Lookup table(lookup());
    for (const char* word : {"X", "n", "north", "0N"})
        EXPECT_EQ(
            table.reads(word),
            "(the value is not in the file of the lens lookup; add it with its meaning)"
        ) << word;
    EXPECT_EQ(
        table.writes("west"),
        "(the system has no word for this value; add one to the file of the lens lookup)"
    );
}

TEST(Lookup, CodesWithAndWithoutALeadingZeroAreTwo) {
    const Lookup table(lookup({}, {{"1", "one"}, {"01", "zero-one"}}));
    EXPECT_EQ(table.reads("1"), "one");
    EXPECT_EQ(table.reads("01"), "zero-one");
    EXPECT_NE(table.reads("1.0"), "one");
    EXPECT_NE(table.reads("true"), "one");
}

TEST(Lookup, AnUnknownWordMayPassAsItIs) {
    // "S" is a remote word with another meaning: as an own text it could not come back.
    const Lookup table(lookup({{"unknown", "keep"}}));
    EXPECT_EQ(table.reads("west"), "west");
    EXPECT_EQ(table.writes("west"), "west");
    EXPECT_EQ(
        table.writes("S"),
        "(the system reads this text as another value, by the file of the lens lookup)"
    );
    EXPECT_EQ(table.reads("north"), "north");
    EXPECT_EQ(table.writes("north"), "N");
    EXPECT_EQ(table.loses(), "read but never written: NN; no word for the remote words themselves");
    const LensSetting same = lookup({{"unknown", "keep"}}, {{"a", "a"}});
    EXPECT_EQ(Lookup(same).loses(), "");
}

TEST(Lookup, AnUnknownWordMayHaveOneMeaning) {
    const Lookup table(lookup({{"default", "south"}}));
    EXPECT_EQ(table.reads("west"), "south");
    EXPECT_EQ(table.reads(std::nullopt), "(nothing)");
    EXPECT_EQ(table.writes("south"), "S");
    EXPECT_NE(table.writes("west"), "west");
    EXPECT_NE(table.loses().find("words that the file lacks are read as south"), std::string::npos);
}

TEST(Lookup, AnEmptyFieldMayHaveARow) {
    const Lookup table(lookup({}, {{"", "cash"}, {"30", "net30"}}));
    EXPECT_EQ(table.reads(std::nullopt), "cash");
    EXPECT_EQ(table.writes("cash"), "");
    EXPECT_NE(table.loses().find("nothing is read as cash"), std::string::npos);
}

TEST(Lookup, OptionsFitTheTable) {
    EXPECT_EQ(refusal(lookup()), "");
    EXPECT_EQ(refusal(lookup({}, {})), "lens lookup needs option file, with rows in it");
    EXPECT_EQ(
        refusal(lookup({}, {{"N", "a"}, {"N", "b"}})),
        "the file of lens lookup has two rows for \"N\""
    );
    EXPECT_EQ(
        refusal(lookup({{"unknown", "guess"}})), "option unknown of lens lookup is refuse or keep"
    );
    EXPECT_EQ(
        refusal(lookup({{"unknown", "keep"}, {"default", "south"}})),
        "lens lookup has option unknown or option default, not both"
    );
    EXPECT_EQ(
        refusal(lookup({{"default", "west"}})),
        "option default of lens lookup is \"west\", and its file has no row for it; add one, or "
        "the "
        "hub has no word to write"
    );
    EXPECT_EQ(
        refusal(lookup({{"unknwon", "keep"}})),
        "lens lookup has no option \"unknwon\"; did you mean \"unknown\"?"
    );
}

TEST(Lookup, AMappingWithHundredsOfRowsKeepsTheLaws) {
    Table rows;
    for (int i = 0; i < 800; ++i)
        rows.emplace_back("R" + std::to_string(i), "own " + std::to_string(i % 700));
    for (const Options& options : std::vector<Options>{{}, {{"unknown", "keep"}}}) {
        SystemSetting system;
        system.id = SystemId{"erp"};
        MappedFieldSetting& entry = system.mapping.emplace_back();
        entry.field = "lifecycle_stage";
        entry.remotes = {"r"};
        entry.lenses = {lookup(options, rows)};
        const FieldTable fields = testing::fields_of(testing::fake_hub({system}));
        const auto mapping = SystemMapping::compile(system, fields);
        ASSERT_TRUE(mapping.has_value()) << mapping.error().detail;
        RawFields held;
        held["r"] = RawValue::of_text("R701");
        const FieldId field = testing::id_of(fields, "lifecycle_stage");
        // The remote's own word for the value stays, though the hub would write another.
        EXPECT_EQ(mapping->write(field, FieldValue::of("own 1"), held).value(), held);
        EXPECT_EQ(mapping->write(field, FieldValue::of("own 1"), {})->find("r")->text, "R1");
    }
}

}  // namespace
}  // namespace syncline::mapping
