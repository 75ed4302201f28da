#include "mapping/laws.hpp"

#include "codec/configuration.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

namespace fs = std::filesystem;

using Options = FlatMap<std::string, std::string>;

LensSetting lens(std::string name, Options options = {}) {
    return {std::move(name), std::move(options), {}, {}};
}
LensSetting words(std::vector<std::pair<std::string, std::string>> rows) {
    return {"enum", {}, std::move(rows), {}};
}

MappedFieldSetting entry(
    std::string field,
    std::vector<LensSetting> lenses = {},
    std::vector<std::string> remotes = {"r"}
) {
    MappedFieldSetting setting;
    setting.field = std::move(field);
    setting.remotes = std::move(remotes);
    setting.lenses = std::move(lenses);
    setting.where = "systems/erp.json:12";
    return setting;
}
MappedFieldSetting limited(
    MappedFieldSetting setting, std::uint32_t characters, std::uint32_t bytes
) {
    setting.limit_characters = characters;
    setting.limit_bytes = bytes;
    return setting;
}
MappedFieldSetting directed(MappedFieldSetting setting, MappingDirection direction) {
    setting.direction = direction;
    return setting;
}

/// The fields of the settings, but those that do not exist.
FieldTable fields_of(const SystemSetting& system) {
    SystemSetting known = system;
    std::erase_if(known.mapping, [](const MappedFieldSetting& each) {
        return Catalogue::customer().leaf(each.field) == nullptr &&
               Catalogue::customer().composite(each.field) == nullptr;
    });
    return testing::fields_of(testing::fake_hub({known}));
}

Result<SystemMapping> compiled(
    std::vector<MappedFieldSetting> mapping, const std::string& country = "BE"
) {
    SystemSetting system;
    system.id = SystemId{"erp"};
    system.default_country = country;
    system.mapping = std::move(mapping);
    system.file = "systems/erp.json";
    return SystemMapping::compile(system, fields_of(system));
}

/// What the mapping of its first field gives up.
std::string loss_of(std::vector<MappedFieldSetting> mapping) {
    const auto made = compiled(std::move(mapping));
    return made ? made->fields().front().lossy : "refused: " + made.error().detail;
}

std::string refusal(
    std::vector<MappedFieldSetting> mapping,
    std::string_view where = "systems/erp.json:12",
    const std::string& country = "BE"
) {
    const auto made = compiled(std::move(mapping), country);
    if (made) return "";
    EXPECT_EQ(made.error().code, ErrorCode::ConfigInvalid);
    EXPECT_EQ(made.error().remedy, Remedy::Reconfigure);
    EXPECT_EQ(made.error().where, where);
    return made.error().detail;
}

TEST(Laws, ALosslessMappingHasNothingToSay) {
    EXPECT_EQ(loss_of({entry("name")}), "");
    EXPECT_EQ(loss_of({entry("name", {lens("trim"), lens("collapse_spaces")})}), "");
    EXPECT_EQ(loss_of({entry("name", {lens("upper")})}), "");
    EXPECT_EQ(loss_of({entry("notes")}), "");
    for (const char* style : {"e164", "international", "national"})
        EXPECT_EQ(loss_of({entry("phones.main.number", {lens("phone", {{"write", style}})})}), "");
    EXPECT_EQ(loss_of({entry("emails.main.address", {lens("email"), lens("lower")})}), "");
    EXPECT_EQ(loss_of({entry("identifiers.vat.value", {lens("vat"), lens("lower")})}), "");
    for (const char* language : {"en", "nl", "fr", "de", "pl", "ja"})
        EXPECT_EQ(
            loss_of({entry(
                "addresses.billing.country", {lens("country_name", {{"language", language}})}
            )}),
            ""
        ) << language;
    EXPECT_EQ(loss_of({entry("birth_date", {lens("date", {{"format", "DD/MM/YYYY"}})})}), "");
    EXPECT_EQ(
        loss_of({entry("commercial.payment_days", {lens("number", {{"decimal_separator", ","}})})}),
        ""
    );
    EXPECT_EQ(loss_of({entry("consents.mail.at")}), "");
    EXPECT_EQ(loss_of({entry("language", {lens("upper")})}), "");
    EXPECT_EQ(loss_of({entry("commercial.currency", {lens("lower")})}), "");
    EXPECT_EQ(
        loss_of({entry("commercial.credit_hold", {words({{"J", "true"}, {"N", "false"}})})}), ""
    );
}

TEST(Laws, WhatDoesNotSurviveIsNamed) {
    EXPECT_EQ(loss_of({limited(entry("name"), 30, 0)}), "only 30 characters are kept");
    EXPECT_EQ(
        loss_of({limited(entry("name", {lens("trim")}), 30, 60)}),
        "only 30 characters are kept; only 60 bytes are kept"
    );
    EXPECT_EQ(loss_of({limited(entry("phones.main.number"), 0, 15)}), "only 15 bytes fit");
    EXPECT_EQ(loss_of({entry("legal_form", {lens("upper")})}), "letter case is not kept");
    EXPECT_EQ(
        loss_of({entry("commercial.credit_limit", {lens("money", {{"currency", "EUR"}})})}),
        "amounts in EUR only"
    );
    EXPECT_EQ(
        loss_of({entry("status", {words({{"A", "active"}, {"Z", "active"}, {"P", "prospect"}})})}),
        "no word for inactive, blocked, archived; read but never written: Z"
    );
    EXPECT_EQ(
        loss_of({entry("addresses.billing.country", {lens("default", {{"value", "NL"}})})}),
        "country: nothing is read as NL"
    );
    EXPECT_EQ(
        loss_of(
            {limited(entry("addresses.billing.street"), 20, 0),
             limited(entry("addresses.billing.city", {lens("upper")}, {"c"}), 0, 10)}
        ),
        "street: only 20 characters are kept; "
        "city: letter case is not kept; only 10 bytes are kept"
    );
    LensSetting layout = lens("address_lines");
    layout.list = {"street", "postcode city", "country"};
    EXPECT_EQ(
        loss_of({limited(entry("addresses.billing", {layout}, {"a", "b", "c"}), 35, 40)}),
        "only 35 characters of a line are kept; only 40 bytes of a line are kept; "
        "an address without a country is read as one in BE"
    );
}

TEST(Laws, AValueThatComesBackChangedIsRefused) {
    // The Vietnamese name of Austria reads as the code of Angola.
    EXPECT_EQ(
        refusal({entry("addresses.billing.country", {lens("country_name", {{"language", "vi"}})})}),
        "the mapping of addresses.billing does not round-trip: "
        "the country AT comes back as another value"
    );
    EXPECT_EQ(
        refusal({entry("legal_form", {words({{"1", "NV"}, {" ", "BV"}})})}),
        "the mapping of legal_form does not round-trip: "
        "the table's value \"BV\" comes back as another value"
    );
}

TEST(Laws, AValueThatIsWrittenButNotReadIsRefused) {
    EXPECT_EQ(
        refusal({entry("status", {words({{"A", "activ"}})})}),
        "the mapping of status does not round-trip: the table's value \"activ\" is written but "
        "not read: the text is not one of the field's codes"
    );
    EXPECT_EQ(
        refusal({entry("commercial.payment_days", {words({{"A", "soon"}, {"B", "30"}})})}),
        "the mapping of commercial.payment_days does not round-trip: the table's value \"soon\" is "
        "written but not read: the text is not a whole number"
    );
}

TEST(Laws, AMappingThatHoldsNothingIsRefused) {
    EXPECT_EQ(
        refusal({limited(entry("phones.main.number"), 5, 0)}),
        "the mapping of phones.main.number does not round-trip: "
        "the system could hold none of the values tried"
    );
    // On the way out the case comes first, and no row has it.
    EXPECT_EQ(
        refusal({entry("status", {words({{"A", "active"}}), lens("upper")})}),
        "the mapping of status does not round-trip: "
        "the system could hold none of the values tried"
    );
}

TEST(Laws, ALossExcusesOnlyWhatItSays) {
    // A limit excuses a beginning of the text, not another word of the table.
    EXPECT_EQ(
        refusal({limited(entry("legal_form", {words({{"AB1", "x"}, {"AB", "y"}})}), 2, 0)}),
        "the mapping of legal_form does not round-trip: "
        "the table's value \"x\" comes back as another value"
    );
    // Letter case excuses other letters, not another word.
    EXPECT_EQ(
        refusal({entry("legal_form", {lens("upper"), words({{"1", "NV"}, {" ", "BV"}})})}),
        "the mapping of legal_form does not round-trip: "
        "the table's value \"BV\" comes back as another value"
    );
    // A default excuses that nothing becomes something, not that something becomes it.
    EXPECT_EQ(
        refusal({entry(
            "legal_form", {lens("default", {{"value", "NV"}}), words({{" ", "BV"}, {"NV", "NV"}})}
        )}),
        "the mapping of legal_form does not round-trip: "
        "the table's value \"BV\" comes back as another value"
    );
    // One part's loss excuses nothing of another part.
    EXPECT_EQ(
        refusal(
            {limited(entry("addresses.billing.street"), 20, 0),
             entry(
                 "addresses.billing.country", {lens("country_name", {{"language", "vi"}})}, {"c"}
             )}
        ),
        "the mapping of addresses.billing does not round-trip: "
        "the country AT comes back as another value"
    );
    EXPECT_EQ(
        loss_of({limited(entry("legal_form", {lens("upper")}), 8, 0)}),
        "letter case is not kept; only 8 characters are kept"
    );
    EXPECT_EQ(
        loss_of({limited(entry("name", {lens("upper")}), 3, 0)}), "only 3 characters are kept"
    );
    EXPECT_EQ(
        loss_of({limited(entry("notes", {lens("lower")}), 0, 9)}),
        "letter case is not kept; only 9 bytes are kept"
    );
}

TEST(Laws, AClearedValueIsTriedToo) {
    const LensSetting none{"null_as", {{"write", "N/A"}}, {}, {"N/A"}};
    EXPECT_EQ(loss_of({entry("birth_date", {none, lens("date")})}), "");
    EXPECT_EQ(
        refusal({entry("birth_date", {lens("date"), none})}),
        "the mapping of birth_date does not round-trip: a cleared value cannot be written: "
        "the value is not a date"
    );
    EXPECT_EQ(
        refusal({entry("phones.main.number", {lens("phone"), none})}),
        "the mapping of phones.main.number does not round-trip: "
        "a cleared value is written but not read: the text is not a phone number"
    );
    EXPECT_EQ(
        refusal({entry("addresses.billing.country", {lens("default", {{"value", "Atlantis"}})})}),
        "the mapping of addresses.billing does not round-trip: "
        "a cleared value is written but not read: the text is not a country"
    );
    EXPECT_EQ(
        loss_of({entry("addresses.billing.country", {lens("default", {{"value", "Nederland"}})})}),
        "country: nothing is read as Nederland"
    );
    EXPECT_EQ(
        loss_of({entry("roles.supplier", {words({{"", "false"}, {"S", "true"}})})}),
        "nothing is read as false"
    );
    EXPECT_EQ(
        loss_of({entry("status", {none, lens("default", {{"value", "active"}})})}),
        "nothing is read as active"
    );
    EXPECT_EQ(loss_of({entry("kind", {lens("constant", {{"value", "C"}})})}), "");
    EXPECT_EQ(
        refusal({entry("birth_date", {lens("date"), lens("constant", {{"value", "C"}})})}),
        "the mapping of birth_date does not round-trip: a cleared value cannot be written: "
        "the value is not a date"
    );
}

TEST(Laws, OneWayIsNoRoundTrip) {
    const MappedFieldSetting broken =
        entry("addresses.billing.country", {lens("country_name", {{"language", "vi"}})});
    EXPECT_EQ(loss_of({directed(broken, MappingDirection::In)}), "");
    EXPECT_EQ(loss_of({directed(broken, MappingDirection::Out)}), "");
    const MappedFieldSetting money =
        entry("commercial.credit_limit", {lens("money", {{"currency", "EUR"}})});
    EXPECT_EQ(loss_of({directed(money, MappingDirection::In)}), "");
    EXPECT_EQ(loss_of({directed(money, MappingDirection::Out)}), "amounts in EUR only");
}

TEST(Compile, NamesTheEntryWhoseFieldOrRemoteIsWrong) {
    EXPECT_EQ(
        refusal({entry("phones.main.number"), entry("phones.main.numbr", {}, {"s"})}),
        R"(no field is called "phones.main.numbr"; did you mean "phones.main.number"?)"
    );
    EXPECT_EQ(refusal({entry("xyz")}), R"(no field is called "xyz")");
    EXPECT_EQ(refusal({entry("name", {}, {})}), "the entry names no remote field");
    const std::string odd = "the entry has an empty remote field, or one twice";
    EXPECT_EQ(refusal({entry("name", {}, {""})}), odd);
    EXPECT_EQ(refusal({entry("name", {}, {"a", "a"})}), odd);
    EXPECT_EQ(
        refusal({entry("name", {}, {"a", "b"})}),
        "one part of the record is held by one remote field, not by several; a name "
        "may be divided by the lens name_parts"
    );
}

TEST(Compile, NamesTheEntryWhoseLensIsWrong) {
    EXPECT_EQ(
        refusal({entry("name", {lens("trimm")})}),
        R"(no lens is called "trimm"; did you mean "trim"?)"
    );
    EXPECT_EQ(
        refusal({entry("name", {lens("phone")})}), "lens phone does not fit a field of this type"
    );
    EXPECT_EQ(
        refusal(
            {directed(entry("kind", {lens("constant", {{"value", "x"}})}), MappingDirection::In)}
        ),
        "lens constant is for writing; it reads nothing"
    );
    const std::string alone =
        "a whole address is mapped by the lens address_lines alone; or map its parts one by one";
    EXPECT_EQ(refusal({entry("addresses.billing", {lens("trim")})}), alone);
    EXPECT_EQ(refusal({entry("addresses.billing")}), alone);
    EXPECT_EQ(
        refusal({entry("addresses.billing", {lens("address_lines")})}),
        "the layout of address_lines needs one line for each remote field"
    );
}

TEST(Compile, RefusesEntriesThatContradictEachOther) {
    MappedFieldSetting second = entry("status");
    second.where = "systems/erp.json:13";
    EXPECT_EQ(
        refusal({entry("name"), second}, "systems/erp.json:13"),
        R"(remote field "r" is already written by the entry at systems/erp.json:12)"
    );
    EXPECT_EQ(refusal({entry("name"), directed(second, MappingDirection::In)}), "");
    EXPECT_EQ(refusal({entry("name"), entry("name", {}, {"s"})}), "name is mapped twice");
    LensSetting layout = lens("address_lines");
    layout.list = {"street"};
    const MappedFieldSetting whole = entry("addresses.billing", {layout});
    const MappedFieldSetting part = entry("addresses.billing.city", {}, {"s"});
    const std::string both = "addresses.billing is mapped as a whole and by part";
    EXPECT_EQ(refusal({whole, part}), both);
    EXPECT_EQ(refusal({part, whole}), both);
    EXPECT_EQ(
        refusal({part, directed(entry("addresses.billing.street"), MappingDirection::In)}),
        "the parts of addresses.billing change together, so they have one direction"
    );
}

TEST(Compile, NeedsACountryWherePeopleLeaveItOut) {
    for (const char* path :
         {"phones.main.number", "identifiers.vat.value", "addresses.billing.city"})
        EXPECT_TRUE(refusal({entry(path)}, "systems/erp.json:12", "")
                        .starts_with("the system needs a default_country: ")
        ) << path;
    EXPECT_EQ(refusal({entry("name")}, "", ""), "");
    for (const std::string code : {"QQ", "ZZ", "EU", "UK"})
        EXPECT_EQ(
            refusal({entry("name")}, "systems/erp.json", code),
            "default_country \"" + code +
                "\" is no country; it is a code of ISO 3166-1 alpha-2 such as \"BE\""
        );
}

HubSetting read_hub(const fs::path& folder) {
    auto hub = codec::read_configuration(folder, Catalogue::customer());
    if (!hub) {
        ADD_FAILURE() << hub.error().where << ": " << hub.error().detail;
        return {};
    }
    return std::move(hub).value();
}

TEST(DemoMappings, AllCompileAndNameWhatTheyGiveUp) {
    const HubSetting hub = read_hub(fs::path(REPO_ROOT) / "config/demo");
    const FieldTable fields = testing::fields_of(hub);
    std::map<std::string, std::string> losses;
    for (const SystemSetting& system : hub.systems) {
        const auto mapping = SystemMapping::compile(system, fields);
        ASSERT_TRUE(mapping) << mapping.error().where << ": " << mapping.error().detail;
        for (const MappedField& face : mapping->fields()) {
            if (!face.lossy.empty())
                losses[system.id.text() + " " + fields.at(face.field).path] = face.lossy;
        }
    }
    const std::map<std::string, std::string> expected{
        {"accounting addresses.billing", "an address without a country is read as one in BE"},
        {"erp commercial.credit_limit", "amounts in EUR only"},
        {"helpdesk name", "only 120 bytes are kept"},
        {"helpdesk emails.main.address", "only 120 bytes fit"},
        {"helpdesk phones.main.number", "only 30 bytes fit"},
        {"helpdesk phones.mobile.number", "only 30 bytes fit"},
        {"helpdesk addresses.billing",
         "street: only 200 bytes are kept; postcode: only 16 bytes are kept; "
         "city: only 100 bytes are kept; country: only 50 bytes fit"},
    };
    EXPECT_EQ(losses, expected);
}

TEST(DemoMappings, AMistakeIsFoundByItsFileAndLine) {
    const fs::path folder =
        fs::path(::testing::TempDir()) / ("syncline-lens-" + std::to_string(::getpid()));
    fs::remove_all(folder);
    fs::copy(fs::path(REPO_ROOT) / "config/demo", folder, fs::copy_options::recursive);
    std::ifstream in(folder / "systems/erp.json");
    std::vector<std::string> lines;
    std::size_t changed = 0;
    for (std::string line; std::getline(in, line);) {
        const auto at = line.find("[\"country_code\"]");
        if (at != std::string::npos) {
            line.replace(at, 16, "[\"contry_code\"]");
            changed = lines.size() + 1;
        }
        lines.push_back(line);
    }
    in.close();
    ASSERT_NE(changed, 0U);
    std::ofstream out(folder / "systems/erp.json");
    for (const std::string& line : lines)
        out << line << '\n';
    out.close();
    const HubSetting hub = read_hub(folder);
    const FieldTable fields = testing::fields_of(hub);
    for (const SystemSetting& system : hub.systems) {
        const auto mapping = SystemMapping::compile(system, fields);
        ASSERT_EQ(mapping.has_value(), system.id.text() != "erp");
        if (mapping) continue;
        EXPECT_EQ(
            mapping.error().detail,
            R"(no lens is called "contry_code"; did you mean "country_code"?)"
        );
        const std::string end = "systems/erp.json:" + std::to_string(changed);
        EXPECT_NE(mapping.error().where.find(end), std::string::npos) << mapping.error().where;
    }
    fs::remove_all(folder);
}

}  // namespace
}  // namespace syncline::mapping
