#include "model/field.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {
namespace {

/// Numbers paths from 1 in the order in which they are asked for, and remembers them.
class Numbering {
public:
    FieldId operator()(const std::string& path) {
        const auto next = static_cast<std::uint32_t>(known_->size() + 1);
        return FieldId{known_->try_emplace(path, next).first->second};
    }

private:
    // Shared between copies, as make_field takes it by value.
    std::shared_ptr<std::map<std::string, std::uint32_t>> known_ =
        std::make_shared<std::map<std::string, std::uint32_t>>();
};

Field field_of(std::string_view path, Numbering numbering = {}) {
    auto field = make_field(Catalogue::customer(), path, numbering);
    EXPECT_TRUE(field) << path;
    return field.value_or(Field{});
}

FieldTable table_of(const std::vector<std::string>& paths) {
    const Numbering numbering;
    std::vector<Field> fields;
    for (const std::string& path : paths)
        fields.push_back(field_of(path, numbering));
    return FieldTable(std::move(fields));
}

TEST(MakeField, APlainFieldHasOnePartWithItsOwnNumber) {
    const Field field = field_of("emails.main.address");
    EXPECT_EQ(field.path, "emails.main.address");
    EXPECT_EQ(field.merge, MergeKind::Register);
    EXPECT_FALSE(field.is_composite());
    ASSERT_EQ(field.parts.size(), 1U);
    EXPECT_EQ(field.parts[0].name, "");
    EXPECT_EQ(field.parts[0].path, field.path);
    EXPECT_EQ(field.parts[0].id, field.id);
    EXPECT_EQ(&field.spec(), Catalogue::customer().leaf("emails.main.address"));
}

TEST(MakeField, ACompositeHasThePartsOfTheCatalogueInTheirOrder) {
    const Field field = field_of("addresses.billing");
    EXPECT_EQ(field.merge, MergeKind::Composite);
    EXPECT_TRUE(field.is_composite());
    std::vector<std::string> names;
    std::set<FieldId> ids{field.id};
    for (const FieldPart& part : field.parts) {
        names.push_back(part.name);
        EXPECT_EQ(part.path, "addresses.billing." + part.name);
        EXPECT_EQ(part.spec, Catalogue::customer().leaf(part.path));
        EXPECT_TRUE(ids.insert(part.id).second) << part.path;
    }
    const std::vector<std::string> in_order{
        "street", "extra", "postcode", "city", "region", "country"};
    EXPECT_EQ(names, in_order);
}

TEST(MakeField, APathOfOnePartMakesTheWholeComposite) {
    const Numbering numbering;
    const Field whole = field_of("addresses.billing", numbering);
    const Field by_part = field_of("addresses.billing.city", numbering);
    EXPECT_EQ(by_part.path, "addresses.billing");
    EXPECT_EQ(by_part.id, whole.id);
    EXPECT_EQ(by_part.parts.size(), whole.parts.size());
}

TEST(MakeField, EachKeyIsAFieldOfItsOwn) {
    const Numbering numbering;
    std::set<FieldId> ids;
    for (const std::string_view path :
         {"addresses.billing", "addresses.shipping", "ext.crm.segment", "ext.erp.segment"})
        EXPECT_TRUE(ids.insert(field_of(path, numbering).id).second) << path;
}

TEST(MakeField, ACustomFieldIsAPlainSensitiveText) {
    const Field field = field_of("ext.crm.segment");
    EXPECT_EQ(field.path, "ext.crm.segment");
    EXPECT_EQ(field.spec().type, ValueType::Text);
    ASSERT_EQ(field.parts.size(), 1U);
    EXPECT_TRUE(field.parts[0].sensitive);
}

TEST(MakeField, SensitivityIsThatOfEachPart) {
    const Field field = field_of("addresses.billing");
    std::map<std::string, bool> sensitive;
    for (const FieldPart& part : field.parts)
        sensitive[part.name] = part.sensitive;
    EXPECT_TRUE(sensitive.at("street"));
    EXPECT_TRUE(sensitive.at("postcode"));
    EXPECT_FALSE(sensitive.at("city"));
    EXPECT_FALSE(sensitive.at("country"));
    EXPECT_FALSE(field_of("status").parts.at(0).sensitive);
}

TEST(MakeField, KnowsNoPathOutsideTheCatalogue) {
    for (const std::string_view path :
         {"",
          "nmae",
          "emails",
          "emails.main",
          "addresses",
          "addresses.billing.planet",
          "ext.crm"}) {
        EXPECT_FALSE(make_field(Catalogue::customer(), path, Numbering{})) << path;
    }
}

TEST(MakeField, RefusesACompositeWithAPartThatIsNoLeaf) {
    static constexpr std::string_view kParts[]{"a", "b"};
    static constexpr LeafSpec kLeaves[]{{"group.*.a", "A"}};
    static constexpr CompositeSpec kComposites[]{{"group.*", "Group", kParts}};
    const Catalogue catalogue(kLeaves, kComposites);
    EXPECT_FALSE(make_field(catalogue, "group.x", Numbering{}));
}

TEST(FieldDomain, IsTheStrictestOfTheParts) {
    static constexpr LeafSpec kGeneral{"a", "A"};
    static constexpr LeafSpec kFinance{
        "b", "B", ValueType::Text, true, IndexKind::None, Domain::Finance};
    static constexpr LeafSpec kIdentity{
        "c", "C", ValueType::Text, true, IndexKind::None, Domain::Identity};
    Field field;
    field.parts = {{"a", "a", FieldId{1}, &kGeneral}};
    EXPECT_EQ(field.domain(), Domain::General);
    field.parts.push_back({"b", "b", FieldId{2}, &kFinance});
    field.parts.push_back({"c", "c", FieldId{3}, &kIdentity});
    EXPECT_EQ(field.domain(), Domain::Finance);
}

TEST(FieldTable, FindsAFieldByNumberAndByPath) {
    const FieldTable table = table_of({"name", "emails.main.address"});
    ASSERT_EQ(table.fields().size(), 2U);
    const Field* email = table.find("emails.main.address");
    ASSERT_NE(email, nullptr);
    EXPECT_EQ(email->path, "emails.main.address");
    EXPECT_EQ(table.find(email->id), email);
    EXPECT_EQ(&table.at(email->id), email);
}

TEST(FieldTable, FindsACompositeByTheLeavesItHolds) {
    const FieldTable table = table_of({"name", "addresses.billing"});
    const Field* address = table.find("addresses.billing");
    ASSERT_NE(address, nullptr);
    EXPECT_EQ(table.find("addresses.billing.city"), address);
    EXPECT_EQ(table.find(address->id), address);
}

TEST(FieldTable, FindsNothingThatIsNotInUse) {
    const FieldTable table = table_of({"name", "addresses.billing"});
    EXPECT_EQ(table.find("status"), nullptr);
    EXPECT_EQ(table.find("addresses.shipping"), nullptr);
    EXPECT_EQ(table.find("addresses.shipping.city"), nullptr);
    EXPECT_EQ(table.find("addresses"), nullptr);
    EXPECT_EQ(table.find(""), nullptr);
    EXPECT_EQ(table.find(FieldId{}), nullptr);
    EXPECT_EQ(table.find(FieldId{999}), nullptr);
    EXPECT_EQ(FieldTable{}.find("name"), nullptr);
}

// The values of a part are bound to its number, but no row is kept under it.
TEST(FieldTable, FindsNoCompositeByTheNumberOfAPart) {
    const FieldTable table = table_of({"addresses.billing"});
    const Field* address = table.find("addresses.billing");
    ASSERT_NE(address, nullptr);
    for (const FieldPart& part : address->parts)
        EXPECT_EQ(table.find(part.id), nullptr) << part.path;
}

TEST(FieldTable, TellsWhichPartAPathIs) {
    const Field address = field_of("addresses.billing");
    for (std::size_t i = 0; i < address.parts.size(); ++i)
        EXPECT_EQ(FieldTable::part_index(address, address.parts[i].path), i);
    EXPECT_EQ(FieldTable::part_index(address, "addresses.billing"), 0U);
    EXPECT_EQ(FieldTable::part_index(field_of("name"), "name"), 0U);
}

TEST(FieldTableDeathTest, AnUnknownNumberIsABrokenInvariant) {
    const FieldTable table = table_of({"name"});
    EXPECT_DEATH(table.at(FieldId{999}), "broken invariant");
}

}  // namespace
}  // namespace syncline
