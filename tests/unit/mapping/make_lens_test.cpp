#include "mapping/lens.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Options = FlatMap<std::string, std::string>;
using Table = std::vector<std::pair<std::string, std::string>>;

Result<Lens> make(std::string_view path, const LensSetting& setting) {
    return make_lens(setting, {*Catalogue::customer().leaf(path), "BE"}, "systems/erp.json:24");
}

/// The message of a refused lens; "" when it is made.
std::string refusal(
    std::string_view path,
    std::string name,
    Options options = {},
    Table table = {},
    std::vector<std::string> list = {}
) {
    const auto lens =
        make(path, {std::move(name), std::move(options), std::move(table), std::move(list)});
    if (lens) return "";
    EXPECT_EQ(lens.error().code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(lens.error().remedy, Remedy::Reconfigure);
    EXPECT_EQ(lens.error().where, "systems/erp.json:24");
    return lens.error().detail;
}

TEST(MakeLens, EveryNamedLensFitsSomeField) {
    const std::vector<std::string_view> paths{
        "name",
        "phones.main.number",
        "emails.main.address",
        "identifiers.vat.value",
        "birth_date",
        "status",
        "addresses.billing.country",
        "commercial.payment_days",
        "commercial.credit_limit"};
    for (const std::string& name : lens_names()) {
        if (name == "address_lines" || name == "name_parts") continue;
        LensSetting setting{name, {}, {}, {}};
        if (name == "enum" || name == "lookup") setting.table = {{"1", "x"}};
        if (name == "null_as") setting.list = {"-"};
        if (name == "constant" || name == "default") setting.options["value"] = "x";
        if (name == "money") setting.options["currency"] = "EUR";
        EXPECT_TRUE(std::any_of(paths.begin(), paths.end(), [&](std::string_view path) {
            return make(path, setting).has_value();
        })) << name;
    }
    EXPECT_EQ(lens_names().size(), 19U);
}

TEST(MakeLens, AMisspeltNameIsCorrected) {
    EXPECT_EQ(refusal("name", "trimm"), R"(no lens is called "trimm"; did you mean "trim"?)");
    EXPECT_EQ(
        refusal("birth_date", "colapse_space"),
        R"(no lens is called "colapse_space"; did you mean "collapse_spaces"?)"
    );
    EXPECT_EQ(refusal("name", "Phone"), R"(no lens is called "Phone"; did you mean "phone"?)");
    EXPECT_EQ(refusal("name", "xyzxyzxyz"), R"(no lens is called "xyzxyzxyz")");
    EXPECT_EQ(
        refusal("name", "adress_lines"),
        R"(no lens is called "adress_lines"; did you mean "address_lines"?)"
    );
}

TEST(MakeLens, AMisspeltOptionIsCorrected) {
    EXPECT_EQ(
        refusal("phones.main.number", "phone", {{"writes", "national"}}),
        R"(lens phone has no option "writes"; did you mean "write"?)"
    );
    EXPECT_EQ(
        refusal("birth_date", "date", {{"fromat", "DD/MM/YYYY"}}),
        R"(lens date has no option "fromat"; did you mean "format"?)"
    );
    EXPECT_EQ(refusal("name", "trim", {{"left", "true"}}), R"(lens trim has no option "left")");
}

TEST(MakeLens, TablesAndListsBelongToTheLensesThatTakeThem) {
    EXPECT_EQ(refusal("name", "trim", {}, {{"a", "b"}}), "lens trim takes no table");
    EXPECT_EQ(refusal("name", "null_as", {}, {{"a", "b"}}), "lens null_as takes no table");
    EXPECT_EQ(refusal("name", "trim", {}, {}, {"a"}), "lens trim takes no list");
    EXPECT_EQ(refusal("status", "enum", {}, {{"a", "active"}}, {"a"}), "lens enum takes no list");
    EXPECT_EQ(refusal("status", "enum", {{"A", "active"}}), R"(lens enum has no option "A")");
}

TEST(MakeLens, ALensFitsTheTypeOfItsField) {
    const std::vector<std::pair<std::string_view, std::string>> strangers{
        {"name", "phone"},
        {"name", "email"},
        {"phones.main.number", "vat"},
        {"name", "country_code"},
        {"addresses.billing.city", "country_name"},
        {"consents.mail.at", "date"},
        {"commercial.credit_limit", "number"},
        {"commercial.payment_days", "money"},
    };
    for (const auto& [path, name] : strangers)
        EXPECT_EQ(refusal(path, name), "lens " + name + " does not fit a field of this type");
    for (const char* name : {"trim", "collapse_spaces", "upper", "lower"}) {
        for (const LeafSpec& spec : Catalogue::customer().leaves())
            EXPECT_TRUE(make_lens({name, {}, {}, {}}, {spec, "BE"}, "")) << spec.pattern;
    }
}

TEST(MakeLens, AddressLinesAreForAWholeAddress) {
    EXPECT_EQ(
        refusal("addresses.billing.street", "address_lines"),
        "lens address_lines belongs to a whole address, not to one of its parts"
    );
}

TEST(MakeLens, OptionsHaveTheValuesTheyMayHave) {
    for (const char* style : {"e164", "international", "national"})
        EXPECT_EQ(refusal("phones.main.number", "phone", {{"write", style}}), "");
    EXPECT_EQ(
        refusal("phones.main.number", "phone", {{"write", "local"}}),
        "option write of lens phone is e164, international or national"
    );
    for (const char* language : {"", "n", "twelve_chars"})
        EXPECT_EQ(
            refusal("addresses.billing.country", "country_name", {{"language", language}}),
            R"(option language of lens country_name is a language code such as "en")"
        ) << language;
    for (const char* separator : {"", ";", "..", "٫"})
        EXPECT_EQ(
            refusal("commercial.payment_days", "number", {{"decimal_separator", separator}}),
            R"(option decimal_separator of lens number is "." or ",")"
        ) << separator;
}

TEST(MakeLens, MoneyNeedsACurrencyAndAUnit) {
    const std::string currency = R"(option currency of lens money is a code of ISO 4217: "EUR")";
    EXPECT_EQ(refusal("commercial.credit_limit", "money"), currency);
    for (const char* code : {"eur", "EURO", "QQQ", "€"})
        EXPECT_EQ(refusal("commercial.credit_limit", "money", {{"currency", code}}), currency);
    const auto unit = [](const char* word) {
        return refusal("commercial.credit_limit", "money", {{"currency", "EUR"}, {"unit", word}});
    };
    EXPECT_EQ(unit("major"), "");
    EXPECT_EQ(unit("minor"), "");
    EXPECT_EQ(unit("cent"), "option unit of lens money is major or minor");
}

TEST(MakeLens, AnEnumNeedsRowsWithoutRepetition) {
    EXPECT_EQ(refusal("status", "enum"), "lens enum needs a table of remote and own values");
    EXPECT_EQ(
        refusal("status", "enum", {}, {{"A", "active"}, {"I", "inactive"}, {"A", "blocked"}}),
        R"(lens enum has two rows for "A")"
    );
    EXPECT_EQ(refusal("status", "enum", {}, {{"A", "active"}, {"B", "active"}}), "");
}

TEST(MakeLens, ConstantAndDefaultNeedTheirValue) {
    EXPECT_EQ(refusal("name", "constant"), "lens constant needs option value");
    EXPECT_EQ(refusal("name", "constant", {{"value", ""}}), "");  // always blank is a constant
    EXPECT_EQ(refusal("name", "default"), "lens default needs option value");
    EXPECT_EQ(refusal("name", "default", {{"value", ""}}), "lens default needs option value");
}

TEST(MakeLens, NullAsReadsBackWhatItWrites) {
    EXPECT_EQ(refusal("name", "null_as"), "lens null_as needs the list of values that say nothing");
    EXPECT_EQ(
        refusal("name", "null_as", {{"write", "none"}}, {}, {"N/A", "-"}),
        "option write of lens null_as must be one of its values"
    );
    EXPECT_EQ(refusal("name", "null_as", {{"write", "-"}}, {}, {"N/A", "-"}), "");
}

}  // namespace
}  // namespace syncline::mapping
