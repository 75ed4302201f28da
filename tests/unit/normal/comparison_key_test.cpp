#include "normal/comparison_key.hpp"

#include "normal/normal_form.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::normal {
namespace {

const LeafSpec& leaf(std::string_view path) {
    return *Catalogue::customer().leaf(path);
}

struct Pair {
    std::string_view path;
    std::string_view a;
    std::string_view b;
};

TEST(Equivalent, SpellingsOfOneValueAre) {
    const std::vector<Pair> pairs{
        {"name", "De Smet & Zonen", "DE SMET & ZONEN"},
        {"name", "Café Léon", "CAFE LEON"},
        {"name", "Straße", "Strasse"},
        {"name", "Łódź", "lodz"},
        {"name", " De  Smet ", "De Smet"},
        {"legal_form", "N.V. ", "N.V."},
        {"legal_form", "Cafe\u0301", "Café"},
        {"notes", "a\r\nb", "a\nb\n"},
        {"emails.main.address", "Info@Example.com", "info@example.COM"},
        {"phones.main.number", "+32 2 501.02.11", "+3225010211"},
        {"addresses.billing.country", "be ", "BE"},
        {"language", "nl-BE", "NL-be"},
        {"commercial.currency", "eur", "EUR"},
        {"identifiers.vat.value", "be 0123.456.749", "BE0123456749"},
        {"identifiers.lei.value", "5493-00ab", "549300AB"},
        {"identifiers.lei.value", "e\u0301-1", "É1"},
        {"commercial.payment_days", "030", "30"},
        {"commercial.discount_percent", "2.50", "2.5"},
        {"commercial.discount_percent", "25e-1", "+2.5"},
        {"commercial.credit_limit", "+0500 eur", "500 EUR"},
        {"consents.mail.at", "2026-03-01T10:30:00+01:00", "2026-03-01T09:30:00.000Z"},
        {"birth_date", " 2026-03-01", "2026-03-01"},
        {"status", "active ", "active"},
        {"tags.vip", "true", " true "},
    };
    for (const Pair& pair : pairs) {
        const LeafSpec& spec = leaf(pair.path);
        EXPECT_TRUE(equivalent(spec, pair.a, pair.b)) << pair.path << ": " << pair.a;
        EXPECT_TRUE(equivalent(spec, pair.b, pair.a)) << pair.path << ": " << pair.b;
        EXPECT_EQ(comparison_key(spec, pair.a), comparison_key(spec, pair.b)) << pair.path;
    }
}

TEST(Equivalent, OtherValuesAreNot) {
    const std::vector<Pair> pairs{
        {"name", "De Smet", "De Smet NV"},
        {"name", "De Smet", "Smet De"},
        {"name", "De Smet", "DeSmet"},
        {"name", "O'Neill", "ONeill"},
        {"name", "Muller", "Mueller"},
        {"name", "か", "が"},
        {"name", "टोगो", "टोंगा"},
        {"legal_form", "nv", "NV"},  // letter case of a plain text counts
        {"legal_form", "Café", "Cafe"},
        {"legal_form", "a b", "ab"},
        {"notes", "a\nb", "a b"},
        {"notes", "a", "A"},
        {"emails.main.address", "info@example.com", "info@example.org"},
        {"phones.main.number", "+3225010211", "3225010211"},
        {"phones.main.number", "+3225010211", "+3225010212"},
        {"addresses.billing.country", "BE", "NL"},
        {"identifiers.vat.value", "BE0123456749", "BE0123456748"},
        {"identifiers.vat.value", "IE9+12345A", "IE9*12345A"},
        {"identifiers.lei.value", "E1", "É1"},
        {"identifiers.lei.value", "0012", "12"},
        {"commercial.discount_percent", "2.5", "2.05"},
        {"commercial.discount_percent", "2.5", "-2.5"},
        {"commercial.credit_limit", "500 EUR", "500 USD"},
        {"commercial.credit_limit", "500 EUR", "5 EUR"},
        {"commercial.credit_limit", "500 EUR", "500"},
        {"consents.mail.at", "2026-03-01T09:30:00Z", "2026-03-01T09:30:00.001Z"},
        {"birth_date", "2026-03-01", "2026-01-03"},
        {"status", "active", "inactive"},
        {"tags.vip", "true", "false"},
    };
    for (const Pair& pair : pairs) {
        const LeafSpec& spec = leaf(pair.path);
        EXPECT_FALSE(equivalent(spec, pair.a, pair.b)) << pair.path << ": " << pair.a;
        EXPECT_NE(comparison_key(spec, pair.a), comparison_key(spec, pair.b)) << pair.path;
    }
}

TEST(Equivalent, DigitsBeyondADoubleStillCount) {
    const LeafSpec& percent = leaf("commercial.discount_percent");
    EXPECT_FALSE(equivalent(percent, "0.10000000000000001", "0.1"));
    const LeafSpec& limit = leaf("commercial.credit_limit");
    EXPECT_FALSE(equivalent(limit, "9007199254740993 EUR", "9007199254740992 EUR"));
}

TEST(Equivalent, TextsThatAreNoValueOfTheTypeEqualThemselves) {
    for (const LeafSpec& spec : Catalogue::customer().leaves()) {
        for (const std::string_view text : {"what is this", "\xFF\xC3", "", "🙂", "1e999"}) {
            EXPECT_TRUE(equivalent(spec, text, text)) << spec.pattern;
            EXPECT_EQ(comparison_key(spec, text), comparison_key(spec, text)) << spec.pattern;
        }
        EXPECT_FALSE(equivalent(spec, "\xFF", "\xFE")) << spec.pattern;
    }
}

Field address() {
    FieldId next{1};
    const auto number_of = [&](std::string_view) { return FieldId{next.number++}; };
    return *make_field(Catalogue::customer(), "addresses.billing", number_of);
}

TEST(Equivalent, AFieldIsComparedPartByPart) {
    const Field field = address();
    const auto of = [&](std::optional<std::string> street, std::optional<std::string> country) {
        FieldValue value = FieldValue::cleared(field.parts.size());
        value.parts.front() = std::move(street);
        value.parts.back() = std::move(country);
        return value;
    };
    EXPECT_TRUE(equivalent(field, of("Kerkstraat  1", "be"), of("Kerkstraat 1", "BE")));
    EXPECT_FALSE(equivalent(field, of("Kerkstraat 1", "BE"), of("Kerkstraat 1", "NL")));
    EXPECT_FALSE(equivalent(field, of("Kerkstraat 1", "BE"), of("Kerkstraat 2", "BE")));
}

TEST(Equivalent, ClearedEqualsOnlyCleared) {
    const Field field = address();
    FieldValue blank = FieldValue::cleared(field.parts.size());
    EXPECT_TRUE(equivalent(field, blank, FieldValue::cleared(field.parts.size())));
    // A value that ends early has nothing in the parts it lacks.
    EXPECT_TRUE(equivalent(field, blank, FieldValue{}));
    FieldValue empty = blank;
    empty.parts[2] = "";
    EXPECT_FALSE(equivalent(field, blank, empty));
    EXPECT_FALSE(equivalent(field, empty, FieldValue{}));
}

}  // namespace
}  // namespace syncline::normal
