#include "normal/normal_form.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

const LeafSpec& leaf(std::string_view path) {
    return *Catalogue::customer().leaf(path);
}

/// The form of a text in Belgium; "(nothing)" and "(refused)" for the rest.
std::string form(std::string_view path, std::string_view text) {
    const auto result = normal_form(leaf(path), text, "BE");
    if (!result) return "(refused)";
    return result->value_or("(nothing)");
}

struct Case {
    std::string_view text;
    std::string_view expected;
};

void expect_all(std::string_view path, const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        const std::string first = form(path, each.text);
        EXPECT_EQ(first, each.expected) << path << " of \"" << each.text << '"';
        if (first.starts_with('(')) continue;
        EXPECT_EQ(form(path, first), first) << path << ", again";
    }
}

TEST(NormalForm, BlankTextOfAnyTypeSaysNothing) {
    for (const LeafSpec& spec : Catalogue::customer().leaves()) {
        for (const std::string_view blank : {"", " ", "\t\r\n", "\u00A0\u2003", "\u200B\uFEFF"}) {
            const auto result = normal_form(spec, blank, "BE");
            ASSERT_TRUE(result) << spec.pattern;
            EXPECT_FALSE(result->has_value()) << spec.pattern;
        }
    }
}

TEST(NormalForm, TextIsOneLineAndLongTextSeveral) {
    expect_all("legal_form", {{" N.V.\t ", "N.V."}, {"a\nb", "a b"}, {"Cafe\u0301", "Café"}});
    expect_all(
        "name", {{"  De   Smet ", "De Smet"}, {"ACME", "ACME"}, {"東京\u3000商事", "東京 商事"}}
    );
    expect_all("notes", {{"a\r\nb  c\n", "a\nb  c"}, {"\u05E9\u05DC\n", "\u05E9\u05DC"}});
}

TEST(NormalForm, EmailKeepsTheNameAndLowersTheDomain) {
    expect_all(
        "emails.main.address",
        {
            {"Info@Example.COM", "Info@example.com"},
            {" a@b \n", "a@b"},
            {"anna.de-smet+crm@post.example", "anna.de-smet+crm@post.example"},
            {"a@ÉXAMPLE.com", "a@éxample.com"},
            {"a@E\u0301x.com", "a@éx.com"},
            {"@b", "(refused)"},
            {"a@", "(refused)"},
            {"a", "(refused)"},
            {"a@b@c", "(refused)"},
            {"a b@c", "(refused)"},
            {"a@b, c@d", "(refused)"},
            {"a@b;c@d", "(refused)"},
            {"Jan <jan@example.com>", "(refused)"},
        }
    );
}

TEST(NormalForm, PhoneCountryAndVatAreReadForTheCountry) {
    expect_all("phones.main.number", {{"02/501 02 11", "+3225010211"}, {"n/a", "(refused)"}});
    expect_all("identifiers.vat.value", {{"0123.456.749", "BE0123456749"}, {"n/a", "(refused)"}});
    expect_all(
        "addresses.billing.country",
        {{"Duitsland", "DE"}, {"be", "BE"}, {"uk", "GB"}, {"Atlantis", "(refused)"}}
    );
    const auto dutch = normal_form(leaf("phones.main.number"), "020 123 4567", "NL");
    ASSERT_TRUE(dutch);
    EXPECT_EQ(*dutch, "+31201234567");
}

TEST(NormalForm, IdentifierIsUpperCaseLettersAndDigits) {
    expect_all(
        "identifiers.registration.value",
        {
            {"hrb 123-456/b", "HRB123456B"},
            {"BE68 5390 0754 7034", "BE68539007547034"},
            {"straße 1", "STRASSE1"},
            {"é-1", "É1"},
            {"e\u0301-1", "É1"},
            {"東京12", "東京12"},
            {"0012", "0012"},
            {"---", "(refused)"},
        }
    );
}

TEST(NormalForm, LanguageIsATagOfBcp47) {
    expect_all(
        "language",
        {
            {"nl", "nl"},
            {"NL-be", "nl-BE"},
            {"zh-hant-tw", "zh-Hant-TW"},
            {"i-klingon", "tlh"},  // an old tag has a new one
            {"nl_BE", "(refused)"},
            {"Dutch (Belgium)", "(refused)"},
            {"n", "(refused)"},
            {std::string_view("nl\0x", 4), "(refused)"},
            {"en-abcdefgh-abcdefgh-abcdefgh-abcdefgh", "(refused)"},
        }
    );
}

TEST(NormalForm, CurrencyAndMoneyNameACurrency) {
    expect_all(
        "commercial.currency",
        {{"EUR", "EUR"}, {" eur ", "EUR"}, {"€", "(refused)"}, {"QQQ", "(refused)"}}
    );
    expect_all(
        "commercial.credit_limit",
        {
            {"125000 EUR", "125000 EUR"},
            {" +0125000  eur", "125000 EUR"},
            {"-5 JPY", "-5 JPY"},
            {"-0 EUR", "0 EUR"},
            {"9007199254740993 EUR", "9007199254740993 EUR"},
            {"12.50 EUR", "(refused)"},  // minor units have no decimals
            {"125000", "(refused)"},
            {"EUR 125000", "(refused)"},
            {"125000EUR", "(refused)"},
            {"5 EUR EUR", "(refused)"},
            {"1,000 EUR", "(refused)"},
            {"5 QQQ", "(refused)"},
        }
    );
}

TEST(NormalForm, NumbersNeverPassThroughADouble) {
    expect_all(
        "commercial.payment_days",
        {
            {"30", "30"},
            {" 030 ", "30"},
            {"30.0", "30"},
            {"3e1", "30"},
            {"-0", "0"},
            {"9007199254740993", "9007199254740993"},
            {"30.5", "(refused)"},
            {"30 days", "(refused)"},
        }
    );
    expect_all(
        "commercial.discount_percent",
        {
            {"2.50", "2.5"},
            {"0.1000000000000001", "0.1000000000000001"},
            {"2,5", "(refused)"},
            {"2.5%", "(refused)"},
        }
    );
}

TEST(NormalForm, CodeIsSpelledAsTheSchemaDoes) {
    expect_all(
        "status",
        {{"active", "active"}, {" Active ", "active"}, {"ARCHIVED", "archived"}, {"A", "(refused)"}}
    );
    static const std::vector<std::string_view> codes{"AB", "ab"};
    const LeafSpec near{
        "x", "X", ValueType::Code, false, IndexKind::None, Domain::General, 1, 0, codes};
    EXPECT_EQ(*normal_form(near, "ab", ""), "ab");  // the exact one before one of other case
    EXPECT_EQ(*normal_form(near, "Ab", ""), "AB");
}

TEST(NormalForm, DateIsADayOfTheCalendar) {
    expect_all(
        "birth_date",
        {
            {"2026-03-01", "2026-03-01"},
            {" 2024-02-29 ", "2024-02-29"},
            {"2026-03-01T00:00:00Z", "2026-03-01"},
            {"2026-03-01 00:00:00", "2026-03-01"},
            {"2026-02-29", "(refused)"},
            {"2026-13-01", "(refused)"},
            {"2026-00-10", "(refused)"},
            {"2026-04-31", "(refused)"},
            {"2026-3-1", "(refused)"},
            {"20260301", "(refused)"},
            {"01/03/2026", "(refused)"},
            {"2026/03/01", "(refused)"},
            {"2026-03-010", "(refused)"},
            {"2026-03-01 23:59:59.5+02:00", "2026-03-01"},
            {"2026-03-01 or so", "(refused)"},
            {"2026-03-01T", "(refused)"},
            {"2026-03-01 12:30 or so", "(refused)"},
            {"2O26-03-01", "(refused)"},
        }
    );
}

TEST(NormalForm, MomentIsInUtcWithMilliseconds) {
    expect_all(
        "consents.mail.at",
        {
            {"2026-03-01T09:30:00Z", "2026-03-01T09:30:00.000Z"},
            {"2026-03-01t09:30:00.5z", "2026-03-01T09:30:00.500Z"},
            {" 2026-03-01 00:30:00+02:00 ", "2026-02-28T22:30:00.000Z"},
            {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
            {"2026-03-01T09:30:00", "(refused)"},  // a moment somewhere is no moment
            {"2026-02-29T09:30:00Z", "(refused)"},
            {"2026-03-01T24:00:00Z", "(refused)"},
            {"2026-03-01", "(refused)"},
            {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
            {"0000-01-01T00:00:00+00:01", "(refused)"},  // in UTC, the year before 0
            {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
            {"9999-12-31T23:59:59-00:01", "(refused)"},  // in UTC, the year 10000
            {"9999-12-31T23:59:60Z", "(refused)"},
        }
    );
}

TEST(NormalForm, BooleanIsTrueOrFalse) {
    expect_all(
        "commercial.credit_hold",
        {
            {"true", "true"},
            {"TRUE", "true"},
            {"1", "true"},
            {" Yes ", "true"},
            {"false", "false"},
            {"0", "false"},
            {"No", "false"},
            {"2", "(refused)"},
            {"ja", "(refused)"},
            {"on", "(refused)"},
        }
    );
}

TEST(NormalForm, RefusesWhatIsNotUtf8) {
    for (const LeafSpec& spec : Catalogue::customer().leaves()) {
        for (const std::string_view text :
             {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80 1"}) {
            const auto result = normal_form(spec, text, "BE");
            ASSERT_FALSE(result) << spec.pattern;
            EXPECT_EQ(result.error().code, ErrorCode::FieldTypeMismatch);
            EXPECT_EQ(result.error().detail, "the text is not well-formed UTF-8");
        }
    }
}

TEST(NormalForm, CountsCharactersNotBytes) {
    const auto of = [](std::size_t length) {
        std::string text;
        for (std::size_t i = 0; i < length; ++i)
            text += "é";
        return text;
    };
    const LeafSpec& name = leaf("name");
    ASSERT_EQ(name.max_characters, 200U);
    EXPECT_TRUE(normal_form(name, of(200) + "  ", "BE"));
    const auto refused = normal_form(name, of(201), "BE");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, "the text is longer than 200 characters");
    const LeafSpec unlimited{"x", "X", ValueType::LongText};
    EXPECT_TRUE(normal_form(unlimited, std::string(1U << 20U, 'x'), "BE"));
    EXPECT_FALSE(normal_form(unlimited, std::string((1U << 20U) + 1, 'x'), "BE"));
}

TEST(NormalForm, ARefusalNamesTheFieldAndTheTypeAndNeverTheText) {
    struct Refusal {
        std::string_view path;
        std::string_view text;
        std::string_view detail;
    };
    const std::vector<Refusal> refusals{
        {"emails.main.address", "secret", "the text is not an e-mail address"},
        {"phones.main.number", "secret", "the text is not a phone number"},
        {"addresses.billing.country", "secret", "the text is not a country"},
        {"language", "secret words", "the text is not a language tag (BCP 47)"},
        {"commercial.currency", "secret", "the text is not a currency code (ISO 4217)"},
        {"identifiers.vat.value", "secret", "the text is not a VAT number"},
        {"identifiers.lei.value", "-", "the text is not an identifier of letters and digits"},
        {"status", "secret", "the text is not one of the field's codes"},
        {"commercial.payment_days", "secret", "the text is not a whole number"},
        {"commercial.discount_percent", "secret", "the text is not a number"},
        {"commercial.credit_limit",
         "secret",
         "the text is not an amount in minor units with its currency"},
        {"birth_date", "secret", "the text is not a date (YYYY-MM-DD)"},
        {"consents.mail.at",
         "secret",
         "the text is not a moment of the years 0000 to 9999 (RFC 3339)"},
        {"tags.vip", "secret", "the text is not true or false"},
    };
    for (const Refusal& each : refusals) {
        const auto result = normal_form(leaf(each.path), each.text, "BE");
        ASSERT_FALSE(result) << each.path;
        EXPECT_EQ(result.error().code, ErrorCode::FieldTypeMismatch);
        EXPECT_EQ(result.error().remedy, Remedy::Quarantine);
        EXPECT_EQ(result.error().where, leaf(each.path).pattern);
        EXPECT_EQ(result.error().detail, each.detail);
    }
}

}  // namespace
}  // namespace syncline::normal
