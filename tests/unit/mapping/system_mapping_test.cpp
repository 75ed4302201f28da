#include "mapping/system_mapping.hpp"

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Cells = std::vector<std::optional<std::string>>;

MappedFieldSetting entry(
    std::string field, std::vector<std::string> remotes, std::vector<LensSetting> lenses = {}
) {
    MappedFieldSetting setting;
    setting.field = std::move(field);
    setting.remotes = std::move(remotes);
    setting.lenses = std::move(lenses);
    setting.where = "erp.json:" + setting.field;
    return setting;
}

MappedFieldSetting limited(
    MappedFieldSetting setting, std::uint32_t characters, std::uint32_t bytes
) {
    setting.limit_characters = characters;
    setting.limit_bytes = bytes;
    return setting;
}

MappedFieldSetting directed(MappedFieldSetting setting, MappingDirection direction) {
    setting.direction = direction;
    return setting;
}

LensSetting lens(std::string name, FlatMap<std::string, std::string> options = {}) {
    return {std::move(name), std::move(options), {}, {}};
}

SystemSetting erp(std::vector<MappedFieldSetting> mapping, std::string country = "BE") {
    SystemSetting system;
    system.id = SystemId{"erp"};
    system.default_country = std::move(country);
    system.mapping = std::move(mapping);
    system.file = "erp.json";
    return system;
}

/// A compiled mapping; its first entry's field is the one under test.
class Compiled {
public:
    explicit Compiled(std::vector<MappedFieldSetting> mapping)
        : system_(erp(std::move(mapping))),
          fields_(testing::fields_of(testing::fake_hub({system_}))),
          mapping_(made(system_, fields_)),
          field_(testing::id_of(fields_, system_.mapping.front().field)) {}

    const SystemMapping* operator->() const { return &mapping_; }
    const MappedField& face() const { return *mapping_.find(field_); }
    Cells reads(const RawFields& raw, const FieldValue* standing = nullptr) const {
        const auto value = mapping_.read(field_, raw, standing);
        return value ? value->parts : Cells{"(" + value.error().detail + ")"};
    }
    Result<RawFields> writes(const FieldValue& value, const RawFields& held = {}) const {
        return mapping_.write(field_, value, held);
    }
    /// The one remote field that a text is written to.
    RawValue written(std::string text, const RawFields& held = {}) const {
        const auto raw = writes(FieldValue::of(std::move(text)), held);
        if (!raw) return RawValue::of_text("(" + raw.error().detail + ")");
        return raw->begin()->second;
    }
    bool accepts(const RawFields& raw, const FieldValue& sent) const {
        return mapping_.is_image(field_, raw, sent);
    }
    bool alike(const RawFields& a, const RawFields& b) const {
        return mapping_.same_meaning(field_, a, b);
    }
    RawFields selects(const RawFields& all) const { return mapping_.select(field_, all); }

private:
    static SystemMapping made(const SystemSetting& system, const FieldTable& fields) {
        auto mapping = SystemMapping::compile(system, fields);
        if (!mapping) ADD_FAILURE() << mapping.error().where << ": " << mapping.error().detail;
        return std::move(mapping).value();
    }

    SystemSetting system_;
    FieldTable fields_;
    SystemMapping mapping_;
    FieldId field_;
};

RawFields text(std::string value) {
    return {{"r", RawValue::of_text(std::move(value))}};
}

TEST(SystemMapping, SelectsTheRemoteFieldsOfAField) {
    const Compiled address(
        {entry("addresses.billing.street", {"street"}),
         entry("name", {"name"}),
         entry("addresses.billing.city", {"city"})}
    );
    EXPECT_EQ(address.face().remotes, (std::vector<std::string>{"street", "city"}));
    EXPECT_EQ(address.face().covers, (std::vector<bool>{true, false, false, true, false, false}));
    const RawFields city{{"city", RawValue::of_text("Gent")}};
    EXPECT_EQ(
        address.selects({{"city", RawValue::of_text("Gent")}, {"name", RawValue::of_text("x")}}),
        city
    );
    EXPECT_TRUE(address.selects({{"name", RawValue::of_text("x")}}).empty());
    EXPECT_EQ(address->fields().size(), 2U);
}

TEST(SystemMapping, WhatWasNotReadIsTakenFromWhatStands) {
    const Compiled address(
        {entry("addresses.billing.street", {"street"}), entry("addresses.billing.city", {"city"})}
    );
    FieldValue standing = FieldValue::cleared(6);
    standing.parts[0] = "Old street";
    standing.parts[2] = "1000";
    const RawFields city{{"city", RawValue::of_text("Gent")}};
    EXPECT_EQ(
        address.reads(city, &standing),
        (Cells{"Old street", std::nullopt, "1000", "Gent", std::nullopt, std::nullopt})
    );
    EXPECT_EQ(address.reads(city)[0], std::nullopt);
    const RawFields both{{"city", RawValue::of_text("Gent")}, {"street", RawValue::of_text("")}};
    EXPECT_EQ(address.reads(both, &standing)[0], std::nullopt);  // said to be empty
}

TEST(SystemMapping, ReadsTheNormalFormOrSaysWhyNot) {
    const Compiled phone({entry("phones.main.number", {"r"})});
    EXPECT_EQ(phone.reads(text("02/501 02 11")), Cells{"+3225010211"});
    EXPECT_EQ(phone.reads(text(" \t")), Cells{std::nullopt});
    EXPECT_EQ(phone.reads({{"r", RawValue::null()}}), Cells{std::nullopt});
    EXPECT_EQ(phone.reads(text("none")), Cells{"(the text is not a phone number)"});
    EXPECT_TRUE(phone.reads(text("02\xFF"))[0]->starts_with("(the text is not well-formed UTF-8"));
    const auto refused = phone->read(phone.face().field, text("none"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::MappingFailed);
    EXPECT_EQ(refused.error().where, "phones.main.number (r)");
}

TEST(SystemMapping, LensesReadInOrderAndWriteInReverse) {
    LensSetting none = lens("null_as", {{"write", "N/A"}});
    none.list = {"N/A"};
    const Compiled country(
        {entry("addresses.billing.country", {"r"}, {none, lens("upper"), lens("country_name")})}
    );
    FieldValue value = FieldValue::cleared(6);
    EXPECT_EQ(country.writes(value)->begin()->second, RawValue::of_text("N/A"));
    EXPECT_EQ(country.reads(text("n/a")), value.parts);
    value.parts[5] = "BE";
    EXPECT_EQ(country.writes(value)->begin()->second, RawValue::of_text("BELGIUM"));
    EXPECT_EQ(country.reads(text("BELGIUM")), value.parts);
}

TEST(SystemMapping, KeepsASpellingThatMeansTheValue) {
    const Compiled name({entry("name", {"r"}, {lens("trim")})});
    EXPECT_EQ(name.written("De Smet", text(" DE  SMET ")), RawValue::of_text(" DE  SMET "));
    EXPECT_EQ(name.written("De Smedt", text(" DE  SMET ")), RawValue::of_text("De Smedt"));
    const Compiled phone({entry("phones.main.number", {"r"})});
    EXPECT_EQ(
        phone.written("+3225010211", text("02/501.02.11")), RawValue::of_text("02/501.02.11")
    );
    EXPECT_EQ(phone.written("+3225010211", text("none")), RawValue::of_text("+3225010211"));
}

TEST(SystemMapping, WritesTheKindOfValueTheRemoteHolds) {
    const Compiled days({entry("commercial.payment_days", {"r"})});
    EXPECT_EQ(days.written("30"), RawValue::of_number("30"));
    EXPECT_EQ(days.written("30", text("14")), RawValue::of_text("30"));
    EXPECT_EQ(days.written("30", {{"r", RawValue::null()}}), RawValue::of_number("30"));
    const Compiled hold({entry("commercial.credit_hold", {"r"})});
    EXPECT_EQ(hold.written("true"), RawValue::of_bool(true));
    EXPECT_EQ(hold.written("false", text("1")), RawValue::of_text("false"));
    LensSetting bits = lens("enum");
    bits.table = {{"1", "true"}, {"0", "false"}};
    const Compiled flag({entry("commercial.credit_hold", {"r"}, {bits})});
    EXPECT_EQ(flag.written("true"), RawValue::of_text("1"));
    EXPECT_EQ(flag.written("true", {{"r", RawValue::of_number("0")}}), RawValue::of_number("1"));
    EXPECT_EQ(flag.written("true", {{"r", RawValue::of_bool(false)}}), RawValue::of_bool(true));
    const Compiled postcode({entry("name", {"r"})});
    EXPECT_EQ(
        postcode.written("0471", {{"r", RawValue::of_number("12")}}), RawValue::of_text("0471")
    );
    EXPECT_EQ(
        postcode.written("471", {{"r", RawValue::of_number("12")}}), RawValue::of_number("471")
    );
}

TEST(SystemMapping, WritesNothingAsTheRemoteHoldsIt) {
    const auto nothing = [](const Compiled& of, const RawFields& held) {
        return of.writes(FieldValue::cleared(1), held)->begin()->second;
    };
    const Compiled name({entry("name", {"r"})});
    EXPECT_EQ(nothing(name, {}), RawValue::of_text(""));
    EXPECT_EQ(nothing(name, text("Acme")), RawValue::of_text(""));
    EXPECT_EQ(nothing(name, text("  ")), RawValue::of_text("  "));
    EXPECT_EQ(nothing(name, {{"r", RawValue::null()}}), RawValue::null());
    const Compiled days({entry("commercial.payment_days", {"r"})});
    EXPECT_EQ(nothing(days, {}), RawValue::null());
    EXPECT_EQ(nothing(days, {{"r", RawValue::of_number("30")}}), RawValue::null());
}

TEST(SystemMapping, CutsTextsAtALimitOfCharacters) {
    const Compiled name({limited(entry("name", {"r"}), 4, 0)});
    EXPECT_EQ(name.written("Café Léon"), RawValue::of_text("Café"));
    EXPECT_EQ(name.written("Les Amis"), RawValue::of_text("Les"));  // without the space at the end
    EXPECT_EQ(name.written("東京商事会社"), RawValue::of_text("東京商事"));
    EXPECT_EQ(name.written("abc🇧🇪"), RawValue::of_text("abc"));  // a flag is two code points
    EXPECT_EQ(name.face().lossy, "only 4 characters are kept");
}

TEST(SystemMapping, CutsTextsAtALimitOfBytesBetweenCharacters) {
    const Compiled name({limited(entry("name", {"r"}), 0, 5)});
    EXPECT_EQ(name.written("Café Léon"), RawValue::of_text("Café"));
    EXPECT_EQ(name.written("Cafés"), RawValue::of_text("Café"));
    EXPECT_EQ(name.written("Cafeé"), RawValue::of_text("Cafe"));
    EXPECT_EQ(name.written("a🙂b"), RawValue::of_text("a🙂"));
    EXPECT_EQ(name.written("ab🙂"), RawValue::of_text("ab"));
    EXPECT_EQ(name.written("東京"), RawValue::of_text("東"));
    EXPECT_EQ(name.written("Cafx\u0301"), RawValue::of_text("Caf"));  // x keeps its accent or goes
    EXPECT_EQ(name.face().lossy, "only 5 bytes are kept");
    const Compiled both({limited(entry("name", {"r"}), 3, 5)});
    EXPECT_EQ(both.written("éàüö"), RawValue::of_text("éà"));
    EXPECT_EQ(both.written("abcde"), RawValue::of_text("abc"));
}

TEST(SystemMapping, WhatIsNoTextIsNeverCut) {
    const std::string detail = "(the value does not fit into the remote field and cannot be cut)";
    const Compiled phone({limited(entry("phones.main.number", {"r"}), 12, 0)});
    EXPECT_EQ(phone.written("+32475123456"), RawValue::of_text("+32475123456"));
    EXPECT_EQ(phone.written("+493012345678"), RawValue::of_text(detail));
    EXPECT_EQ(phone.face().lossy, "only 12 characters fit");
    const Compiled email({limited(entry("emails.main.address", {"r"}), 0, 20)});
    EXPECT_EQ(email.written("info@example.com"), RawValue::of_text("info@example.com"));
    EXPECT_EQ(email.written("information@example.com"), RawValue::of_text(detail));
}

TEST(SystemMapping, ALongerSpellingOfTheKeptPartStays) {
    const Compiled name({limited(entry("name", {"r"}), 4, 0)});
    EXPECT_EQ(name.written("Acme Trading", text("ACME")), RawValue::of_text("ACME"));
}

TEST(SystemMapping, AnImageReadsAsTheValueOrAsItsKeptBeginning) {
    const Compiled name({limited(entry("name", {"r"}), 4, 0)});
    const FieldValue sent = FieldValue::of("Acme Trading");
    EXPECT_TRUE(name.accepts(text("Acme"), sent));
    EXPECT_TRUE(name.accepts(text("ACME "), sent));
    EXPECT_TRUE(name.accepts(text("acme trading"), sent));
    EXPECT_FALSE(name.accepts(text("Acm"), sent));
    EXPECT_FALSE(name.accepts(text("Acme T"), sent));
    EXPECT_FALSE(name.accepts(text(""), sent));
    EXPECT_FALSE(name.accepts({}, sent));  // nothing was read, so nothing is known
    EXPECT_TRUE(name.accepts({{"r", RawValue::null()}}, FieldValue::cleared(1)));
    EXPECT_TRUE(name.accepts(text("  "), FieldValue::cleared(1)));
}

TEST(SystemMapping, AnImageHoldsInEveryPartThatWasRead) {
    const Compiled address(
        {entry("addresses.billing.street", {"street"}), entry("addresses.billing.city", {"city"})}
    );
    FieldValue sent = FieldValue::cleared(6);
    sent.parts[0] = "Kerkstraat 1";
    sent.parts[2] = "1000";  // no remote holds it
    sent.parts[3] = "Gent";
    const RawValue street = RawValue::of_text("Kerkstraat  1");
    EXPECT_TRUE(address.accepts({{"street", street}, {"city", RawValue::of_text("Gent")}}, sent));
    EXPECT_FALSE(address.accepts({{"street", street}, {"city", RawValue::of_text("Aalst")}}, sent));
    EXPECT_TRUE(address.accepts({{"street", street}}, sent));
}

TEST(SystemMapping, AnImageOfLinesIsJudgedAsAWhole) {
    LensSetting layout = lens("address_lines");
    layout.list = {"street", "postcode city"};
    const Compiled address({entry("addresses.billing", {"l1", "l2"}, {layout})});
    FieldValue sent = FieldValue::cleared(6);
    sent.parts[0] = "Kerkstraat 1";
    sent.parts[2] = "9000";
    sent.parts[3] = "Gent";
    const RawValue street = RawValue::of_text("Kerkstraat 1");
    const RawFields whole{{"l1", street}, {"l2", RawValue::of_text("9000  Gent")}};
    EXPECT_TRUE(address.accepts(whole, sent));
    EXPECT_FALSE(address.accepts({{"l1", street}, {"l2", RawValue::of_text("9000 Aalst")}}, sent));
    EXPECT_FALSE(address.accepts({{"l1", street}}, sent));
    EXPECT_TRUE(address.alike(whole, {{"l1", street}, {"l2", RawValue::of_text("9000 Gent")}}));
    EXPECT_FALSE(address.alike(whole, {{"l1", street}}));
    EXPECT_EQ(address.reads({{"l1", street}}), FieldValue::cleared(6).parts);
}

TEST(SystemMapping, SameMeaningIsACosmeticDifference) {
    const Compiled phone({entry("phones.main.number", {"r"})});
    EXPECT_TRUE(phone.alike(text("02/501 02 11"), text("+32 2 5010211")));
    EXPECT_FALSE(phone.alike(text("02/501 02 11"), text("02/501 02 12")));
    EXPECT_TRUE(phone.alike(text(""), {{"r", RawValue::null()}}));
    EXPECT_FALSE(phone.alike(text(""), text("02/501 02 11")));
    EXPECT_TRUE(phone.alike(text("none"), text("none")));
    EXPECT_FALSE(phone.alike(text("none"), text("NONE")));  // unreadable: nobody can tell
    EXPECT_TRUE(phone.alike({}, {}));
    EXPECT_FALSE(phone.alike(text(""), {}));
}

TEST(SystemMapping, AConstantIsWrittenAndNeverRead) {
    const Compiled kind({entry("kind", {"r"}, {lens("constant", {{"value", "CUST"}})})});
    EXPECT_EQ(kind.face().direction, MappingDirection::Out);
    EXPECT_EQ(kind.face().covers, std::vector<bool>{false});
    EXPECT_EQ(kind.reads(text("VEND")), Cells{std::nullopt});
    EXPECT_EQ(kind.written("person", text("VEND")), RawValue::of_text("CUST"));
    EXPECT_TRUE(kind.accepts(text("CUST"), FieldValue::of("person")));
    EXPECT_FALSE(kind.accepts(text("VEND"), FieldValue::of("person")));
    EXPECT_TRUE(kind.alike(text("VEND"), text("VEND")));
    EXPECT_FALSE(kind.alike(text("VEND"), text("CUST")));
}

TEST(SystemMapping, TellsDirectionAndUniqueness) {
    MappedFieldSetting unique = entry("emails.main.address", {"mail"});
    unique.unique = true;
    const Compiled email({unique, directed(entry("name", {"n"}), MappingDirection::In)});
    EXPECT_TRUE(email.face().unique);
    EXPECT_EQ(email.face().direction, MappingDirection::Both);
    EXPECT_EQ(email->fields()[1].direction, MappingDirection::In);
    EXPECT_FALSE(email->fields()[1].unique);
    EXPECT_EQ(email->find(FieldId{99}), nullptr);
}

}  // namespace
}  // namespace syncline::mapping
