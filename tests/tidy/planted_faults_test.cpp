// The page that says what catches each planted fault, against the faults there are.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace syncline::tidy {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = REPO_ROOT;

/// The name of each patch -> what it says it breaks.
std::map<std::string, std::string> planted() {
    std::map<std::string, std::string> faults;
    for (const auto& entry : fs::directory_iterator(kRoot / "tests/mutants")) {
        if (entry.path().extension() != ".patch") continue;
        std::ifstream in(entry.path());
        std::string first;
        std::getline(in, first);
        faults[entry.path().stem().string()] = first.substr(first.find_first_not_of("# "));
    }
    return faults;
}

/// The same by the rows of the page: "| `name` | what | …".
std::map<std::string, std::string> on_the_page() {
    std::map<std::string, std::string> faults;
    std::ifstream in(kRoot / "docs/reference/planted-faults.md");
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("| `")) continue;
        const auto end = line.find("` | ", 3);
        const auto begin = end + 4;
        faults[line.substr(3, end - 3)] = line.substr(begin, line.find(" | ", begin) - begin);
    }
    return faults;
}

TEST(PlantedFaults, EachWasRunAndCaught) {
    EXPECT_EQ(on_the_page(), planted()) << "run ./dev mutants, or with the names of new patches";
}

}  // namespace
}  // namespace syncline::tidy
