#include "mapping/lens.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Options = FlatMap<std::string, std::string>;
using Table = std::vector<std::pair<std::string, std::string>>;

/// A lens in front of one leaf of the record, in a Belgian system.
class Before {
public:
    Before(std::string_view path, LensSetting setting)
        : context_{*Catalogue::customer().leaf(path), "BE"}, lens_(made(setting, context_)) {}
    Before(std::string_view path, std::string name, Options options = {})
        : Before(path, LensSetting{std::move(name), std::move(options), {}, {}}) {}

    std::string reads(const Cell& cell) const { return shown(read(lens_, cell, context_)); }
    std::string writes(const Cell& cell) const { return shown(write(lens_, cell, context_)); }
    Error refusal(const Cell& cell) const { return read(lens_, cell, context_).error(); }
    std::string loses() const { return loss(lens_, context_); }

private:
    static Lens made(const LensSetting& setting, const LensContext& context) {
        auto lens = make_lens(setting, context, "erp.json:7");
        if (!lens) {
            ADD_FAILURE() << lens.error().detail;
            return TrimLens{};
        }
        return std::move(lens).value();
    }
    static std::string shown(const Result<Cell>& result) {
        if (!result) return "(" + result.error().detail + ")";
        return result->value_or("(nothing)");
    }

    LensContext context_;
    Lens lens_;
};

Before table(std::string_view path, Table rows) {
    return {path, LensSetting{"enum", {}, std::move(rows), {}}};
}
Before null_as(std::string_view path, std::vector<std::string> values, Options options = {}) {
    return {path, LensSetting{"null_as", std::move(options), {}, std::move(values)}};
}

TEST(Lens, NothingStaysNothing) {
    const std::vector<Before> lenses{
        {"name", "trim"},
        {"name", "collapse_spaces"},
        {"name", "upper"},
        {"name", "lower"},
        {"phones.main.number", "phone"},
        {"emails.main.address", "email"},
        {"identifiers.vat.value", "vat"},
        {"addresses.billing.country", "country_code"},
        {"addresses.billing.country", "country_name"},
        {"birth_date", "date"},
        {"commercial.payment_days", "number"},
        {"commercial.credit_limit", "money", {{"currency", "EUR"}}},
        table("status", {{"A", "active"}}),
        null_as("name", {"N/A"}),
    };
    for (const Before& lens : lenses) {
        EXPECT_EQ(lens.reads(std::nullopt), "(nothing)");
        EXPECT_EQ(lens.writes(std::nullopt), "(nothing)");
    }
}

TEST(Lens, TrimAndCollapseSpacesOnlyRead) {
    const Before trim("name", "trim");
    EXPECT_EQ(trim.reads("  De  Smet \t"), "De  Smet");
    EXPECT_EQ(trim.writes(" as it is "), " as it is ");
    const Before collapse("name", "collapse_spaces");
    EXPECT_EQ(collapse.reads("  De\u00A0  Smet \r\n"), "De Smet");
    EXPECT_EQ(collapse.writes(" as  it is "), " as  it is ");
    EXPECT_EQ(trim.loses() + collapse.loses(), "");
}

TEST(Lens, CaseIsForTheRemoteOnly) {
    const Before upper("legal_form", "upper");
    EXPECT_EQ(upper.writes("Straße é łi"), "STRASSE É ŁI");
    EXPECT_EQ(upper.reads("STRASSE"), "STRASSE");
    const Before lower("legal_form", "lower");
    EXPECT_EQ(lower.writes("ÉA"), "éa");
    EXPECT_EQ(lower.reads("ÉA"), "ÉA");
}

TEST(Lens, CaseIsALossOnlyWhereItCounts) {
    EXPECT_EQ(Before("legal_form", "upper").loses(), "letter case is not kept");
    EXPECT_EQ(Before("notes", "lower").loses(), "letter case is not kept");
    EXPECT_EQ(Before("name", "upper").loses(), "");
    EXPECT_EQ(Before("identifiers.vat.value", "lower").loses(), "");
}

TEST(Lens, PhoneReadsAnySpellingAndWritesItsStyle) {
    struct Style {
        std::string name;
        std::string belgian;
        std::string german;
    };
    const std::vector<Style> styles{
        {"e164", "+3225010211", "+493012345678"},
        {"international", "+32 2 501 02 11", "+49 30 12345678"},
        // A foreign number in its national form would be another number here.
        {"national", "02 501 02 11", "+49 30 12345678"},
    };
    for (const Style& style : styles) {
        const Before phone("phones.main.number", "phone", {{"write", style.name}});
        EXPECT_EQ(phone.writes("+3225010211"), style.belgian);
        EXPECT_EQ(phone.writes("+493012345678"), style.german);
        for (const char* text : {"02/501.02.11", "0032 2 501 02 11", "+3225010211"})
            EXPECT_EQ(phone.reads(text), "+3225010211");
        EXPECT_EQ(phone.reads("ask Anna"), "(the text is not a phone number)");
    }
    EXPECT_EQ(Before("phones.main.number", "phone").writes("+3225010211"), "+3225010211");
}

TEST(Lens, EmailVatAndCountryCodeReadTheNormalForm) {
    const Before email("emails.main.address", "email");
    EXPECT_EQ(email.reads(" Info@Example.COM"), "Info@example.com");
    EXPECT_EQ(email.reads("none"), "(the text is not an e-mail address)");
    EXPECT_EQ(email.writes("Info@example.com"), "Info@example.com");
    const Before vat("identifiers.vat.value", "vat");
    EXPECT_EQ(vat.reads("0123.456.749"), "BE0123456749");
    EXPECT_EQ(vat.reads("none"), "(the text is not a VAT number)");
    EXPECT_EQ(vat.writes("BE0123456749"), "BE0123456749");
    const Before country("addresses.billing.country", "country_code");
    EXPECT_EQ(country.reads("be"), "BE");
    EXPECT_EQ(country.reads("Duitsland"), "DE");
    EXPECT_EQ(country.reads("Atlantis"), "(the text is not a country)");
    EXPECT_EQ(country.writes("BE"), "BE");
}

TEST(Lens, CountryNameSpeaksItsLanguage) {
    const Before dutch("addresses.billing.country", "country_name", {{"language", "nl"}});
    EXPECT_EQ(dutch.writes("DE"), "Duitsland");
    EXPECT_EQ(dutch.reads("duitsland"), "DE");
    EXPECT_EQ(dutch.reads("Germany"), "DE");
    EXPECT_EQ(dutch.reads("DE"), "DE");
    EXPECT_EQ(dutch.reads("Atlantis"), "(the text is not the name of a country)");
    EXPECT_EQ(dutch.writes("XX"), "(the country has no known name)");
    const Before plain("addresses.billing.country", "country_name");
    EXPECT_EQ(plain.writes("DE"), "Germany");
    const Before polish("addresses.billing.country", "country_name", {{"language", "pl"}});
    EXPECT_EQ(polish.writes("BE"), "Belgia");
    EXPECT_EQ(polish.reads("Belgia"), "BE");
    EXPECT_EQ(plain.reads("Belgia"), "(the text is not the name of a country)");
}

TEST(Lens, DateFollowsItsFormat) {
    struct Format {
        std::string format;
        std::string text;
    };
    for (const Format& each : std::vector<Format>{
             {"YYYY-MM-DD", "2026-02-01"},
             {"DD/MM/YYYY", "01/02/2026"},
             {"MM/DD/YYYY", "02/01/2026"},
             {"DD.MM.YYYY", "01.02.2026"},
             {"YYYYMMDD", "20260201"},
             {"le DD-MM, YYYY!", "le 01-02, 2026!"},
         }) {
        const Before date("birth_date", "date", {{"format", each.format}});
        EXPECT_EQ(date.writes("2026-02-01"), each.text);
        EXPECT_EQ(date.reads(each.text), "2026-02-01");
        EXPECT_EQ(date.reads(" " + each.text + "\t"), "2026-02-01");
    }
    const Before date("birth_date", "date", {{"format", "DD/MM/YYYY"}});
    EXPECT_EQ(date.reads("1/2/2026"), "2026-02-01");
    for (const char* text :
         {"2026-02-01",
          "01/02/26",
          "01/02/2026 10:00",
          "01/02",
          "//",
          "/02/2026",
          "001/02/2026",
          "01-02-2026",
          "a1/02/2026",
          "01/02/20266"})
        EXPECT_EQ(date.reads(text), "(the text is not a date written as DD/MM/YYYY)") << text;
    EXPECT_EQ(Before("birth_date", "date").writes("2026-02-01"), "2026-02-01");
}

TEST(Lens, NumberKnowsWhichMarkIsThePoint) {
    struct Case {
        std::string text;
        std::string dot;
        std::string comma;
    };
    const std::string no = "(the text is not a number)";
    for (const Case& each : std::vector<Case>{
             {"12", "12", "12"},
             {"-12", "-12", "-12"},
             {"1.5", "1.5", no},  // not fifteen
             {"1,5", no, "1.5"},
             {"1,500", "1500", "1.5"},
             {"1.500", "1.5", "1500"},
             {"1,234,567.50", "1234567.5", no},
             {"1.234.567,50", no, "1234567.5"},
             {"1 234", "1234", "1234"},
             {"1'234", "1234", "1234"},
             {"12 34", no, no},
             {"1234 567", no, no},
             {" 7 ", "7", "7"},
             {"1,23,456.0", no, no},
             {",5", no, "0.5"},
             {"1,2,3", no, no},
             {"12 EUR", no, no},
             {"1 ", "1", "1"},
             {"1.5e3", "1500", no},
             {"-", no, no},
         }) {
        const Before dot("commercial.discount_percent", "number");
        const Before comma("commercial.discount_percent", "number", {{"decimal_separator", ","}});
        EXPECT_EQ(dot.reads(each.text), each.dot) << each.text;
        EXPECT_EQ(comma.reads(each.text), each.comma) << each.text;
    }
    EXPECT_EQ(Before("commercial.discount_percent", "number").writes("-1234.5"), "-1234.5");
    EXPECT_EQ(
        Before(
            "commercial.discount_percent", "number", {{"decimal_separator", ","}}
        ).writes("-1234.5"),
        "-1234,5"
    );
}

TEST(Lens, MoneyIsInOneCurrencyAndItsDecimals) {
    const Before euro("commercial.credit_limit", "money", {{"currency", "EUR"}});
    EXPECT_EQ(euro.reads("19.99"), "1999 EUR");
    EXPECT_EQ(euro.reads("1e2"), "10000 EUR");
    EXPECT_EQ(euro.reads("-0.005"), "-1 EUR");
    EXPECT_EQ(euro.reads("90071992547409.93"), "9007199254740993 EUR");
    for (const char* text : {"19,99", "19.99 EUR", "1 000", "much"})
        EXPECT_EQ(euro.reads(text), "(the text is not an amount)") << text;
    EXPECT_EQ(euro.writes("1999 EUR"), "19.99");
    EXPECT_EQ(euro.writes("-5 EUR"), "-0.05");
    EXPECT_EQ(euro.writes("1999 USD"), "(the system keeps amounts in EUR only)");
    EXPECT_EQ(euro.loses(), "amounts in EUR only");
    const Before yen("commercial.credit_limit", "money", {{"currency", "JPY"}});
    EXPECT_EQ(yen.reads("1999"), "1999 JPY");
    EXPECT_EQ(yen.writes("1999 JPY"), "1999");
    const Before cents(
        "commercial.credit_limit", "money", {{"currency", "EUR"}, {"unit", "minor"}}
    );
    EXPECT_EQ(cents.reads("1999"), "1999 EUR");
    EXPECT_EQ(cents.writes("1999 EUR"), "1999");
}

TEST(Lens, EnumTranslatesBothWays) {
    const Before status = table("status", {{"A", "active"}, {"B", "active"}, {"X", "archived"}});
    EXPECT_EQ(status.reads("A"), "active");
    EXPECT_EQ(status.reads("B"), "active");
    EXPECT_EQ(status.writes("active"), "A");
    EXPECT_EQ(status.writes("archived"), "X");
    EXPECT_EQ(
        status.reads("Z"),
        "(the value is not in the table of the lens enum; add it with its meaning)"
    );
    EXPECT_EQ(status.reads("a"), status.reads("Z"));
    EXPECT_EQ(
        status.writes("blocked"),
        "(the system has no word for this value; add one to the table of the lens enum)"
    );
    EXPECT_EQ(status.loses(), "no word for prospect, inactive, blocked; read but never written: B");
}

TEST(Lens, EnumReadsAFlagWhateverItsColumnType) {
    const Before flag = table("status", {{"1", "active"}, {"0", "inactive"}});
    for (const char* text : {"1", "true", "1.0", "01"})
        EXPECT_EQ(flag.reads(text), "active") << text;
    for (const char* text : {"0", "false", "0.00"})
        EXPECT_EQ(flag.reads(text), "inactive") << text;
    EXPECT_EQ(flag.writes("active"), "1");
    const Before words = table("status", {{"true", "active"}, {"1", "blocked"}});
    EXPECT_EQ(words.reads("true"), "active");  // its own row before any guess
    EXPECT_EQ(words.reads("1"), "blocked");
}

TEST(Lens, EnumMayHaveARowForNothing) {
    const Before flag = table("roles.supplier", {{"", "false"}, {"S", "true"}});
    EXPECT_EQ(flag.reads(std::nullopt), "false");
    EXPECT_EQ(flag.writes("false"), "");
    EXPECT_EQ(flag.loses(), "nothing is read as false");
}

TEST(Lens, ConstantAlwaysWritesAndNeverReads) {
    const Before constant("status", "constant", {{"value", "CUST"}});
    EXPECT_EQ(constant.writes("active"), "CUST");
    EXPECT_EQ(constant.writes(std::nullopt), "CUST");
    EXPECT_EQ(constant.reads("VEND"), "(nothing)");
    EXPECT_EQ(constant.reads(std::nullopt), "(nothing)");
}

TEST(Lens, DefaultStandsForAnEmptyRemote) {
    const Before standard("addresses.billing.country", "default", {{"value", "NL"}});
    EXPECT_EQ(standard.reads(std::nullopt), "NL");
    EXPECT_EQ(standard.reads("BE"), "BE");
    EXPECT_EQ(standard.writes("NL"), "NL");
    EXPECT_EQ(standard.writes(std::nullopt), "(nothing)");
    EXPECT_EQ(standard.loses(), "nothing is read as NL");
}

TEST(Lens, NullAsKnowsTheWordsForNothing) {
    const Before lens = null_as("name", {"N/A", "-"}, {{"write", "-"}});
    for (const char* text : {"N/A", "n/a", " - "})
        EXPECT_EQ(lens.reads(text), "(nothing)") << text;
    EXPECT_EQ(lens.reads("Acme"), "Acme");
    EXPECT_EQ(lens.reads("N/A Ltd"), "N/A Ltd");
    EXPECT_EQ(lens.writes(std::nullopt), "-");
    EXPECT_EQ(lens.writes("Acme"), "Acme");
    EXPECT_EQ(lens.writes("n/A"), "(the system reads this text as nothing)");
}

TEST(Lens, AFailureIsOfTheMappingAndSetsTheFieldAside) {
    const Error error = Before("phones.main.number", "phone").refusal("ask SECRET");
    EXPECT_EQ(error.code, ErrorCode::MappingFailed);
    EXPECT_EQ(error.remedy, Remedy::Quarantine);
    EXPECT_EQ(error.detail.find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace syncline::mapping
