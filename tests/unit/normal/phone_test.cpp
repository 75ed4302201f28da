#include "normal/phone.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <phonenumbers/phonenumberutil.h>
#include <set>
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

TEST(Phone, ATrunkPrefixTypedTwiceGoes) {
    EXPECT_EQ(phone_e164("+32 (0)02 501 02 11", "BE"), "+3225010211");
    EXPECT_EQ(phone_e164("00 2 1234 5678", "AU"), "+61212345678");
    EXPECT_EQ(phone_e164("+971 00 50 123 4567", "AE"), "+971501234567");
    // What is left without the second prefix is no number of China.
    EXPECT_EQ(phone_e164("0 113 12345 6789", "CN"), std::nullopt);
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/// An example of each region and kind of number.
template <class Visit>
void each_example(Visit visit) {
    const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
    std::set<std::string> regions;
    numbers.GetSupportedRegions(&regions);
    ASSERT_GT(regions.size(), 200U);
    for (const std::string& region : regions) {
        for (int type = PhoneNumberUtil::FIXED_LINE; type <= PhoneNumberUtil::VOICEMAIL; ++type) {
            PhoneNumber number;
            const auto kind = static_cast<PhoneNumberUtil::PhoneNumberType>(type);
            const bool exists = numbers.GetExampleNumberForType(region, kind, &number);
            if (!exists || !numbers.IsPossibleNumber(number)) continue;
            const auto spelled = [&](PhoneNumberUtil::PhoneNumberFormat format) {
                std::string text;
                numbers.Format(number, format, &text);
                return text;
            };
            visit(region, spelled);
        }
    }
}

TEST(Phone, EverySpellingInEveryRegionIsOneNumber) {
    each_example([](const std::string& region, const auto& spelled) {
        const std::string e164 = spelled(PhoneNumberUtil::E164);
        for (const auto format :
             {PhoneNumberUtil::E164, PhoneNumberUtil::NATIONAL, PhoneNumberUtil::INTERNATIONAL}) {
            if (e164 == "+13101234") continue;  // Canada's short number, called from Canada only
            EXPECT_EQ(phone_e164(spelled(format), region), e164) << spelled(format);
        }
        EXPECT_EQ(phone_e164(phone_international(e164), "BE"), phone_e164(e164, "BE"));
        EXPECT_EQ(phone_e164(phone_national(e164), region), phone_e164(e164, region));
    });
}

TEST(Phone, WhateverPrefixIsTypedTheFormOfAFormIsItself) {
    each_example([](const std::string& region, const auto& spelled) {
        const std::string national = spelled(PhoneNumberUtil::NATIONAL);
        const std::string international = spelled(PhoneNumberUtil::INTERNATIONAL);
        const auto gap = international.find(' ');
        for (const std::string prefix :
             {"", "0", "00", "000", "1", "8", "01", "06", "010", "044"}) {
            for (const std::string& text :
                 {prefix + national,
                  international.substr(0, gap) + prefix + international.substr(gap + 1)}) {
                const auto once = phone_e164(text, region);
                if (!once) continue;
                EXPECT_EQ(phone_e164(*once, region), once) << text << " in " << region;
                EXPECT_EQ(phone_e164(*once, "BE"), once) << text << " in " << region;
            }
        }
    });
}

/// Numbers that are plainly written are not given to the library: it must come to the same.
TEST(Phone, APlainNumberIsWhatTheLibraryMakesOfIt) {
    const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
    const auto by_library = [&](const std::string& text) -> std::optional<std::string> {
        PhoneNumber number;
        std::string e164;
        if (numbers.Parse(text, "BE", &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
            numbers.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
            return std::nullopt;
        numbers.Format(number, PhoneNumberUtil::E164, &e164);
        return e164;
    };
    std::set<int> countries;
    numbers.GetSupportedCallingCodes(&countries);
    ASSERT_GT(countries.size(), 200U);
    std::uint32_t drawn = 1;
    const auto draw = [&](std::uint32_t bound) {
        drawn = drawn * 1'664'525U + 1'013'904'223U;
        return (drawn >> 8U) % bound;
    };
    for (const int country : countries) {
        for (int round = 0; round < 60; ++round) {
            std::string text = "+" + std::to_string(country);
            const auto digits = 6 + draw(7);
            for (std::uint32_t i = 0; i < digits; ++i) {
                if (draw(4) == 0) text += ' ';
                text += static_cast<char>('0' + (i == 0 ? 1 + draw(9) : draw(10)));
            }
            const auto once = by_library(text);
            // A second prefix is taken off by what this test does not repeat.
            if (once && by_library(*once) != once) continue;
            EXPECT_EQ(phone_e164(text, "BE"), once) << text;
        }
    }
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
