#include "normal/normal_form.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

const LeafSpec& leaf(std::string_view path) {
    return *Catalogue::customer().leaf(path);
}

struct Case {
    std::string_view key;
    std::vector<std::string_view> texts;
};

void expect_all(std::string_view path, const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        for (const std::string_view text : each.texts)
            EXPECT_EQ(match_key(leaf(path), text), each.key) << path << ": " << text;
    }
}

TEST(MatchKey, NamesMatchWithoutLegalFormOrderAndPunctuation) {
    expect_all(
        "name",
        {
            {"de smet zonen",
             {"De Smet & Zonen NV",
              "DE SMET EN ZONEN",
              "N.V. De Smet & Zonen",
              "Zonen De Smet",
              "De Smet, Zonen (BVBA)",
              "De Smet and Zonen S.A.",
              "De Smet - Zonen S A"}},
            {"muller", {"Müller GmbH", "MULLER GMBH & CO. KG", "müller ag", "Mu\u0308ller"}},
            {"abc trading", {"A.B.C. Trading Ltd", "A B C Trading", "ABC Trading Limited"}},
            {"oneill", {"O'Neill", "O’NEILL plc"}},
            {"東京商事", {"東京商事"}},
        }
    );
}

TEST(MatchKey, OtherNamesDoNotMatch) {
    const LeafSpec& name = leaf("name");
    EXPECT_NE(match_key(name, "De Smet"), match_key(name, "De Smedt"));
    EXPECT_NE(match_key(name, "Smet Zonen"), match_key(name, "Smet"));
    EXPECT_NE(match_key(name, "ABC 1"), match_key(name, "ABC 2"));
    EXPECT_NE(match_key(name, "Muller"), match_key(name, "Mueller"));
}

TEST(MatchKey, ANameOfNothingButALegalFormIsKept) {
    expect_all("name", {{"sa", {"SA", "S.A.", "S A"}}, {"co kg", {"KG & Co"}}, {"", {"", "---"}}});
}

TEST(MatchKey, StreetsMatchWithoutAbbreviations) {
    expect_all(
        "addresses.billing.street",
        {
            {"12 kerkstr", {"Kerkstraat 12", "KERKSTR. 12", "Kerkstraat nr. 12", "12, Kerkstraat"}},
            {"12a kerkstr", {"Kerkstraat 12A", "Kerkstraat 12 a", "Kerkstraat 12/A"}},
            {"10 av louise", {"Avenue Louise 10", "Av. Louise, 10", "10 Ave Louise"}},
            {"5 hauptstr", {"Hauptstraße 5", "Hauptstrasse 5", "Hauptstr. 5"}},
            {"200 leuvensestwg", {"Leuvensesteenweg 200", "Leuvensestwg 200"}},
            {"10 downing st", {"10 Downing Street", "10 Downing St."}},
            {"1 3 bd box leopold", {"Boulevard Léopold 1 bus 3", "Bd Leopold 1 bte 3"}},
            {"7 grotepl", {"Groteplein 7", "Grotepl 7"}},
            {"", {"", ",", "nr."}},
        }
    );
    const LeafSpec& street = leaf("addresses.billing.street");
    EXPECT_NE(match_key(street, "Kerkstraat 12"), match_key(street, "Kerkstraat 13"));
    EXPECT_NE(match_key(street, "Kerkstraat 12"), match_key(street, "Kerklaan 12"));
}

TEST(MatchKey, PostcodesMatchWithoutCountryAndSpaces) {
    expect_all(
        "addresses.billing.postcode",
        {
            {"1000", {"1000", "B-1000", "b - 1000", "BE-1000"}},
            {"00950", {"00-950", "00950", "00 950", "PL-00-950"}},
            {"11950", {"11-950", "11950"}},
            {"1011ab", {"1011 AB", "1011ab", "1011-AB", "NL-1011 AB"}},
            {"vlt1117", {"VLT 1117", "VLT-1117"}},
            {"sw1a2aa", {"SW1A 2AA", "sw1a-2aa"}},
            {"1000001", {"1000-001", "1000 001"}},
            {"", {"", "-"}},
        }
    );
}

TEST(MatchKey, PlainTextsMatchAsFoldedWords) {
    expect_all("addresses.billing.city", {{"liege", {"Liège", "LIEGE", " liège."}}});
    expect_all("notes", {{"a b", {"A\nb", "a, b"}}});
}

TEST(MatchKey, EmailsMatchWithoutCase) {
    expect_all(
        "emails.main.address",
        {{"info@example.com", {"Info@Example.com", " INFO@EXAMPLE.COM "}}, {"", {"", "info"}}}
    );
}

TEST(MatchKey, PhonesMatchByTheirDigitsUnlessTheyAreExtensions) {
    expect_all(
        "phones.main.number",
        {
            {"+3225010211", {"+32 2 501 02 11", "+3225010211"}},
            {"501021", {"50 10 21"}},
            {"+50102", {"+50102"}},
            {"", {"", "50102", "ext. 12", "+12"}},
        }
    );
}

TEST(MatchKey, OtherTypesMatchWhenTheyAreEquivalent) {
    expect_all("identifiers.vat.value", {{"BE0123456749", {"be 0123.456.749"}}});
    expect_all("identifiers.customer_number.value", {{"C10027", {"c-10027", "C 10027"}}});
    expect_all("addresses.billing.country", {{"BE", {"be", "BE "}}});
    expect_all("commercial.discount_percent", {{"2.5", {"2.50"}}});
    expect_all("birth_date", {{"2026-03-01", {" 2026-03-01"}}});
}

TEST(MatchKey, AMalformedTextHasNone) {
    for (const LeafSpec& spec : Catalogue::customer().leaves())
        EXPECT_EQ(match_key(spec, "Acme\xFF@1234567"), "") << spec.pattern;
}

}  // namespace
}  // namespace syncline::normal
