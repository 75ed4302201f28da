// The connector that docs/how-to/write-a-connector.md shows: it is the one compiled here, and it
// works.

#include "support/connected_system.hpp"

#include <gtest/gtest.h>

namespace syncline::testing {
namespace {

TEST(WriteAConnector, ShowsTheSourcesThatAreCompiled) {
    const std::filesystem::path root = REPO_ROOT;
    const std::string page = file_bytes(root / "docs/how-to/write-a-connector.md");
    const auto shown = [&](const std::string& kind, const char* file) {
        const std::string source = file_bytes(root / "tests/connectors/example" / file);
        ASSERT_FALSE(source.empty());
        EXPECT_NE(page.find("```" + kind + "\n" + source + "```\n"), std::string::npos) << file;
    };
    shown("cpp", "one_file.cpp");
    shown("json", "manifest.json");
}

TEST(WriteAConnector, ItsConnectorReadsWritesAndCreatesOnce) {
    const auto file = fresh_folder() / "customers.json";
    place_file(file, R"({"17": {"name": "An Mees", "city": "Gent"}, "18": 5})");
    ConnectedSystem system("one-file", {{"file", file.string()}}, test_connectors());
    EXPECT_TRUE(system->check());
    ASSERT_TRUE(system->discover("customer"));
    const Reading all = system.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    EXPECT_EQ(all.text("17", "name"), "An Mees");
    EXPECT_EQ(all.find("18")->problem, "a customer must be an object");

    const Delivery change = ConnectedSystem::change(
        "17", all.token("17"), {{"city", RawValue::of_text("Brugge")}, {"name", RawValue::null()}}
    );
    const Receipt first = system.write(change);
    EXPECT_EQ(first.outcome, Receipt::Outcome::Stored) << first.error.detail;
    EXPECT_EQ(system.write(change).outcome, Receipt::Outcome::Conflict);
    EXPECT_EQ(system.lookup({"17", "19"})[1].kind, Observation::Kind::Gone);
    EXPECT_EQ(system.read().text("17", "city"), "Brugge");
    EXPECT_EQ(system.read().text("17", "name"), "(null)");

    const Delivery create = system.creation({{"name", RawValue::of_text("Bo Mees")}});
    EXPECT_TRUE(system->lookup_created(create)->empty());
    const Receipt made = system.write(create);
    EXPECT_EQ(made.outcome, Receipt::Outcome::Stored) << made.error.detail;
    EXPECT_EQ(system->lookup_created(create)->front().remote_id, made.remote_id);
    EXPECT_EQ(system.write(create).remote_id, made.remote_id);
    EXPECT_EQ(system.read().records.size(), 3U);
}

/// What a shared library shows to others.
std::vector<std::string> exported_symbols(const std::filesystem::path& library) {
    std::vector<std::string> names;
    std::FILE* pipe = ::popen(("nm -D --defined-only " + library.string()).c_str(), "r");
    char line[1024];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
        const std::string text(line, std::string_view(line).find_last_not_of('\n') + 1);
        names.push_back(text.substr(text.rfind(' ') + 1));
    }
    ::pclose(pipe);
    return names;
}

TEST(Connectors, ExportOneSymbolAndNothingElse) {
    const std::vector<std::string> one{"syncline_connector_v1"};
    for (const char* name : {"sql", "gnucash", "request-tracker", "files"}) {
        const auto library = shipped_connectors().connectors / (std::string(name) + ".so");
        EXPECT_EQ(exported_symbols(library), one) << library;
    }
    EXPECT_EQ(exported_symbols(test_connectors().connectors / "one-file.so"), one);
}

}  // namespace
}  // namespace syncline::testing
