// The published schemas of configuration files against the reader: an editor that knows the schema
// must not refuse what the hub takes, nor let pass what it would see is of the wrong shape.

#include "codec/configuration.hpp"
#include "codec/json.hpp"
#include "support/program.hpp"
#include "support/world.hpp"
#include "sync/run/engine.hpp"
#include "unit/codec/full_configuration.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::write_file;

const fs::path kRoot = REPO_ROOT;

struct Variant {
    Json document;
    std::string what;
    /// Its shape is right, and its meaning need not be: a text in place of another; no systems,
    /// where others are named elsewhere.
    bool may_mean_nothing = false;
};

/// What may stand at every place, by mistake.
std::vector<Json> replacements() {
    return {
        5,
        -1,
        1.5,
        true,
        nullptr,
        "",
        "x",
        Json::array(),
        Json::array({1}),
        Json::object(),
        Json{{"x", 1}}};
}

void vary(const Json& whole, const Json& node, const std::string& at, std::vector<Variant>& all) {
    const Json::json_pointer place(at);
    if (!at.empty()) {
        for (Json& other : replacements()) {
            Variant variant{
                whole, at + " = " + other.dump(), other.is_string() || at == "/systems"};
            variant.document[place] = std::move(other);
            all.push_back(std::move(variant));
        }
    }
    if (node.is_object()) {
        for (const auto& [key, value] : node.items()) {
            Variant without{whole, at + " without " + key, false};
            without.document[place].erase(key);
            all.push_back(std::move(without));
        }
        Variant more{whole, at + " with an unknown key", false};
        more.document[place]["unkown"] = 1;
        all.push_back(std::move(more));
    }
    if (!node.is_structured()) return;
    for (const auto& [key, value] : node.items()) {
        std::string step = key;
        for (auto tilde = step.find('~'); tilde != step.npos; tilde = step.find('~', tilde + 2))
            step.replace(tilde, 1, "~0");
        vary(whole, value, at + "/" + step, all);
    }
}

std::vector<Variant> variants_of(const char* text) {
    const Json whole = Json::parse(text);
    std::vector<Variant> all{{whole, "as it is", false}};
    vary(whole, whole, "", all);
    return all;
}

class ConfigurationSchema : public ::testing::Test {
protected:
    void SetUp() override {
        const std::vector<std::string> probe{"/usr/bin/python3", "-c", "import jsonschema"};
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "systems");
        if (testing::run_program(probe, folder_).exit_code != 0)
            GTEST_SKIP() << "python3-jsonschema is not installed: the schemas are NOT TESTED";
        write_file(folder_ / "hub.json", kFullHub);
        write_file(folder_ / "systems/erp.json", kFullSystem);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::vector<std::string> verdicts(
        const std::string& schema, const std::vector<Json>& documents
    ) {
        std::string lines;
        for (const Json& document : documents)
            lines += document.dump() + "\n";
        write_file(folder_ / "documents", lines);
        const testing::Ended ended = testing::run_program(
            {"/usr/bin/python3",
             (kRoot / "tests/support/schema_verdicts.py").string(),
             (kRoot / "schemas" / schema).string(),
             (folder_ / "documents").string()},
            folder_
        );
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        std::vector<std::string> verdicts;
        std::istringstream out(ended.out);
        for (std::string line; std::getline(out, line);)
            verdicts.push_back(line);
        EXPECT_EQ(verdicts.size(), documents.size());
        verdicts.resize(documents.size());
        return verdicts;
    }

    /// Is the file read, and if so, taken into use?
    std::pair<bool, bool> taken(const std::string& file, const Json& document) {
        write_file(folder_ / file, document.dump());
        const auto hub = read_configuration(folder_, Catalogue::customer());
        if (!hub) return {false, false};
        return {true, sync::compile_rules(*hub, testing::fields_of(*hub)).has_value()};
    }

    void compare(const char* sample, const std::string& file, const std::string& schema) {
        const std::vector<Variant> variants = variants_of(sample);
        std::vector<Json> documents;
        for (const Variant& variant : variants)
            documents.push_back(variant.document);
        const std::vector<std::string> by_schema = verdicts(schema, documents);
        ASSERT_EQ(by_schema.front(), "valid");
        ASSERT_TRUE(taken(file, documents.front()).second);
        std::size_t refused = 0;
        for (std::size_t i = 0; i < variants.size(); ++i) {
            const bool is_valid = by_schema[i] == "valid";
            const auto [is_read, is_used] = taken(file, documents[i]);
            if (!is_valid) ++refused;
            if (!is_valid && is_used)
                ADD_FAILURE() << variants[i].what << " is taken, and by the schema "
                              << by_schema[i];
            if (is_valid && !is_read && !variants[i].may_mean_nothing)
                ADD_FAILURE() << variants[i].what << " is refused, and valid by the schema";
        }
        EXPECT_GT(refused, variants.size() / 4) << "a schema that takes everything proves nothing";
    }

    const fs::path folder_ = fs::path(::testing::TempDir()) /
                             (std::string("configuration_schema_") +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(ConfigurationSchema, OfAHubIsWhatTheReaderTakes) {
    compare(kFullHub, "hub.json", "hub.schema.json");
}

TEST_F(ConfigurationSchema, OfASystemIsWhatTheReaderTakes) {
    compare(kFullSystem, "systems/erp.json", "system.schema.json");
}

TEST_F(ConfigurationSchema, TakesTheDemo) {
    const auto parsed = [](const fs::path& file) {
        auto json = parse_json_with_comments(read_file(file));
        EXPECT_TRUE(json) << file;
        return json ? *json : Json();
    };
    const fs::path demo = kRoot / "config/demo";
    EXPECT_EQ(verdicts("hub.schema.json", {parsed(demo / "hub.json")}).front(), "valid");
    std::vector<Json> systems;
    for (const auto& entry : fs::directory_iterator(demo / "systems"))
        systems.push_back(parsed(entry.path()));
    ASSERT_GE(systems.size(), 4U);
    for (const std::string& verdict : verdicts("system.schema.json", systems))
        EXPECT_EQ(verdict, "valid");
}

}  // namespace
}  // namespace syncline::codec
