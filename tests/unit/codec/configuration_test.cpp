#include "codec/configuration.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr std::string_view kHub =
    R"({ "hub": { "id": "demo", "default_country": "BE" }, "systems": ["systems/*.json"])";
constexpr std::string_view kRest =
    R"("connector": "sql", "mapping": { "customer": [{ "field": "name", "remote": "n" }] } })";

class ConfigurationTest : public ::testing::Test {
protected:
    ConfigurationTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(::testing::TempDir()) / (std::string("configuration_") + test->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "systems");
        add_system("erp");
        add_system("desk");
    }
    ~ConfigurationTest() override { fs::remove_all(folder_); }

    void write(const std::string& file, std::string_view text) {
        std::ofstream(folder_ / file, std::ios::binary) << text;
    }
    void add_system(const std::string& name) {
        write(
            "systems/" + name + ".json", "{ \"system\": \"" + name + "\",\n" + std::string(kRest)
        );
    }
    Result<HubSetting> read(std::string_view hub) {
        write("hub.json", hub);
        return read_configuration(folder_, Catalogue::customer());
    }
    /// With further members, which begin on line 2.
    Result<HubSetting> read_with(const std::string& members) {
        return read(std::string(kHub) + ",\n" + members + " }");
    }
    /// What is wrong, one mistake a line, files without the folder.
    std::string problems_of(const Result<HubSetting>& result) {
        if (result) return "accepted";
        EXPECT_EQ(result.error().code, ErrorCode::ConfigInvalid);
        EXPECT_EQ(result.error().remedy, Remedy::Reconfigure);
        std::string text = result.error().where + ": " + result.error().detail;
        const std::string folder = folder_.string() + "/";
        for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder))
            text.erase(at, folder.size());
        return text;
    }
    /// Further members on line 2, each with what is wrong about them.
    void expect_refused(const std::vector<std::pair<std::string, std::string>>& mistakes) {
        for (const auto& [members, problem] : mistakes)
            EXPECT_EQ(problems_of(read_with(members)), "hub.json:2: " + problem);
    }

    fs::path folder_;
};

Strings names(const std::vector<SystemId>& ids) {
    Strings names;
    for (const SystemId& id : ids)
        names.push_back(id.text());
    return names;
}

Strings names(const std::vector<SystemSetting>& systems) {
    Strings names;
    for (const SystemSetting& system : systems)
        names.push_back(system.id.text());
    return names;
}

TEST_F(ConfigurationTest, HasDefaultsForWhatIsNotWritten) {
    const auto hub = read(std::string(kHub) + "}");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(hub->id, "demo");
    EXPECT_EQ(hub->default_country, "BE");
    EXPECT_EQ(hub->time_zone, "UTC");
    EXPECT_EQ(hub->store_folder, (folder_ / "data").string());
    EXPECT_EQ(hub->root_key.file, (folder_ / "root.key").string());
    EXPECT_TRUE(hub->policies.empty());
    EXPECT_TRUE(hub->association.empty());
    EXPECT_TRUE(hub->clear_text_fields.empty());
    EXPECT_EQ(hub->creates.count, 0U);
}

TEST_F(ConfigurationTest, ReadsSystemFilesInTheOrderOfTheirNames) {
    write("systems/.hidden.json", "no JSON");
    write("systems/notes.txt", "no JSON");
    const auto hub = read(std::string(kHub) + "}");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(names(hub->systems), (Strings{"desk", "erp"}));
    EXPECT_EQ(names(hub->order), (Strings{"desk", "erp"}));
}

TEST_F(ConfigurationTest, TheOrderSortsTheSystemsAndTheRestFollows) {
    add_system("crm");
    const auto hub = read_with(R"("order": ["erp"])");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(names(hub->order), (Strings{"erp", "crm", "desk"}));
    EXPECT_EQ(names(hub->systems), (Strings{"erp", "crm", "desk"}));
}

TEST_F(ConfigurationTest, ASystemWithoutACountryTakesTheHubs) {
    write(
        "systems/erp.json", R"({ "system": "erp", "default_country": "NL", )" + std::string(kRest)
    );
    const auto hub = read(std::string(kHub) + "}");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(hub->systems[0].default_country, "BE");
    EXPECT_EQ(hub->systems[1].default_country, "NL");
}

TEST_F(ConfigurationTest, PathsStartAtTheFolderOfTheHub) {
    const auto hub = read_with(
        R"("store": { "sqlite": { "folder": "../state" } },
           "keys": { "root": { "file": "/k/key" } })"
    );
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(hub->store_folder, (folder_.parent_path() / "state").string());
    EXPECT_EQ(hub->root_key.file, "/k/key");
}

TEST_F(ConfigurationTest, ARootKeyMayBeAPassphrase) {
    const auto key = [&](const std::string& passphrase) {
        return read_with("\"keys\": { \"root\": { \"passphrase\": " + passphrase + " } }");
    };
    auto hub = key("\"ask\"");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(hub->root_key.passphrase, "ask");
    EXPECT_EQ(hub->root_key.file, "");
    hub = key("{ \"$secret\": \"env:HUB\" }");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(hub->root_key.passphrase, "env:HUB");
    hub = key("{ \"$secret\": \"file:secrets/hub\" }");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(hub->root_key.passphrase, "file:" + (folder_ / "secrets/hub").string());
}

TEST_F(ConfigurationTest, APassphraseDoesNotStandInTheConfiguration) {
    EXPECT_EQ(
        problems_of(read_with(R"("keys": { "root": { "passphrase": "correct horse battery" } })")),
        "hub.json:2: a passphrase does not stand in the configuration: \"ask\", or a reference "
        "such "
        "as { \"$secret\": \"env:NAME\" } (at /keys/root/passphrase)"
    );
    EXPECT_EQ(
        problems_of(read_with(R"("keys": { "root": { "passphrase": "ask", "file": "k" } })")),
        "hub.json:2: a root key comes from a file or from a passphrase (at /keys/root)"
    );
    EXPECT_EQ(
        problems_of(read_with(R"("keys": { "root": { "passphrase": { "$secret": "x" } } })")),
        "hub.json:2: a secret begins with file:, env: or credential: (at /keys/root/passphrase)"
    );
}

TEST_F(ConfigurationTest, AHubMayHaveNoSystemYet) {
    fs::remove(folder_ / "systems/erp.json");
    fs::remove(folder_ / "systems/desk.json");
    const auto hub = read(std::string(kHub) + "}");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_TRUE(hub->systems.empty());
}

TEST_F(ConfigurationTest, ASystemMayBeObserved) {
    write("systems/erp.json", R"({ "system": "erp", "observe": true, )" + std::string(kRest));
    const auto hub = read(std::string(kHub) + "}");
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_FALSE(hub->systems[0].observe);
    EXPECT_TRUE(hub->systems[1].observe);
}

TEST_F(ConfigurationTest, ReadsPolicies) {
    const auto hub = read_with(R"("policies": {
        "*": "keep",
        "identifiers.*": { "policy": "authority", "systems": ["erp", "desk"],
                           "otherwise": { "policy": "newest", "on_undecided": "review" } },
        "addresses.billing": { "policy": "union" },
        "name": { "policy": "newest", "on_undecided": "order" },
        "ext.crm.*": "review" })");
    ASSERT_TRUE(hub) << problems_of(hub);
    ASSERT_EQ(hub->policies.size(), 5U);
    EXPECT_EQ(hub->policies[0].pattern, "*");
    EXPECT_EQ(hub->policies[0].kind, PolicyKind::Keep);
    const PolicySetting& authority = hub->policies[1];
    EXPECT_EQ(authority.pattern, "identifiers.*");
    EXPECT_EQ(authority.kind, PolicyKind::Authority);
    EXPECT_EQ(names(authority.systems), (Strings{"erp", "desk"}));
    ASSERT_NE(authority.otherwise, nullptr);
    EXPECT_EQ(authority.otherwise->kind, PolicyKind::Newest);
    EXPECT_EQ(authority.otherwise->on_undecided, Undecided::Review);
    EXPECT_FALSE(authority.on_undecided);
    EXPECT_EQ(hub->policies[2].kind, PolicyKind::Union);
    EXPECT_EQ(hub->policies[3].kind, PolicyKind::Newest);
    EXPECT_EQ(hub->policies[3].on_undecided, Undecided::Order);
    EXPECT_EQ(hub->policies[4].kind, PolicyKind::Review);
}

TEST_F(ConfigurationTest, ReadsRungsThresholdsAndFieldsInClear) {
    const auto hub = read_with(R"("association": [
            { "match": ["emails.main.address", "name"], "from": ["desk"], "then": "link" },
            { "match": ["name"], "then": "review" }],
        "thresholds": { "creates": { "count": 1, "percent": 2 }, "updates": { "count": 3 },
                        "clears": { "percent": 100 }, "deletes": { "count": 5 },
                        "same_value": { "count": 7, "percent": 9 } },
        "encryption": { "off": ["addresses.billing.street", "name"] })");
    ASSERT_TRUE(hub) << problems_of(hub);
    ASSERT_EQ(hub->association.size(), 2U);
    EXPECT_EQ(hub->association[0].match, (Strings{"emails.main.address", "name"}));
    EXPECT_EQ(names(hub->association[0].from), (Strings{"desk"}));
    EXPECT_EQ(hub->association[0].then, RungSetting::Then::Link);
    EXPECT_EQ(hub->association[1].then, RungSetting::Then::Review);
    EXPECT_TRUE(hub->association[1].from.empty());
    EXPECT_EQ(hub->creates.count, 1U);
    EXPECT_EQ(hub->creates.percent, 2U);
    EXPECT_EQ(hub->updates.count, 3U);
    EXPECT_EQ(hub->updates.percent, 0U);
    EXPECT_EQ(hub->clears.percent, 100U);
    EXPECT_EQ(hub->deletes.count, 5U);
    EXPECT_EQ(hub->same_value.count, 7U);
    EXPECT_EQ(hub->same_value.percent, 9U);
    EXPECT_EQ(hub->clear_text_fields, (Strings{"addresses.billing.street", "name"}));
}

TEST_F(ConfigurationTest, ReadsTheDemo) {
    const auto hub = read_configuration(REPO_ROOT "/config/demo", Catalogue::customer());
    ASSERT_TRUE(hub) << problems_of(hub);
    EXPECT_EQ(names(hub->systems), (Strings{"accounting", "erp", "helpdesk", "supplier"}));
    EXPECT_EQ(hub->time_zone, "Europe/Brussels");
}

TEST_F(ConfigurationTest, AFolderWithoutAHubIsSaidSo) {
    EXPECT_EQ(
        problems_of(read_configuration(folder_, Catalogue::customer())),
        "hub.json: there is no hub here: -C names the folder of a hub. `syncline init` makes one; "
        "`syncline demo create` makes an example"
    );
    fs::create_directories(folder_ / "hub");
    write("hub/hub.json", "{}");
    EXPECT_EQ(
        problems_of(read_configuration(folder_, Catalogue::customer())),
        "hub.json: there is no hub here, but in hub; name that folder with -C"
    );
    const auto file = read_configuration(folder_ / "hub" / "hub.json", Catalogue::customer());
    EXPECT_EQ(
        problems_of(file), "hub/hub.json: this is a file, and -C names the folder of a hub: hub"
    );
}

TEST_F(ConfigurationTest, ReportsEveryMistakeAtOnceWithFileLineAndPointer) {
    write("systems/erp.json", "{ \"system\": \"erp\",\n\"titel\": \"ERP\", " + std::string(kRest));
    EXPECT_EQ(
        problems_of(read("{\n\"hub\": { \"id\": \"demo\", \"default_country\": \"Belgium\" },\n"
                         "\"systems\": [\"systems/*.json\"],\n\"polices\": {} }")),
        "hub.json:4: unknown key \"polices\"; did you mean \"policies\"? (at /polices)\n"
        "hub.json:2: a country is a two-letter code of ISO 3166-1 in capitals: \"BE\" (at /hub)\n"
        "systems/erp.json:2: unknown key \"titel\"; did you mean \"title\"? (at /titel)"
    );
}

TEST_F(ConfigurationTest, RefusesAHubWithoutItsParts) {
    EXPECT_EQ(
        problems_of(read("{}")),
        "hub.json:1: the key \"hub\" is missing\nhub.json:1: the key \"systems\" is missing"
    );
    EXPECT_EQ(
        problems_of(read("{ \"systems\": [],\n\"hub\": {} }")),
        "hub.json:2: the key \"id\" is missing (at /hub)\n"
        "hub.json:2: the key \"default_country\" is missing (at /hub)"
    );
    EXPECT_EQ(problems_of(read("[]")), "hub.json:1: expected an object, found a list");
}

TEST_F(ConfigurationTest, RefusesWhatIsNoJson) {
    EXPECT_EQ(
        problems_of(read("{\n\"hub\": ,\n}")),
        "hub.json:2:8: not JSON with comments: expected a value, found \",\""
    );
    write("systems/erp.json", "{\n}}");
    EXPECT_EQ(
        problems_of(read(std::string(kHub) + "}")),
        "systems/erp.json:2:2: not JSON with comments: expected the end of the file, found \"}\""
    );
}

TEST_F(ConfigurationTest, RefusesAPatternThatNamesNoFile) {
    EXPECT_EQ(
        problems_of(
            read("{ \"hub\": { \"id\": \"a\", \"default_country\": \"BE\" }, \"systems\": [\n"
                 "\"systems/*.json\",\n\"system/*.json\"] }")
        ),
        "hub.json:3: no file is called \"system/*.json\" (at /systems/1)"
    );
}

TEST_F(ConfigurationTest, RefusesTwoSystemsOfOneName) {
    write("systems/erp2.json", "{\n\"system\": \"erp\", " + std::string(kRest));
    EXPECT_EQ(
        problems_of(read(std::string(kHub) + "}")),
        "systems/erp2.json:2: another file configures \"erp\" too (at /system)"
    );
}

TEST_F(ConfigurationTest, RefusesMistakesInOrderStoreAndKeys) {
    expect_refused({
        {R"("order": ["epr"])", "no system is called \"epr\"; did you mean \"erp\"? (at /order/0)"},
        {R"("order": ["accounting"])", "no system is called \"accounting\" (at /order/0)"},
        {R"("order": "erp")", "expected a list, found a text (at /order)"},
        {R"("store": { "sqllite": {} })",
         "unknown key \"sqllite\"; did you mean \"sqlite\"? (at /store/sqllite)"},
        {R"("store": { "sqlite": {} })", "the key \"folder\" is missing (at /store/sqlite)"},
        {R"("store": { "sqlite": { "folder": "" } })",
         "must not be empty (at /store/sqlite/folder)"},
        {R"("keys": { "root": { "file": 5 } })",
         "expected a text, found a number (at /keys/root/file)"},
    });
}

TEST_F(ConfigurationTest, RefusesMistakesInPolicies) {
    expect_refused({
        {R"("policies": { "nmae": "keep" })",
         "the record has no field \"nmae\"; did you mean \"name\"? (at /policies/nmae)"},
        {R"("policies": { "identifier.*": "keep" })",
         "no field of the record begins with \"identifier\" (at /policies/identifier.*)"},
        {R"("policies": { "name": "latest" })",
         "a policy is authority, newest, keep, union or review (at /policies/name)"},
        {R"("policies": { "name": { "policy": "authority" } })",
         "authority needs \"systems\", best first (at /policies/name)"},
        {R"("policies": { "name": { "policy": "keep", "system": [] } })",
         "unknown key \"system\"; did you mean \"systems\"? (at /policies/name/system)"},
        {R"("policies": { "name": { "policy": "newest", "on_undecided": "ask" } })",
         "on_undecided is \"order\" or \"review\" (at /policies/name/on_undecided)"},
        {R"("policies": { "name": { "policy": "authority", "systems": ["erp"], )"
         R"("otherwise": "x" } })",
         "a policy is authority, newest, keep, union or review (at /policies/name/otherwise)"},
    });
}

TEST_F(ConfigurationTest, RefusesMistakesInTheAssociation) {
    expect_refused({
        {R"("association": [{ "then": "link" }])",
         "a rung needs \"match\", a list of fields (at /association/0)"},
        {R"("association": [{ "match": ["name"] }])",
         "the key \"then\" is missing (at /association/0)\n"
         "hub.json:2: \"then\" is \"link\" or \"review\" (at /association/0)"},
        {R"("association": [{ "match": ["name"], "then": "merge" }])",
         "\"then\" is \"link\" or \"review\" (at /association/0)"},
        {R"("association": [{ "match": ["names"], "then": "link" }])",
         "the record has no field \"names\"; did you mean \"name\"? (at /association/0/match/0)"},
        {R"("association": [{ "match": ["name"], "from": ["desc"], "then": "link" }])",
         "no system is called \"desc\"; did you mean \"desk\"? (at /association/0/from/0)"},
    });
}

TEST_F(ConfigurationTest, ReadsTheFormAndLevelOfTheLog) {
    const auto plain = read(std::string(kHub) + " }");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->log.format, LogFormat::Text);
    EXPECT_EQ(plain->log.level, LogLevel::Info);
    const auto hub = read_with(R"("log": { "format": "json", "level": "debug" })");
    ASSERT_TRUE(hub);
    EXPECT_EQ(hub->log.format, LogFormat::Json);
    EXPECT_EQ(hub->log.level, LogLevel::Debug);
    EXPECT_EQ(
        problems_of(read_with(R"("log": { "format": "xml", "level": "all", "file": "x" })")),
        "hub.json:2: unknown key \"file\" (at /log/file)\n"
        "hub.json:2: the log's format is \"text\" or \"json\" (at /log/format)\n"
        "hub.json:2: the log's level is debug, info, warning or error (at /log/level)"
    );
}

TEST_F(ConfigurationTest, RefusesMistakesInThresholdsAndEncryption) {
    expect_refused(
        {{R"("thresholds": { "create": {} })",
          "unknown key \"create\"; did you mean \"creates\"? (at /thresholds/create)"},
         {R"("thresholds": { "creates": { "percent": 101 } })",
          "a percentage is at most 100 (at /thresholds/creates)"},
         {R"("thresholds": { "creates": { "count": -1 } })",
          "expected a whole number from 0 to 4294967295 (at /thresholds/creates/count)"},
         {R"("encryption": { "off": ["addresses.billing"] })",
          "encryption is switched off for single fields only, by their path (at "
          "/encryption/off/0)"},
         {R"("encryption": { "on": [] })",
          "unknown key \"on\"; did you mean \"off\"? (at /encryption/on)"}}
    );
}

}  // namespace
}  // namespace syncline::codec
