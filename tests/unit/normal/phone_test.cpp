#include "normal/phone.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

TEST(Phone, ReadsANumberAsPeopleOfTheCountryWriteIt) {
    struct Case {
        std::string_view country;
        std::string_view text;
        std::string_view e164;
    };
    const std::vector<Case> cases{
        {"BE", "02/501 02 11", "+3225010211"},
        {"BE", "02.501.02.11", "+3225010211"},
        {"BE", "(02) 501-02-11", "+3225010211"},
        {"BE", "025010211", "+3225010211"},
        {"BE", "0475 12 34 56", "+32475123456"},
        {"BE", "  0475/12.34.56 ", "+32475123456"},
        {"BE", "٠٢٥٠١٠٢١١", "+3225010211"},
        {"BE", "０２５０１０２１１", "+3225010211"},
        {"NL", "020-123 4567", "+31201234567"},
        {"FR", "01 42 68 53 00", "+33142685300"},
        {"DE", "030 12345678", "+493012345678"},
        {"IT", "06 1234 5678", "+390612345678"},  // Italy keeps its zero
        {"GB", "020 7946 0958", "+442079460958"},
        {"US", "(202) 555-0123", "+12025550123"},
        {"US", "1-800-FLOWERS", "+18003569377"},
    };
    for (const Case& each : cases)
        EXPECT_EQ(phone_e164(each.text, each.country), each.e164)
            << each.text << " in " << each.country;
}

TEST(Phone, ReadsAnInternationalNumberAnywhere) {
    for (const std::string_view country : {"BE", "DE"}) {
        for (const std::string_view text :
             {"+32 2 501 02 11",
              "+3225010211",
              "0032 2 5010211",
              "00 32/2.501.02.11",
              "+32 (0)2 501 02 11",
              "tel:+32-2-501-02-11"})
            EXPECT_EQ(phone_e164(text, country), "+3225010211") << text << " in " << country;
    }
    EXPECT_EQ(phone_e164("+3225010211", ""), "+3225010211");
    EXPECT_EQ(phone_e164("+800 1234 5678", "BE"), "+80012345678");
}

TEST(Phone, ANationalNumberNeedsACountry) {
    EXPECT_EQ(phone_e164("02/501 02 11", ""), std::nullopt);
    EXPECT_EQ(phone_e164("02/501 02 11", "??"), std::nullopt);
    EXPECT_NE(phone_e164("020 123 4567", "NL"), phone_e164("020 123 4567", "GB"));
}

TEST(Phone, AnExtensionIsNoPartOfTheNumber) {
    for (const std::string_view text :
         {"02 501 02 11 ext. 5", "02 501 02 11 x5", "+32 2 501 02 11;ext=5"})
        EXPECT_EQ(phone_e164(text, "BE"), "+3225010211") << text;
}

TEST(Phone, RefusesWhatIsNoNumber) {
    for (const std::string_view text :
         {"",
          " ",
          "+",
          "n/a",
          "none",
          "112",  // short numbers are called from one country only
          "12",
          "501 02",                         // too short
          "+32 2 501 02 11 99 88",          // too long
          "+999 123 456 789",               // no such country
          "02 501 02 11 or 0475 12 34 56",  // two numbers
          "+32 2 501 02 11 / 0475 12 34 56",
          "\xFF\xFE",
          "🙂"})
        EXPECT_EQ(phone_e164(text, "BE"), std::nullopt) << text;
}

TEST(Phone, RefusesATextTooLongForAnyNumber) {
    const std::string number = "02 501 02 11";
    EXPECT_EQ(phone_e164(std::string(60 - number.size(), ' ') + number, "BE"), "+3225010211");
    EXPECT_EQ(phone_e164(std::string(61 - number.size(), ' ') + number, "BE"), std::nullopt);
}

TEST(Phone, WritesANumberForPeopleHereAndAbroad) {
    struct Case {
        std::string_view e164;
        std::string_view national;
        std::string_view international;
    };
    const std::vector<Case> cases{
        {"+3225010211", "02 501 02 11", "+32 2 501 02 11"},
        {"+32475123456", "0475 12 34 56", "+32 475 12 34 56"},
        {"+390612345678", "06 1234 5678", "+39 06 1234 5678"},
        {"+12025550123", "(202) 555-0123", "+1 202-555-0123"},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(phone_national(each.e164), each.national);
        EXPECT_EQ(phone_international(each.e164), each.international);
        EXPECT_EQ(phone_e164(each.international, "BE"), each.e164);
    }
}

TEST(Phone, KeepsWhatIsNoNumberWhenWriting) {
    for (const std::string_view text : {"", "N/A", "02 501 02 11"}) {
        EXPECT_EQ(phone_national(text), text);
        EXPECT_EQ(phone_international(text), text);
    }
}

}  // namespace
}  // namespace syncline::normal
