#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace syncline::tidy {

/// A case in which syncing goes wrong easily, as tests/hard_cases.json tells it.
struct HardCase {
    int number = 0;
    std::string title;                 ///< what happens, in the words of a user
    std::string outcome;               ///< what the user sees then
    std::string rule;                  ///< what decides it: Markdown, links as in docs/reference
    std::vector<std::string> tests;    ///< Suite.Test
    std::optional<std::string> fault;  ///< a patch of tests/mutants that these tests catch
    std::optional<std::string> waits_for;  ///< what must be there before it can be proved
    std::optional<std::string> missing;    ///< what the hub does not do yet
};

struct HardCases {
    struct Section {
        std::string title;
        std::vector<HardCase> cases;
    };
    std::vector<Section> sections;
};

/// @throws nlohmann::json::exception when the file is no such document
HardCases read_hard_cases(const std::filesystem::path& file);

/// docs/reference/hard-cases.md
std::string page_of(const HardCases& cases);

/// Names of all tests in the sources below a folder, as Suite.Test.
std::set<std::string> tests_below(const std::filesystem::path& folder);

/// What is wrong with them, a line each; "" = nothing.
std::string flaws_of(
    const HardCases& cases, const std::set<std::string>& tests, const std::set<std::string>& faults
);

}  // namespace syncline::tidy
