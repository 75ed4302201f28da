#include "mapping/address_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Texts = std::vector<std::string>;

Field address() {
    FieldId next{1};
    const auto number_of = [&](std::string_view) { return FieldId{next.number++}; };
    return *make_field(Catalogue::customer(), "addresses.billing", number_of);
}

std::vector<std::string> remotes_of(const Texts& layout) {
    std::vector<std::string> remotes;
    for (std::size_t i = 0; i < layout.size(); ++i)
        remotes.push_back("line" + std::to_string(i + 1));
    return remotes;
}

Result<AddressLines> make(
    const Texts& layout, FlatMap<std::string, std::string> options = {}, std::uint32_t limit = 0
) {
    MappedFieldSetting entry;
    entry.field = "addresses.billing";
    entry.remotes = remotes_of(layout);
    entry.limit_characters = limit;
    return make_address_lines({"address_lines", std::move(options), {}, layout}, entry, address());
}

/// The lines of a Belgian system.
AddressLines lines(
    const Texts& layout = {"street", "", "postcode city", "country_name"}, std::uint32_t limit = 0
) {
    AddressLines made = make(layout, {{"language", "en"}}, limit).value();
    made.default_country = "BE";
    return made;
}

RawFields raw(const Texts& texts) {
    RawFields fields;
    for (std::size_t i = 0; i < texts.size(); ++i)
        fields["line" + std::to_string(i + 1)] = RawValue::of_text(texts[i]);
    return fields;
}

/// street, extra, postcode, city, region, country; "" is nothing.
FieldValue value(const Texts& parts) {
    FieldValue result;
    for (const std::string& part : parts)
        result.parts.push_back(part.empty() ? std::nullopt : std::optional<std::string>(part));
    return result;
}

FieldValue place(std::string postcode, std::string city, std::string country = "BE") {
    return value({"", "", std::move(postcode), std::move(city), "", std::move(country)});
}

FieldValue reading(const AddressLines& lines, const Texts& texts) {
    auto result = read(lines, raw(texts));
    if (!result) {
        ADD_FAILURE() << texts.front() << ": " << result.error().detail;
        return {};
    }
    return std::move(result).value();
}

Texts writing(const AddressLines& lines, const FieldValue& value, const Texts& held = {}) {
    const auto result = write(lines, value, raw(held));
    if (!result) return {"(" + result.error().detail + ")"};
    Texts texts;
    for (const auto& [remote, text] : *result)
        texts.push_back(text.text);
    return texts;
}

const Texts kHeld{"Kerkstraat 12", "t.a.v. Anna", "1000 Brussel", "Belgium"};
const FieldValue kBelgian = value({"Kerkstraat 12", "", "1000", "Brussel", "", "BE"});

TEST(AddressLines, ReadsEachLineAsTheLayoutSays) {
    EXPECT_EQ(reading(lines(), kHeld), kBelgian);
    EXPECT_EQ(reading(lines(), {"Kerkstraat  12 ", "", " 1000  Brussel", "BELGIË"}), kBelgian);
    EXPECT_EQ(reading(lines(), {"", "", "", ""}), FieldValue::cleared(6));
    EXPECT_EQ(reading(lines(), {"", "t.a.v. Anna", "", ""}), FieldValue::cleared(6));
}

TEST(AddressLines, TellsPostcodeFromCity) {
    const AddressLines line = lines({"postcode city"});
    struct Case {
        std::string text;
        std::string postcode;
        std::string city;
    };
    for (const Case& each : std::vector<Case>{
             {"1000 Brussel", "1000", "Brussel"},
             {"B-1000 Brussel", "B-1000", "Brussel"},
             {"1011 AB Amsterdam", "1011 AB", "Amsterdam"},
             {"1011AB Den Haag", "1011AB", "Den Haag"},
             {"1000 ST Brussel", "1000 ST", "Brussel"},
             {"1000 LA", "1000", "LA"},
             {"SW1A 2AA London", "SW1A 2AA", "London"},
             {"00-950 Warszawa", "00-950", "Warszawa"},
             {"Brussel", "", "Brussel"},
             {"1000", "1000", ""},
             {"1000, 8 Mile House", "1000", "8 Mile House"},
             {", 100 Mile House", "", "100 Mile House"},
             {"1000 Brussel, Centrum", "1000", "Brussel, Centrum"},
             {"Sint-Niklaas, Waas", "", "Sint-Niklaas, Waas"},
             {"SPA, Liège", "", "SPA, Liège"},  // capitals alone are no postcode
             {"25 de Mayo", "", "25 de Mayo"},
             {"08, Paris", "08", "Paris"},
             {"Luxembourg", "", "Luxembourg"},
         })
        EXPECT_EQ(reading(line, {each.text}), value({"", "", each.postcode, each.city, "", ""}))
            << each.text;
    const AddressLines american = lines({"city postcode"});
    EXPECT_EQ(
        reading(american, {"Springfield 62704"}), value({"", "", "62704", "Springfield", "", ""})
    );
    EXPECT_EQ(
        reading(american, {"New York, NY 10001"}), value({"", "", "NY 10001", "New York", "", ""})
    );
    for (const std::string city : {"New York, NY", "Dublin 4", "Singapore"})
        EXPECT_EQ(reading(american, {city}), value({"", "", "", city, "", ""}));
}

TEST(AddressLines, AnAddressWithoutACountryIsInTheSystemsOwn) {
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "", "1000 Brussel", ""}), kBelgian);
    const AddressLines short_form = lines({"street", "postcode city"});
    EXPECT_EQ(
        reading(short_form, {"Kerkstraat 12", "1000 Brussel"}),
        value({"Kerkstraat 12", "", "1000", "Brussel", "", ""})
    );
}

TEST(AddressLines, FindsLinesThatPeopleMovedUp) {
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "1000 Brussel", "", ""}), kBelgian);
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "1000 Brussel", "Belgium", ""}), kBelgian);
    EXPECT_EQ(
        reading(lines(), {"Damrak 1", "1011 AB Amsterdam", "Netherlands", ""}),
        value({"Damrak 1", "", "1011 AB", "Amsterdam", "", "NL"})
    );
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "", "Belgium", "1000 Brussel"}), kBelgian);
}

TEST(AddressLines, FindsAPlaceWithoutAPostcode) {
    const FieldValue london = value({"10 Downing Street", "", "", "London", "", "GB"});
    EXPECT_EQ(reading(lines(), {"10 Downing Street", "", "London", "United Kingdom"}), london);
    EXPECT_EQ(reading(lines(), {"10 Downing Street", "London", "United Kingdom", ""}), london);
    const FieldValue ghent = value({"Kerkstraat 12", "", "", "Gent", "", "BE"});
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "Gent", "Belgium", ""}), ghent);
    const AddressLines american = lines({"street", "", "city postcode", "country_name"});
    EXPECT_EQ(reading(american, {"Kerkstraat 12", "Gent", "Belgium", ""}), ghent);
    EXPECT_EQ(
        reading(american, {"1 Main Street", "Springfield 62704", "", "United States"}),
        value({"1 Main Street", "", "62704", "Springfield", "", "US"})
    );
}

TEST(AddressLines, ACityMayBeNamedAsItsCountry) {
    const FieldValue city = value({"Rue 1", "", "", "Luxembourg", "", "LU"});
    EXPECT_EQ(reading(lines(), {"Rue 1", "", "Luxembourg", "Luxembourg"}), city);
    EXPECT_EQ(reading(lines(), {"Rue 1", "Luxembourg", "Luxembourg", ""}), city);
    EXPECT_EQ(writing(lines(), city), (Texts{"Rue 1", "", "Luxembourg", "Luxembourg"}));
    // Alone, where a line for the country is blank, it is the country.
    EXPECT_EQ(
        reading(lines(), {"Rue 1", "", "Luxembourg", ""}), value({"Rue 1", "", "", "", "", "LU"})
    );
    const AddressLines no_country = lines({"street", "postcode city"});
    const FieldValue short_form = value({"Rue 1", "", "", "Luxembourg", "", ""});
    EXPECT_EQ(reading(no_country, {"Rue 1", "Luxembourg"}), short_form);
    EXPECT_EQ(writing(no_country, short_form), (Texts{"Rue 1", "Luxembourg"}));
}

TEST(AddressLines, AFreeLineIsNoPlaceForItsNumber) {
    const FieldValue street = value({"Kerkstraat 12", "", "", "", "", "BE"});
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "3rd floor", "", "Belgium"}), street);
    EXPECT_EQ(reading(lines(), {"Kerkstraat 12", "12 C", "", "Belgium"}), street);
}

TEST(AddressLines, RefusesAStreetThatLooksLikeAPlace) {
    for (const Texts& texts :
         {Texts{"1600 Pennsylvania Avenue", "Washington", "United States", ""},
          Texts{"1000 Brussel", "Grote Markt", "Belgium", ""}})
        EXPECT_FALSE(read(lines(), raw(texts))) << texts.front();
    EXPECT_EQ(reading(lines(), {"1000 Brussel", "Kerkstraat 12", "Belgium", ""}), kBelgian);
    // With lines for more parts than there are lines, the order does not tell.
    const AddressLines longer = lines({"street", "extra", "postcode city", "country_name"});
    EXPECT_FALSE(read(longer, raw({"Kerkstraat 12", "Gent", "Belgium", ""})));
}

TEST(AddressLines, NeverWritesWhatReadsAsAnotherAddress) {
    // The free line would become the place.
    EXPECT_EQ(
        writing(
            lines(),
            value({"Kerkstraat 12", "", "", "", "", "BE"}),
            {"Kerkstraat 12", "2018 Antwerpen", "1000 Brussel", "Belgium"}
        ),
        (Texts{"(a line that is not the hub's would be read as a part of the address)"})
    );
    // Without the country below it, the city would become the country.
    EXPECT_EQ(
        writing(
            lines({"postcode city", "country_name"}),
            place("", "Luxembourg", ""),
            {"Luxembourg", "Luxembourg"}
        ),
        (Texts{", Luxembourg", ""})
    );
}

TEST(AddressLines, ACountryIsNeverCut) {
    const AddressLines narrow = lines({"street", "country_name"}, 8);
    EXPECT_EQ(
        writing(narrow, value({"Rue 1", "", "", "", "", "DO"})),
        (Texts{"(the country does not fit into its line and cannot be cut)"})
    );
    EXPECT_EQ(writing(narrow, value({"Rue 1", "", "", "", "", "BE"})), (Texts{"Rue 1", "Belgium"}));
}

TEST(AddressLines, RefusesToGuessWhatIsWhat) {
    const auto result =
        read(lines(), raw({"Kerkstraat 12", "Hof ter Beke", "Dienst Aankoop", "Gent"}));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::MappingFailed);
    EXPECT_EQ(result.error().where, "addresses.billing");
    EXPECT_EQ(result.error().detail, "it cannot be told which line holds what; follow the layout");
}

TEST(AddressLines, RefusesMalformedTextAndPartsThatDoNotFit) {
    const auto malformed = read(lines(), raw({"Kerk\xFFstraat", "", "", ""}));
    ASSERT_FALSE(malformed);
    EXPECT_TRUE(malformed.error().detail.starts_with("line1: the text is not well-formed UTF-8"));
    const auto large = read(lines(), raw({std::string(201, 'x'), "", "", ""}));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().detail, "street: the text is longer than 200 characters");
}

TEST(AddressLines, WritesEachLineAsTheLayoutSays) {
    EXPECT_EQ(writing(lines(), kBelgian), (Texts{"Kerkstraat 12", "", "1000 Brussel", "Belgium"}));
    EXPECT_EQ(writing(lines(), FieldValue::cleared(6)), (Texts{"", "", "", ""}));
    EXPECT_EQ(
        writing(lines({"city postcode"}), place("62704", "Springfield")).front(),
        "Springfield 62704"
    );
    EXPECT_EQ(
        writing(lines({"extra", "region", "country_code"}), value({"", "A", "", "", "B", "NL"})),
        (Texts{"A", "B", "NL"})
    );
}

TEST(AddressLines, WritesACommaWhereTheWordsAloneWouldMislead) {
    const AddressLines line = lines({"postcode city", "country_name"});
    EXPECT_EQ(writing(line, place("", "100 Mile House")).front(), ", 100 Mile House");
    EXPECT_EQ(writing(line, place("1000", "8 Mile")).front(), "1000, 8 Mile");
    EXPECT_EQ(writing(line, place("", "Luxembourg")).front(), "Luxembourg");
    EXPECT_EQ(writing(line, place("", "Luxembourg", "")).front(), ", Luxembourg");
    EXPECT_EQ(writing(line, place("1000", "")).front(), "1000");
    EXPECT_EQ(
        writing(line, place("Post code", "Brussel")).front(),
        "(postcode and city cannot be told apart when written on one line)"
    );
    EXPECT_EQ(writing(line, place("", "", "QQ")).front(), "(the country has no known name)");
}

TEST(AddressLines, KeepsLinesThatAreNotTheHubs) {
    FieldValue moved = kBelgian;
    moved.parts[0] = "Nieuwstraat 1";
    EXPECT_EQ(
        writing(lines(), moved, kHeld),
        (Texts{"Nieuwstraat 1", "t.a.v. Anna", "1000 Brussel", "Belgium"})
    );
    EXPECT_EQ(writing(lines(), FieldValue::cleared(6), kHeld), (Texts{"", "t.a.v. Anna", "", ""}));
}

TEST(AddressLines, KeepsSpellingsThatMeanTheSame) {
    const Texts spelled{"Kerkstraat  12", "", "1000  Brussel", "BELGIE"};
    EXPECT_EQ(writing(lines(), kBelgian, spelled), spelled);
    FieldValue moved = kBelgian;
    moved.parts[0] = "Nieuwstraat 1";
    EXPECT_EQ(
        writing(lines(), moved, spelled), (Texts{"Nieuwstraat 1", "", "1000  Brussel", "BELGIE"})
    );
    const Texts moved_up{"Kerkstraat 12", "1000 Brussel", "", ""};
    EXPECT_EQ(writing(lines(), kBelgian, moved_up), moved_up);
}

TEST(AddressLines, PutsMovedLinesBackWhenTheValueChanges) {
    FieldValue moved = kBelgian;
    moved.parts[3] = "Elsene";
    EXPECT_EQ(
        writing(lines(), moved, {"Kerkstraat 12", "1000 Brussel", "Belgium", ""}),
        (Texts{"Kerkstraat 12", "", "1000 Elsene", "Belgium"})
    );
    EXPECT_EQ(
        writing(lines(), moved, {"Kerkstraat 12", "t.a.v. Anna", "Belgium", "1000 Brussel"}),
        (Texts{"Kerkstraat 12", "t.a.v. Anna", "1000 Elsene", "Belgium"})
    );
}

TEST(AddressLines, AnEmptyLineKeepsItsKind) {
    RawFields held = raw(kHeld);
    held["line2"] = RawValue::null();
    held["line4"] = RawValue::null();
    const auto cleared = write(lines(), FieldValue::cleared(6), held);
    ASSERT_TRUE(cleared);
    EXPECT_EQ(*cleared->find("line1"), RawValue::of_text(""));
    EXPECT_EQ(*cleared->find("line2"), RawValue::null());
    EXPECT_EQ(*cleared->find("line4"), RawValue::null());
}

TEST(AddressLines, CutsEachLineAtItsLimit) {
    const AddressLines narrow = lines({"street", "postcode city"}, 10);
    EXPECT_EQ(
        writing(narrow, value({"Église du Béguinage", "", "1000", "Brussel", "", ""})),
        (Texts{"Église du", "1000 Bruss"})
    );
}

TEST(AddressLines, CoversThePartsOfItsLayout) {
    EXPECT_EQ(covers(lines()), (std::vector<bool>{true, false, true, true, false, true}));
    EXPECT_EQ(
        covers(lines({"region", "", "extra"})),
        (std::vector<bool>{false, true, false, false, true, false})
    );
}

TEST(AddressLines, RefusesALayoutThatFitsNoAddress) {
    const auto refusal = [](const Texts& layout, FlatMap<std::string, std::string> options = {}) {
        const auto made = make(layout, std::move(options));
        return made ? "" : made.error().detail;
    };
    const auto no_part = [](const std::string& words) {
        return "line \"" + words +
               "\" of the layout is not a part of the address, or one named twice";
    };
    EXPECT_EQ(refusal({"street", "postcode city"}), "");
    EXPECT_EQ(refusal({"stret"}), no_part("stret"));
    EXPECT_EQ(refusal({"street", "street"}), no_part("street"));
    EXPECT_EQ(refusal({"city", "postcode city"}), no_part("postcode city"));
    EXPECT_EQ(refusal({"postcode", "city postcode"}), no_part("city postcode"));
    EXPECT_EQ(refusal({"country", "country_name"}), no_part("country_name"));
    EXPECT_EQ(refusal({"street city"}), no_part("street city"));
    EXPECT_EQ(refusal({"", ""}), "the layout of address_lines holds no part of the address");
    EXPECT_EQ(refusal({"street"}, {{"lang", "en"}}), R"(lens address_lines has no option "lang")");
    MappedFieldSetting entry;
    entry.remotes = {"line1", "line2"};
    const auto uneven = make_address_lines({"address_lines", {}, {}, {"street"}}, entry, address());
    ASSERT_FALSE(uneven);
    EXPECT_EQ(uneven.error().code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(
        uneven.error().detail, "the layout of address_lines needs one line for each remote field"
    );
}

}  // namespace
}  // namespace syncline::mapping
