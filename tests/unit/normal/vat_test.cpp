#include "normal/vat.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

TEST(Vat, AllSpellingsOfANumberAreOne) {
    for (const std::string_view text :
         {"BE0123456749",
          "BE 0123.456.749",
          "be-0123 456 749",
          " BE0123456749\t",
          "0123.456.749",
          "0123456749",
          "TVA BE 0123.456.749",
          "BTW BE0123456749",
          "VAT: BE0123456749",
          "TVA/BTW BE 0123.456.749",
          "IVA BE 0123.456.749",
          "MwSt. BE 0123.456.749",
          "USt-IdNr.: BE 0123.456.749",
          "USt-ID BE0123456749",
          "VAT No. BE 0123.456.749",
          "VAT number 0123.456.749",
          "BTW-nr. 0123.456.749",
          "btw-nummer: BE0123456749",
          "0123.456.749 TVA",
          "BE123456749",  // as it was written before 2005
          "123.456.749"})
        EXPECT_EQ(vat_number(text, "BE"), "BE0123456749") << text;
}

TEST(Vat, ANumberWithoutPrefixGetsThatOfTheCountry) {
    struct Case {
        std::string_view country;
        std::string_view text;
        std::string_view number;
    };
    const std::vector<Case> cases{
        {"AT", "U12345678", "ATU12345678"},
        {"BE", "0123456749", "BE0123456749"},
        {"CH", "CHE-123.456.789", "CHE123456789"},
        {"CH", "CHE-123.456.789 MWST", "CHE123456789"},
        {"CH", "CHE-123.456.789 TVA", "CHE123456789"},
        {"CH", "CHE-123.456.789 IVA", "CHE123456789"},
        {"CH", "123.456.789", "CHE123456789"},
        {"DE", "123 456 789", "DE123456789"},
        {"DK", "12 34 56 78", "DK12345678"},
        {"ES", "B12345678", "ESB12345678"},
        {"ES", "X1234567L", "ESX1234567L"},
        {"ES", "NIF: B-12345678", "ESB12345678"},
        {"ES", "IVA ES B12345678", "ESB12345678"},
        {"FI", "1234567-8", "FI12345678"},
        {"FR", "40 123 456 789", "FR40123456789"},
        {"GB", "123 4567 89", "GB123456789"},
        {"GB", "VAT No 123 4567 89", "GB123456789"},
        {"GR", "123456789", "EL123456789"},
        {"IE", "1234567T", "IE1234567T"},
        {"IE", "9+12345A", "IE9+12345A"},
        {"IE", "1234567 FA", "IE1234567FA"},
        {"IT", "12345678901", "IT12345678901"},
        {"IT", "P. IVA 12345678901", "IT12345678901"},
        {"LU", "12345678", "LU12345678"},
        {"NL", "123456789B01", "NL123456789B01"},
        {"NO", "123 456 789 MVA", "NO123456789"},
        {"PL", "123-456-78-90", "PL1234567890"},
        {"PT", "123 456 789", "PT123456789"},
        {"SE", "123456-7890 01", "SE123456789001"},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(vat_number(each.text, each.country), each.number) << each.text;
        EXPECT_EQ(vat_number(each.number, each.country), each.number) << each.text;
        EXPECT_EQ(vat_number(each.number, "BE"), each.number) << each.text;
    }
}

TEST(Vat, ANumberOfAnotherFormThanTheCountrysNeedsItsPrefix) {
    EXPECT_EQ(vat_number("123456789B01", "BE"), std::nullopt);
    EXPECT_EQ(vat_number("12345678", "BE"), std::nullopt);
    EXPECT_EQ(vat_number("01234567490", "BE"), std::nullopt);
    EXPECT_EQ(vat_number("0123456749", ""), std::nullopt);
    EXPECT_EQ(vat_number("0123456749", "XX"), std::nullopt);
}

TEST(Vat, ThePrefixDecidesNotTheCountryOfTheSystem) {
    EXPECT_EQ(vat_number("DE123456789", "BE"), "DE123456789");
    EXPECT_EQ(vat_number("EL 123456789", "BE"), "EL123456789");
    EXPECT_EQ(vat_number("GR 123456789", "BE"), "EL123456789");  // one country, one prefix
    EXPECT_EQ(vat_number("XI123456789", "GB"), "XI123456789");
    EXPECT_EQ(vat_number("EU372000041", "BE"), "EU372000041");
    EXPECT_EQ(vat_number("IE 9*12345A", "BE"), "IE9*12345A");
    EXPECT_EQ(vat_number("NO 123 456 789 MVA", "BE"), "NO123456789");
    EXPECT_EQ(vat_number("TR 123 456 7890", "BE"), "TR1234567890");
    EXPECT_EQ(vat_number("MX XAXX010101000", "BE"), "MXXAXX010101000");
    EXPECT_EQ(vat_number("FR XX 999999999", "BE"), "FRXX999999999");
    EXPECT_EQ(vat_number("BE123456749", "NL"), "BE0123456749");
}

TEST(Vat, WrongCheckDigitsAreCarried) {
    EXPECT_EQ(vat_number("BE0123456700", "BE"), "BE0123456700");
    EXPECT_EQ(vat_number("NL000000000B00", "NL"), "NL000000000B00");
}

TEST(Vat, RefusesWhatHasNotTheShapeOfANumber) {
    for (const std::string_view text :
         {"",
          "-",
          "N/A",
          "none",
          "BE",
          "BE1",       // too short
          "BEABCDEF",  // no digit
          "1E23456",
          "BE12",
          "BE12345678901234",  // too long
          "BE1234567890123",
          "exempt (art. 44)",
          "vrijgesteld art. 44",
          "not liable 2024",
          "Paid 2024",
          "pending 20240131",
          "VAT",
          "TVA BE",
          "VAT 12345",
          "ZZ123456789",  // no country
          "QQ123456789",
          "DE12345678",  // Germany has nine digits
          "TR1234",      // too few for a number
          "TRABCDEF12345",
          "ＢＥ0123456749",  // wide letters
          "BÉ0123456749"})
        EXPECT_EQ(vat_number(text, "BE"), std::nullopt) << text;
}

}  // namespace
}  // namespace syncline::normal
