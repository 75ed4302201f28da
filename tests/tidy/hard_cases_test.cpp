// The list of hard cases against the tests and planted faults it names, and the page made of it.

#include "tidy/hard_cases.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace syncline::tidy {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = REPO_ROOT;

HardCases listed() {
    return read_hard_cases(kRoot / "tests/hard_cases.json");
}

std::set<std::string> planted_faults() {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(kRoot / "tests/mutants")) {
        if (entry.path().extension() == ".patch") names.insert(entry.path().stem().string());
    }
    return names;
}

TEST(HardCases, EachIsListedWithTestsAndFaultsThatExist) {
    EXPECT_EQ(flaws_of(listed(), tests_below(kRoot / "tests"), planted_faults()), "");
}

TEST(HardCases, ThePageIsMadeOfTheList) {
    std::ifstream in(kRoot / "docs/reference/hard-cases.md", std::ios::binary);
    const std::string page{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(page, page_of(listed())) << "run ./dev docs";
}

HardCase whole(int number) {
    HardCase item;
    item.number = number;
    item.title = item.outcome = item.rule = "said";
    item.tests = {"A.B"};
    item.fault = "01-fault";
    return item;
}

HardCases whole_list() {
    HardCases cases;
    cases.sections.emplace_back();
    for (int number = 1; number <= 150; ++number)
        cases.sections.front().cases.push_back(whole(number));
    return cases;
}

TEST(HardCases, EveryFlawIsNamed) {
    const auto flaws = [](const HardCases& cases) {
        return flaws_of(cases, {"A.B"}, {"01-fault"});
    };
    EXPECT_EQ(flaws(whole_list()), "");

    HardCases cases = whole_list();
    cases.sections.front().cases.pop_back();
    EXPECT_EQ(flaws(cases), "case 150: is missing\n");

    cases = whole_list();
    cases.sections.front().cases[6] = whole(8);
    EXPECT_EQ(flaws(cases), "case 8: is there twice\ncase 7: is missing\n");

    cases = whole_list();
    cases.sections.front().cases[0].tests = {"A.C"};
    EXPECT_EQ(flaws(cases), "case 1: there is no test A.C\n");
    cases.sections.front().cases[0] = whole(1);
    cases.sections.front().cases[0].fault = "02-fault";
    EXPECT_EQ(flaws(cases), "case 1: there is no fault 02-fault\n");

    HardCase bare = whole(1);
    bare.tests.clear();
    bare.fault.reset();
    cases.sections.front().cases[0] = bare;
    EXPECT_EQ(
        flaws(cases), "case 1: has no test, and does not say what it waits for or what is missing\n"
    );
    cases.sections.front().cases[0].waits_for = "several nodes";
    EXPECT_EQ(flaws(cases), "");
}

}  // namespace
}  // namespace syncline::tidy
