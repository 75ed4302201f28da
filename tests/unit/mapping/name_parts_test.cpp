// Names that a system keeps in several fields: joined for the record, divided for the system.

#include "mapping/system_mapping.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Texts = std::vector<std::string>;
using Options = FlatMap<std::string, std::string>;

const Texts kWhole{"title", "given", "family", "suffix"};
const Texts kTwo{"given", "family"};

SystemSetting system_of(Texts layout, Options options = {}, std::uint32_t limit = 0) {
    SystemSetting system;
    system.id = SystemId{"crm"};
    system.file = "crm.json";
    MappedFieldSetting& entry = system.mapping.emplace_back();
    entry.field = "name";
    entry.remotes = layout;
    entry.limit_characters = limit;
    entry.where = "crm.json:7";
    entry.lenses = {{"name_parts", std::move(options), {}, std::move(layout)}};
    return system;
}

class Names {
public:
    explicit Names(Texts layout, Options options = {}, std::uint32_t limit = 0)
        : layout_(layout),
          system_(system_of(std::move(layout), std::move(options), limit)),
          fields_(testing::fields_of(testing::fake_hub({system_}))),
          mapping_(SystemMapping::compile(system_, fields_).value()),
          field_(testing::id_of(fields_, "name")) {}

    RawFields raw(const Texts& parts) const {
        RawFields raw;
        for (std::size_t i = 0; i < parts.size(); ++i)
            raw[layout_[i]] = RawValue::of_text(parts[i]);
        return raw;
    }
    std::string reads(const Texts& parts) const {
        const auto value = mapping_.read(field_, raw(parts));
        if (!value) return "(" + value.error().detail + ")";
        return value->parts.front().value_or("(nothing)");
    }
    Texts writes(const std::string& name, const RawFields& held = {}) const {
        const auto written = mapping_.write(field_, FieldValue::of(name), held);
        if (!written) return {"(" + written.error().detail + ")"};
        Texts texts;
        for (const std::string& remote : layout_)
            texts.push_back(written->find(remote)->text);
        EXPECT_EQ(reads(texts), name);  // whatever the division, it means the name
        return texts;
    }
    const SystemMapping& mapping() const { return mapping_; }
    FieldId field() const { return field_; }

private:
    Texts layout_;
    SystemSetting system_;
    FieldTable fields_;
    SystemMapping mapping_;
    FieldId field_;
};

TEST(NameParts, PartsAreJoinedInTheOrderOfANameWhateverTheLayout) {
    EXPECT_EQ(Names(kWhole).reads({"Dr", " Jane ", "van  Dam", "Jr"}), "Dr Jane van Dam Jr");
    EXPECT_EQ(Names({"family", "given"}).reads({"Doe", "Jane"}), "Jane Doe");
    EXPECT_EQ(Names(kTwo).reads({"", "Acme NV"}), "Acme NV");
    EXPECT_EQ(Names(kTwo).reads({"", ""}), "(nothing)");
}

TEST(NameParts, TheLastWordAndItsParticlesAreTheFamilyName) {
    const Names names(kTwo);
    EXPECT_EQ(names.writes("Jane Doe"), (Texts{"Jane", "Doe"}));
    EXPECT_EQ(names.writes("Anna Maria Doe"), (Texts{"Anna Maria", "Doe"}));
    EXPECT_EQ(names.writes("Piet van den Berg"), (Texts{"Piet", "van den Berg"}));
    EXPECT_EQ(names.writes("Otto von Habsburg"), (Texts{"Otto", "von Habsburg"}));
    EXPECT_EQ(names.writes("Jan Van De Velde"), (Texts{"Jan", "Van De Velde"}));
    EXPECT_EQ(names.writes("Leonardo da Vinci"), (Texts{"Leonardo", "da Vinci"}));
    EXPECT_EQ(names.writes("van den Berg"), (Texts{"", "van den Berg"}));
}

TEST(NameParts, WhatIsNotDividedStaysWhole) {
    for (const char* whole : {"given", "family"}) {
        const Names names(kTwo, {{"whole", whole}});
        const bool is_given = std::string_view(whole) == "given";
        for (const char* name :
             {"Cher",
              "De Smet & Zonen",
              "Acme Trading NV",
              "Bakkerij Peeters B.V.",
              "Studio 54",
              "SA Brasserie Leroy",
              "Doe, Jane",
              "Example GmbH"})
            EXPECT_EQ(names.writes(name), is_given ? (Texts{name, ""}) : (Texts{"", name})) << name;
    }
}

TEST(NameParts, TitlesAndSuffixesHaveTheirFieldsWhereTheLayoutHasThem) {
    const Names names(kWhole);
    EXPECT_EQ(names.writes("Prof. Dr. Jane Doe PhD"), (Texts{"Prof. Dr.", "Jane", "Doe", "PhD"}));
    EXPECT_EQ(names.writes("Jane Doe"), (Texts{"", "Jane", "Doe", ""}));
    EXPECT_EQ(names.writes("Mr Doe"), (Texts{"Mr", "", "Doe", ""}));
    EXPECT_EQ(names.writes("Dr"), (Texts{"", "", "Dr", ""}));
    EXPECT_EQ(Names(kTwo).writes("Dr Jane Doe"), (Texts{"Dr Jane", "Doe"}));
}

TEST(NameParts, ACommaDividesWhereTheRecordHasTheFamilyNameFirst) {
    const Names names(kTwo, {{"order", "family, given"}});
    EXPECT_EQ(names.reads({"Jane", "Doe"}), "Doe, Jane");
    EXPECT_EQ(names.reads({"", "Doe"}), "Doe");
    EXPECT_EQ(names.reads({"Jane", ""}), "Jane");
    EXPECT_EQ(names.writes("van den Berg, Piet"), (Texts{"Piet", "van den Berg"}));
    EXPECT_EQ(names.writes("Jane Doe"), (Texts{"", "Jane Doe"}));
    EXPECT_EQ(names.writes("Acme, Trading NV"), (Texts{"", "Acme, Trading NV"}));
    EXPECT_EQ(names.writes("Doe,Jane"), (Texts{"", "Doe,Jane"}));
}

TEST(NameParts, ADivisionThatMeansTheNameStays) {
    const Names names(kTwo);
    for (const Texts& held : std::vector<Texts>{
             {"Maria", "Garcia Lopez"}, {"Maria Garcia Lopez", ""}, {" MARIA  Garcia", "lopez"}}) {
        const auto kept = names.mapping().write(
            names.field(), FieldValue::of("Maria Garcia Lopez"), names.raw(held)
        );
        EXPECT_EQ(*kept, names.raw(held));
    }
}

TEST(NameParts, ANewNameIsDividedWhereTheOldOneWas) {
    const Names names(kTwo);
    const RawFields held = names.raw({"Maria", "Garcia Lopez"});
    EXPECT_EQ(names.writes("Maria Garcia Marquez", held), (Texts{"Maria", "Garcia Marquez"}));
    EXPECT_EQ(names.writes("Ana Garcia Lopez", held), (Texts{"Ana", "Garcia Lopez"}));
    EXPECT_EQ(names.writes("Ana Garcia Perez", held), (Texts{"Ana Garcia", "Perez"}));
    EXPECT_EQ(names.writes("Garcia Lopez", held), (Texts{"Garcia", "Lopez"}));
}

TEST(NameParts, APartThatDoesNotFitIsRefusedAndSaid) {
    const Names names(kTwo, {}, 9);
    EXPECT_EQ(names.writes("Jane Doe"), (Texts{"Jane", "Doe"}));
    EXPECT_EQ(
        names.writes("Jane Featherstonehaugh"),
        Texts{"(a part of the name does not fit into family and cannot be cut)"}
    );
    EXPECT_EQ(
        names.mapping().fields().front().lossy, "only 9 characters of each part of the name fit"
    );
}

TEST(NameParts, ALayoutThatDoesNotFitIsRefused) {
    const auto refusal = [](Texts layout, Options options = {}, std::string field = "name") {
        SystemSetting system = system_of(std::move(layout), std::move(options));
        system.mapping.front().field = std::move(field);
        const auto mapping =
            SystemMapping::compile(system, testing::fields_of(testing::fake_hub({system})));
        if (mapping) return std::string();
        EXPECT_EQ(mapping.error().where, "crm.json:7");
        return mapping.error().detail;
    };
    EXPECT_EQ(refusal(kWhole), "");
    EXPECT_EQ(
        refusal({"given", "famly"}),
        "\"famly\" in the layout of name_parts is no part of a name; did you mean \"family\"?"
    );
    EXPECT_EQ(refusal({"given", "title"}), "the layout of name_parts has \"given\" and \"family\"");
    EXPECT_EQ(
        refusal(kTwo, {{"hole", "given"}}),
        "lens name_parts has no option \"hole\"; did you mean \"whole\"?"
    );
    EXPECT_NE(refusal(kTwo, {{"whole", "title"}}), "");
    EXPECT_NE(refusal(kTwo, {{"order", "family given"}}), "");
    EXPECT_NE(
        refusal(kWhole, {{"order", "family, given"}}).find("these two only"), std::string::npos
    );
    EXPECT_EQ(
        refusal(kTwo, {}, "website"),
        "lens name_parts does not fit a field of this type; it is for name"
    );
}

}  // namespace
}  // namespace syncline::mapping
