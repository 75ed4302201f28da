#include "normal/country.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

TEST(Country, ReadsCodesNamesAndWhatPeopleSay) {
    struct Case {
        std::string_view code;
        std::vector<std::string_view> texts;
    };
    const std::vector<Case> cases{
        {"BE",
         {"BE",
          "be",
          " BE ",
          "BEL",
          "bel",
          "B.E.",
          "Belgium",
          "BELGIUM",
          "België",
          "Belgie",
          "Belgique",
          "Belgien",
          "Bélgica",
          "Belgio"}},
        {"DE", {"DE", "DEU", "Germany", "Deutschland", "Allemagne", "Duitsland", "Germania"}},
        {"NL", {"NL", "NLD", "Netherlands", "the Netherlands", "Holland", "Pays-Bas", "Nederland"}},
        {"GB",
         {"GB",
          "GBR",
          "UK",
          "U.K.",
          "United Kingdom",
          "England",
          "Scotland",
          "Wales",
          "Great Britain"}},
        {"US", {"US", "USA", "U.S.A.", "United States", "United States of America", "America"}},
        {"CI", {"Côte d’Ivoire", "Cote d'Ivoire", "COTE DIVOIRE", "Ivory Coast"}},
        {"GR", {"GR", "EL", "Greece", "Ελλάδα"}},  // EL is Greece's prefix of VAT numbers
        {"CZ", {"Czechia", "Czech Republic", "Česko"}},
        {"TR", {"Turkey", "Türkiye"}},
        {"JP", {"日本", "Japan", "Giappone"}},
        {"EG", {"مصر", "Egypt"}},
        {"RU", {"Россия", "Russia"}},
        {"XK", {"XK", "Kosovo"}},
        {"ES", {"Canary Islands", "Canarias", "IC", "Ceuta & Melilla"}},  // parts of Spain
    };
    for (const Case& each : cases) {
        for (const std::string_view text : each.texts)
            EXPECT_EQ(country_code(text, "en"), each.code) << text;
    }
}

TEST(Country, ReadsNamesInTheLanguageAskedFor) {
    EXPECT_EQ(country_code("Belgia", "pl"), "BE");
    EXPECT_EQ(country_code("Belgia", "en"), std::nullopt);
    EXPECT_EQ(country_code("比利时", "zh"), "BE");
    EXPECT_EQ(country_code("Belgium", "zh"), "BE");
    EXPECT_EQ(country_code("Belgium", "no such language"), "BE");
    EXPECT_EQ(country_code("Belgium", ""), "BE");
}

TEST(Country, RefusesWhatIsNoCountry) {
    for (const std::string_view text :
         {"",
          " ",
          "-",
          "XX",
          "ZZ",
          "EU",
          "Atlantis",
          "Brussels",
          "Belgium, Europe",
          "1000",
          "\xFF"})
        EXPECT_EQ(country_code(text, "en"), std::nullopt) << text;
    EXPECT_EQ(country_code(std::string(95, ' ') + "BE", "en"), "BE");
    EXPECT_EQ(country_code(std::string(101, ' ') + "BE", "en"), std::nullopt);
}

TEST(Country, NamesACodeInALanguage) {
    EXPECT_EQ(country_name("BE", "en"), "Belgium");
    EXPECT_EQ(country_name("BE", "nl"), "België");
    EXPECT_EQ(country_name("BE", "fr"), "Belgique");
    EXPECT_EQ(country_name("BE", "no such language"), "Belgium");
    for (const std::string_view code : {"", "B", "be", "BEL", "XX", "12"})
        EXPECT_EQ(country_name(code, "en"), "") << code;
}

TEST(Country, OnlyCountriesHaveACountrysCode) {
    for (const std::string_view code : {"BE", "NL", "GB", "CI", "XK", "AQ"})
        EXPECT_TRUE(is_country_code(code)) << code;
    for (const std::string_view code :
         {"ZZ", "EU", "EZ", "UN", "XA", "QQ", "UK", "IC", "EA", "DG", "be", "B", ""}) {
        EXPECT_FALSE(is_country_code(code)) << code;
        EXPECT_EQ(country_name(code, "en"), "") << code;
    }
}

/// Every code there is.
std::vector<std::string> codes() {
    std::vector<std::string> found;
    for (char first = 'A'; first <= 'Z'; ++first) {
        for (char second = 'A'; second <= 'Z'; ++second) {
            const std::string code{first, second};
            if (country_code(code, "en") == code) found.push_back(code);
        }
    }
    return found;
}

// A mapping writes names and reads them again: no two countries may share one.
TEST(Country, EveryNameReadsAsItsCountry) {
    const std::vector<std::string> all = codes();
    EXPECT_GE(all.size(), 249U);
    for (const std::string_view language :
         {"en",
          "nl",
          "fr",
          "de",
          "es",
          "it",
          "pt",
          "da",
          "sv",
          "pl",
          "el",
          "ru",
          "ar",
          "ja",
          "hi",
          "th",
          "zh"}) {
        for (const std::string& code : all) {
            const std::string name = country_name(code, language);
            EXPECT_EQ(country_code(name, language), code) << name << " in " << language;
        }
    }
}

// The Vietnamese name of Austria, folded, is the code of Angola.
TEST(Country, ACodeIsReadBeforeAnyName) {
    for (const std::string& code : codes())
        EXPECT_EQ(country_code(code, "vi"), code);
    EXPECT_EQ(country_code("NGA", "vi"), "NG");
}

}  // namespace
}  // namespace syncline::normal
