#include "model/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {
namespace {

const Catalogue& customer() {
    return Catalogue::customer();
}

std::string pattern_of(std::string_view path) {
    const LeafSpec* leaf = customer().leaf(path);
    return leaf == nullptr ? "none" : std::string(leaf->pattern);
}

// Stable for ever: a number that moves to another field would hand one field's index to the other.
const std::map<std::uint32_t, std::string> kNumbers{
    {1, "kind"},
    {2, "name"},
    {3, "legal_form"},
    {4, "status"},
    {5, "lifecycle_stage"},
    {6, "language"},
    {7, "website"},
    {8, "birth_date"},
    {9, "notes"},
    {10, "preferred_channel"},
    {20, "emails.*.address"},
    {21, "phones.*.number"},
    {30, "addresses.*.street"},
    {31, "addresses.*.extra"},
    {32, "addresses.*.postcode"},
    {33, "addresses.*.city"},
    {34, "addresses.*.region"},
    {35, "addresses.*.country"},
    {40, "identifiers.vat.value"},
    {41, "identifiers.registration.value"},
    {42, "identifiers.lei.value"},
    {43, "identifiers.duns.value"},
    {44, "identifiers.customer_number.value"},
    {45, "identifiers.*.value"},
    {50, "roles.*"},
    {51, "relations.*.kind"},
    {52, "relations.*.record"},
    {60, "consents.*.status"},
    {61, "consents.*.legal_basis"},
    {62, "consents.*.evidence"},
    {63, "consents.*.at"},
    {70, "commercial.currency"},
    {71, "commercial.payment_terms"},
    {72, "commercial.payment_days"},
    {73, "commercial.credit_limit"},
    {74, "commercial.credit_hold"},
    {75, "commercial.discount_percent"},
    {76, "commercial.bank_accounts.*.iban"},
    {77, "commercial.bank_accounts.*.bic"},
    {80, "tags.*"},
    {90, "ext.*.*"}};

TEST(CustomerCatalogue, LeavesKeepTheirNumbers) {
    std::map<std::uint32_t, std::string> numbers;
    for (const LeafSpec& leaf : customer().leaves())
        numbers[leaf.number] = leaf.pattern;
    for (const auto& [number, pattern] : kNumbers)
        EXPECT_EQ(numbers[number], pattern);
}

TEST(CustomerCatalogue, NumbersAndPatternsAreUnique) {
    std::set<std::uint32_t> numbers;
    std::set<std::string_view> patterns;
    for (const LeafSpec& leaf : customer().leaves()) {
        EXPECT_TRUE(numbers.insert(leaf.number).second) << leaf.pattern;
        EXPECT_TRUE(patterns.insert(leaf.pattern).second) << leaf.pattern;
        EXPECT_GT(leaf.number, 0U) << leaf.pattern;
    }
}

TEST(CustomerCatalogue, HoldsEveryLeafOfTheSchema) {
    std::ifstream in(REPO_ROOT "/schemas/customer.json");
    const std::string schema{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    constexpr std::string_view kMark = "\"x-number\":";
    std::set<std::uint32_t> in_schema;
    for (auto at = schema.find(kMark); at != std::string::npos; at = schema.find(kMark, at + 1))
        in_schema.insert(static_cast<std::uint32_t>(std::stoul(schema.substr(at + kMark.size()))));
    std::set<std::uint32_t> in_catalogue;
    for (const LeafSpec& leaf : customer().leaves())
        in_catalogue.insert(leaf.number);
    EXPECT_FALSE(in_schema.empty());
    EXPECT_EQ(in_catalogue, in_schema);
}

TEST(CustomerCatalogue, PersonalDataIsSensitive) {
    std::set<std::string_view> in_clear;
    for (const LeafSpec& leaf : customer().leaves()) {
        if (!leaf.sensitive) in_clear.insert(leaf.pattern);
    }
    // Whoever adds to this list says that the field names nobody.
    const std::set<std::string_view> allowed{
        "kind",
        "legal_form",
        "status",
        "lifecycle_stage",
        "language",
        "website",
        "preferred_channel",
        "addresses.*.city",
        "addresses.*.region",
        "addresses.*.country",
        "identifiers.customer_number.value",
        "roles.*",
        "relations.*.kind",
        "relations.*.record",
        "consents.*.status",
        "consents.*.legal_basis",
        "consents.*.at",
        "commercial.currency",
        "commercial.payment_terms",
        "commercial.payment_days",
        "commercial.credit_limit",
        "commercial.credit_hold",
        "commercial.discount_percent",
        "tags.*"};
    EXPECT_EQ(in_clear, allowed);
}

TEST(CustomerCatalogue, OnlyOfficialIdentifiersBelongToOneCustomerAlone) {
    std::set<std::string_view> strong;
    for (const LeafSpec& leaf : customer().leaves()) {
        if (leaf.index == IndexKind::Strong) strong.insert(leaf.pattern);
    }
    const std::set<std::string_view> official{
        "identifiers.vat.value",
        "identifiers.registration.value",
        "identifiers.lei.value",
        "identifiers.duns.value"};
    EXPECT_EQ(strong, official);
    EXPECT_EQ(customer().leaf("emails.main.address")->index, IndexKind::Blind);
    EXPECT_EQ(customer().leaf("phones.main.number")->index, IndexKind::Blind);
    EXPECT_EQ(customer().leaf("name")->index, IndexKind::None);
}

TEST(CustomerCatalogue, CarriesTypeDomainLimitAndCodesOfALeaf) {
    const LeafSpec* credit = customer().leaf("commercial.credit_limit");
    ASSERT_NE(credit, nullptr);
    EXPECT_EQ(credit->type, ValueType::Money);
    EXPECT_EQ(credit->domain, Domain::Finance);
    EXPECT_EQ(credit->max_characters, 40U);
    const LeafSpec* status = customer().leaf("status");
    ASSERT_NE(status, nullptr);
    EXPECT_EQ(status->type, ValueType::Code);
    EXPECT_EQ(status->domain, Domain::General);
    EXPECT_EQ(
        std::vector<std::string_view>(status->codes.begin(), status->codes.end()),
        (std::vector<std::string_view>{"prospect", "active", "inactive", "blocked", "archived"})
    );
    EXPECT_EQ(customer().leaf("consents.newsletter_email.status")->domain, Domain::Consent);
    EXPECT_EQ(customer().leaf("birth_date")->domain, Domain::Identity);
}

TEST(CustomerCatalogue, ACodeHasCodesAndNothingElseHas) {
    for (const LeafSpec& leaf : customer().leaves())
        EXPECT_EQ(leaf.type == ValueType::Code, !leaf.codes.empty()) << leaf.pattern;
}

TEST(CatalogueLeaf, IsFoundByAConcretePath) {
    EXPECT_EQ(pattern_of("name"), "name");
    EXPECT_EQ(pattern_of("emails.main.address"), "emails.*.address");
    EXPECT_EQ(pattern_of("emails.2nd_line.address"), "emails.*.address");
    EXPECT_EQ(pattern_of("commercial.bank_accounts.main.iban"), "commercial.bank_accounts.*.iban");
}

TEST(CatalogueLeaf, ANamedKeyGoesBeforeAnyKey) {
    EXPECT_EQ(pattern_of("identifiers.vat.value"), "identifiers.vat.value");
    EXPECT_EQ(pattern_of("identifiers.club_card.value"), "identifiers.*.value");
    constexpr LeafSpec kSpecs[]{{"a.*", "Any"}, {"a.*", "Second"}, {"a.b", "Named"}};
    const Catalogue catalogue(kSpecs, {});
    EXPECT_EQ(catalogue.leaf("a.b")->title, "Named");
    EXPECT_EQ(catalogue.leaf("a.c")->title, "Any");
}

TEST(CatalogueLeaf, CustomFieldsLieUnderExtWithANamespace) {
    const LeafSpec* custom = customer().leaf("ext.crm.segment");
    ASSERT_NE(custom, nullptr);
    EXPECT_EQ(custom->number, 90U);
    EXPECT_TRUE(custom->sensitive);
    EXPECT_EQ(custom->type, ValueType::Text);
    EXPECT_EQ(customer().leaf("ext.segment"), nullptr);
    EXPECT_EQ(customer().leaf("ext.crm.segment.name"), nullptr);
}

TEST(CatalogueLeaf, IsNoGroupAndNoPattern) {
    for (const std::string_view path :
         {"emails",
          "emails.main",
          "addresses.billing",
          "emails.*.address",
          "name.first",
          "emails.main.addres",
          "Name",
          "emails.Main.address",
          "emails..address",
          ""})
        EXPECT_EQ(customer().leaf(path), nullptr) << path;
}

TEST(CatalogueComposite, IsFoundByAConcretePath) {
    const CompositeSpec* address = customer().composite("addresses.billing");
    ASSERT_NE(address, nullptr);
    EXPECT_EQ(
        std::vector<std::string_view>(address->parts.begin(), address->parts.end()),
        (std::vector<std::string_view>{"street", "extra", "postcode", "city", "region", "country"})
    );
    for (const std::string_view path :
         {"addresses", "addresses.*", "addresses.billing.city", "emails.main", "name"})
        EXPECT_EQ(customer().composite(path), nullptr) << path;
}

TEST(CatalogueComposite, EachPartIsALeaf) {
    for (const CompositeSpec& composite : customer().composites()) {
        for (const std::string_view part : composite.parts) {
            const std::string pattern = std::string(composite.pattern) + "." + std::string(part);
            const auto leaves = customer().leaves();
            EXPECT_TRUE(std::any_of(leaves.begin(), leaves.end(), [&](const LeafSpec& leaf) {
                return leaf.pattern == pattern;
            })) << pattern;
        }
    }
}

TEST(CatalogueComposite, HoldsItsLeavesOnly) {
    EXPECT_EQ(customer().composite_of("addresses.billing.city"), "addresses.billing");
    EXPECT_EQ(customer().composite_of("addresses.billing.planet"), std::nullopt);
    EXPECT_EQ(customer().composite_of("addresses.billing"), std::nullopt);
    EXPECT_EQ(customer().composite_of("emails.main.address"), std::nullopt);
    EXPECT_EQ(customer().composite_of("name"), std::nullopt);
    EXPECT_EQ(customer().composite_of(""), std::nullopt);
}

TEST(CatalogueSuggestion, NamesTheNearestPathAndKeepsTheKey) {
    EXPECT_EQ(customer().suggestion("nmae"), "name");
    EXPECT_EQ(customer().suggestion("emails.main.adress"), "emails.main.address");
    EXPECT_EQ(customer().suggestion("email.office.address"), "emails.office.address");
    EXPECT_EQ(customer().suggestion("adresses.billing"), "addresses.billing");
    EXPECT_EQ(customer().suggestion("adresses.billing.city"), "addresses.billing.city");
}

TEST(CatalogueSuggestion, PutsAKeyWhereNoneCanStay) {
    EXPECT_EQ(customer().suggestion("emails.*.address"), "emails.main.address");
}

TEST(CatalogueSuggestion, IsEmptyWhenNothingIsNear) {
    EXPECT_EQ(customer().suggestion("zzzzzzzz"), "");
}

TEST(Path, HasSegmentsOfSmallLettersDigitsAndUnderscores) {
    for (const std::string_view path : {"a", "a.b", "9.0", "a_b.c_", "1st.2nd"})
        EXPECT_TRUE(is_well_formed_path(path)) << path;
    for (const std::string_view path :
         {"",
          ".",
          "a.",
          ".a",
          "a..b",
          "A",
          "a b",
          "a-b",
          "_a",
          "a._b",
          "*",
          "a.*",
          "\u00E9",
          "a\n"})
        EXPECT_FALSE(is_well_formed_path(path)) << path;
    EXPECT_FALSE(is_well_formed_path(std::string_view("a\0", 2)));
}

TEST(Path, HasAtMostEightSegmentsOfSixtyFourCharacters) {
    EXPECT_TRUE(is_well_formed_path("a.a.a.a.a.a.a.a"));
    EXPECT_FALSE(is_well_formed_path("a.a.a.a.a.a.a.a.a"));
    const std::string longest(64, 'x');
    EXPECT_TRUE(is_well_formed_path("a." + longest));
    EXPECT_FALSE(is_well_formed_path("a." + longest + "x"));
}

TEST(PathPattern, AStarStandsForOneSegment) {
    EXPECT_TRUE(matches_pattern("a.*.b", "a.x.b"));
    EXPECT_TRUE(matches_pattern("*", "a"));
    EXPECT_FALSE(matches_pattern("a.*.b", "a.b"));
    EXPECT_FALSE(matches_pattern("a.*.b", "a.x.y.b"));
    EXPECT_FALSE(matches_pattern("a.*", "a.x.y"));
    EXPECT_FALSE(matches_pattern("a.*", "a"));
    EXPECT_FALSE(matches_pattern("a.*.b", "a.x.c"));
}

TEST(PathPattern, MatchesNoMalformedPath) {
    EXPECT_FALSE(matches_pattern("*", "A"));
    EXPECT_FALSE(matches_pattern("*", "*"));
    EXPECT_FALSE(matches_pattern("a.*", "a."));
}

}  // namespace
}  // namespace syncline
