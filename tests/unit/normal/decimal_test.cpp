#include "normal/decimal.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

TEST(Decimal, IsPlainDigitsWithoutNeedlessZeros) {
    struct Case {
        std::string_view text;
        std::string_view plain;
    };
    const std::vector<Case> cases{
        {"0", "0"},
        {"-0", "0"},
        {"-0.00", "0"},
        {"+0", "0"},
        {"1", "1"},
        {"+1", "1"},
        {"-1", "-1"},
        {" 12\t", "12"},
        {"007", "7"},
        {"1.50", "1.5"},
        {"1.0", "1"},
        {"+01.50", "1.5"},
        {".5", "0.5"},
        {"-.5", "-0.5"},
        {"5.", "5"},
        {"15e-1", "1.5"},
        {"1e3", "1000"},
        {"1E+3", "1000"},
        {"1.5e1", "15"},
        {"1.25e1", "12.5"},
        {"-25e-3", "-0.025"},
        {"0e30", "0"},
        {"100e-2", "1"},
        {"0.10", "0.1"},
        {"9007199254740993", "9007199254740993"},  // the first whole number no double has
        {"0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(plain_decimal(each.text), each.plain) << each.text;
        EXPECT_EQ(plain_decimal(each.plain), each.plain) << each.text;
    }
}

TEST(Decimal, RefusesWhatIsNoNumber) {
    for (const std::string_view text :
         {"",      " ",     ".",        "-",   "+",   "e5",  "1e",      "1e+",   "1e1.5",
          "1e100", "0e100", "--1",      "+-1", "- 1", "1,5", "1.2.3",   "1 000", "0x10",
          "1'000", "NaN",   "Infinity", "12€", "٣",   "１",  "1\u00A0", "five"})
        EXPECT_EQ(plain_decimal(text), std::nullopt) << text;
}

TEST(Decimal, HoldsFortyDigitsOnEitherSideOfThePoint) {
    const std::string forty(40, '7');
    EXPECT_EQ(plain_decimal(forty + "." + forty), forty + "." + forty);
    EXPECT_EQ(plain_decimal(forty + "7"), std::nullopt);
    EXPECT_EQ(plain_decimal("0." + forty + "7"), std::nullopt);
    EXPECT_EQ(plain_decimal("1e39"), "1" + std::string(39, '0'));
    EXPECT_EQ(plain_decimal("1e40"), std::nullopt);
    EXPECT_EQ(plain_decimal("1e-40"), "0." + std::string(39, '0') + "1");
    EXPECT_EQ(plain_decimal("1e-41"), std::nullopt);
}

TEST(Decimal, ScalesUpAndRoundsHalfAwayFromZero) {
    struct Case {
        std::string_view decimal;
        unsigned digits;
        std::string_view units;
    };
    const std::vector<Case> cases{
        {"19.99", 2, "1999"},
        {"19.9", 2, "1990"},
        {"19", 2, "1900"},
        {"0", 2, "0"},
        {"0.01", 2, "1"},
        {"-0.05", 2, "-5"},
        {"19.994", 2, "1999"},
        {"19.995", 2, "2000"},
        {"-19.995", 2, "-2000"},
        {"0.004", 2, "0"},
        {"-0.004", 2, "0"},
        {"0.005", 2, "1"},
        {"99.999", 2, "10000"},
        {"1.4999999", 0, "1"},
        {"1.5", 0, "2"},
        {"7", 0, "7"},
        {"1.2345", 3, "1235"},
        {"90071992547409.93", 2, "9007199254740993"},
    };
    for (const Case& each : cases)
        EXPECT_EQ(scaled_up(each.decimal, each.digits), each.units)
            << each.decimal << " in 10^-" << each.digits;
}

TEST(Decimal, ScalesDownWithEveryDecimal) {
    struct Case {
        std::string_view units;
        unsigned digits;
        std::string_view decimal;
    };
    const std::vector<Case> cases{
        {"1999", 2, "19.99"},
        {"1900", 2, "19.00"},
        {"5", 2, "0.05"},
        {"0", 2, "0.00"},
        {"-5", 2, "-0.05"},
        {"-500", 2, "-5.00"},
        {"1234", 3, "1.234"},
        {"7", 0, "7"},
        {"-7", 0, "-7"},
        {"9007199254740993", 2, "90071992547409.93"},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(scaled_down(each.units, each.digits), each.decimal) << each.units;
        EXPECT_EQ(scaled_up(each.decimal, each.digits), each.units) << each.units;
    }
}

TEST(Decimal, KnowsTheDecimalsOfCurrencies) {
    EXPECT_EQ(currency_digits("EUR"), 2U);
    EXPECT_EQ(currency_digits("USD"), 2U);
    EXPECT_EQ(currency_digits("JPY"), 0U);
    EXPECT_EQ(currency_digits("BHD"), 3U);
    for (const std::string_view text : {"", "EU", "EURO", "eur", "QQQ", "€", "E1R", "978"})
        EXPECT_EQ(currency_digits(text), std::nullopt) << text;
}

}  // namespace
}  // namespace syncline::normal
