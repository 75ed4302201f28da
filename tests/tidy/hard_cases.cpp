#include "tidy/hard_cases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

namespace syncline::tidy {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::optional<std::string> optional_text(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::nullopt;
    return found->get<std::string>();
}

HardCase case_of(const json& object) {
    HardCase item;
    item.number = object.at("number").get<int>();
    item.title = object.at("title").get<std::string>();
    item.outcome = object.at("outcome").get<std::string>();
    item.rule = object.at("rule").get<std::string>();
    if (object.contains("tests")) item.tests = object.at("tests").get<std::vector<std::string>>();
    item.fault = optional_text(object, "fault");
    item.waits_for = optional_text(object, "waits_for");
    item.missing = optional_text(object, "missing");
    return item;
}

std::string status_of(const HardCase& item) {
    std::string status;
    for (const std::string& test : item.tests)
        status += (status.empty() ? "`" : "<br>`") + test + "`";
    if (item.waits_for)
        status += (status.empty() ? "" : "<br>") + ("*waits for* " + *item.waits_for);
    if (item.missing) status += (status.empty() ? "" : "<br>") + ("**open:** " + *item.missing);
    return status;
}

bool is_proved(const HardCase& item) {
    return !item.tests.empty() && !item.waits_for && !item.missing;
}

/// "Suite, Name" of a test's macro as Suite.Name.
std::string dotted(std::string_view arguments) {
    std::string name;
    for (const char c : arguments) {
        if (c == ',')
            name += '.';
        else if (c != ' ' && c != '\n')
            name += c;
    }
    return name;
}

void add_tests(const std::string& source, std::set<std::string>& found) {
    constexpr std::array<std::string_view, 5> kMacros{
        "\nTEST(", "\nTEST_F(", "\nTEST_P(", "\nRC_GTEST_PROP(", "\nRC_GTEST_FIXTURE_PROP("};
    for (const std::string_view macro : kMacros) {
        for (auto at = source.find(macro); at != source.npos; at = source.find(macro, at + 1)) {
            const auto begin = at + macro.size();
            const auto comma = source.find(',', begin);
            const auto end = source.find_first_of(",)", comma + 1);
            found.insert(dotted(std::string_view(source).substr(begin, end - begin)));
        }
    }
}

}  // namespace

HardCases read_hard_cases(const fs::path& file) {
    HardCases cases;
    const json document = json::parse(text_of(file));
    for (const json& object : document.at("sections")) {
        HardCases::Section section;
        section.title = object.at("title").get<std::string>();
        for (const json& item : object.at("cases"))
            section.cases.push_back(case_of(item));
        cases.sections.push_back(std::move(section));
    }
    return cases;
}

std::string page_of(const HardCases& cases) {
    int proved = 0;
    int waiting = 0;
    int open = 0;
    std::ostringstream tables;
    for (const HardCases::Section& section : cases.sections) {
        tables
            << "\n## " << section.title << "\n\n"
            << "| # | What happens | What you see | Decided by | Proved by | Fault it catches |\n"
            << "|---|---|---|---|---|---|\n";
        for (const HardCase& item : section.cases) {
            (is_proved(item) ? proved : item.missing ? open : waiting) += 1;
            tables << "| " << item.number << " | " << item.title << " | " << item.outcome << " | "
                   << item.rule << " | " << status_of(item) << " | "
                   << (item.fault ? "`" + *item.fault + "`" : "") << " |\n";
        }
    }
    std::ostringstream page;
    page << "# Hard cases\n\n"
            "What goes wrong easily when systems are kept in sync, and what the hub does. Made "
            "from\n"
            "`tests/hard_cases.json` by `./dev docs`; a test holds the two together. *Waits* is "
            "what needs\n"
            "something that is not there yet. **Open** is what the hub does not do, or not wholly; "
            "what is\n"
            "named as proved beside it holds already. A fault is a patch in `tests/mutants` that "
            "one of the\n"
            "named tests catches ([Testing](../testing.md#planted-faults)).\n\n"
         << proved + waiting + open << " cases: " << proved << " proved, " << open << " open, "
         << waiting << " waiting.\n"
         << tables.str();
    return page.str();
}

std::set<std::string> tests_below(const fs::path& folder) {
    std::set<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".cpp") add_tests("\n" + text_of(entry.path()), found);
    }
    return found;
}

std::string flaws_of(
    const HardCases& cases, const std::set<std::string>& tests, const std::set<std::string>& faults
) {
    std::ostringstream flaws;
    std::set<int> numbers;
    for (const HardCases::Section& section : cases.sections) {
        for (const HardCase& item : section.cases) {
            const auto flaw = [&](const std::string& what) {
                flaws << "case " << item.number << ": " << what << '\n';
            };
            if (!numbers.insert(item.number).second) flaw("is there twice");
            if (item.title.empty() || item.outcome.empty() || item.rule.empty())
                flaw("has no title, outcome or rule");
            if (item.tests.empty() && !item.waits_for && !item.missing)
                flaw("has no test, and does not say what it waits for or what is missing");
            for (const std::string& test : item.tests) {
                if (!tests.contains(test)) flaw("there is no test " + test);
            }
            if (item.fault && !faults.contains(*item.fault))
                flaw("there is no fault " + *item.fault);
            if (item.fault && item.tests.empty()) flaw("no test catches its fault");
        }
    }
    const int last = std::max(150, numbers.empty() ? 0 : *numbers.rbegin());
    for (int number = 1; number <= last; ++number) {
        if (!numbers.contains(number)) flaws << "case " << number << ": is missing\n";
    }
    return flaws.str();
}

}  // namespace syncline::tidy
