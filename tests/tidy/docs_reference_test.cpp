// The reference pages against the sources they describe, both as text: what the code knows has its
// row, and no row outlives what it is about. Tables are told apart by the words of their headers.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Facts = std::set<std::string>;
using Row = std::vector<std::string>;

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \n");
    if (begin == text.npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \n") - begin + 1));
}

/// "phone write"
std::string spaced(std::string text, const std::string& word) {
    return text.append(" ").append(word);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string difference(const Facts& sources, const Facts& page) {
    std::ostringstream out;
    for (const std::string& fact : sources) {
        if (!page.contains(fact)) out << "not on the page: " << fact << '\n';
    }
    for (const std::string& fact : page) {
        if (!sources.contains(fact)) out << "not in the sources: " << fact << '\n';
    }
    return out.str();
}

Row cells_of(std::string_view line) {
    Row cells;
    for (const std::string& cell : split(line.substr(1, line.rfind('|') - 1), '|'))
        cells.push_back(trimmed(cell));
    return cells;
}

/// Rows of the tables whose header begins with these cells.
std::vector<Row> rows_below(const std::string& page, std::initializer_list<const char*> header) {
    std::vector<Row> rows;
    bool is_header = true;
    bool is_wanted = false;
    for (const std::string& line : split(page, '\n')) {
        if (!line.starts_with('|')) {
            is_header = true;
            continue;
        }
        const Row cells = cells_of(line);
        if (is_header) {
            is_wanted = cells.size() >= header.size() &&
                        std::equal(header.begin(), header.end(), cells.begin());
        } else if (is_wanted && !line.starts_with("|-")) {
            rows.push_back(cells);
        }
        is_header = false;
    }
    return rows;
}

std::vector<std::string> code_spans(std::string_view cell) {
    std::vector<std::string> spans;
    const std::vector<std::string> parts = split(cell, '`');
    for (std::size_t i = 1; i < parts.size(); i += 2)
        spans.push_back(parts[i]);
    return spans;
}

std::string first_span(const std::string& cell) {
    const auto spans = code_spans(cell);
    return spans.empty() ? std::string() : spans.front();
}

/// The text literal that follows each `prefix`, on the same line or the next.
std::vector<std::string> literals_after(const std::string& source, std::string_view prefix) {
    std::vector<std::string> found;
    for (auto at = source.find(prefix); at != source.npos; at = source.find(prefix, at + 1)) {
        const auto quote = source.find_first_not_of(" \n", at + prefix.size());
        if (quote == source.npos || source[quote] != '"') continue;
        found.push_back(source.substr(quote + 1, source.find('"', quote + 1) - quote - 1));
    }
    return found;
}

/// Every text literal between `begin` and the next `end`.
std::vector<std::string> literals_between(
    const std::string& source, std::string_view begin, std::string_view end
) {
    std::vector<std::string> found;
    for (auto at = source.find(begin); at != source.npos; at = source.find(begin, at + 1)) {
        const auto parts = split(source.substr(at, source.find(end, at) - at), '"');
        for (std::size_t i = 1; i < parts.size(); i += 2)
            found.push_back(parts[i]);
    }
    return found;
}

/// Every run of blanks and line ends as one blank, so that it does not matter how lines are broken.
std::string on_one_line(const std::string& text) {
    std::istringstream in(text);
    std::string line;
    for (std::string word; in >> word;)
        line.append(word).append(" ");
    return line;
}

/// `Name = 12,` -> Name, 12.
std::map<std::string, std::string> enumerators_of(const std::string& source) {
    std::map<std::string, std::string> found;
    for (const std::string& line : split(source, '\n')) {
        const auto equals = line.find(" = ");
        const auto comma = line.find(',');
        if (!line.starts_with("    ") || equals == line.npos || comma == line.npos) continue;
        const std::string number = line.substr(equals + 3, comma - equals - 3);
        if (number.find_first_not_of("0123456789") == number.npos)
            found[trimmed(line.substr(0, equals))] = number;
    }
    return found;
}

std::string stale_errors(const fs::path& root) {
    const std::string names = on_one_line(text_of(root / "hub/base/error.cpp"));
    Facts sources;
    for (const auto& [code, number] : enumerators_of(text_of(root / "hub/base/error.hpp"))) {
        for (const std::string& name : literals_after(names, "ErrorCode::" + code + ": return"))
            sources.insert(spaced(number, name));
    }
    Facts page;
    for (const Row& row : rows_below(text_of(root / "docs/reference/errors.md"), {"Number"}))
        page.insert(spaced(row.at(0), first_span(row.at(1))));
    return difference(sources, page);
}

std::string stale_exit_codes(const fs::path& root) {
    Facts sources;
    for (const auto& [name, number] : enumerators_of(text_of(root / "hub/app/exit_code.hpp")))
        sources.insert(number);
    Facts page;
    for (const Row& row : rows_below(text_of(root / "docs/reference/exit-codes.md"), {"Code"}))
        page.insert(row.at(0));
    return difference(sources, page);
}

/// Walks the schema's text and collects its leaves: the objects that have an x-number. What is no
/// schema of ours is not understood.
class SchemaLeaves {
public:
    explicit SchemaLeaves(std::string text) : text_(std::move(text)) { value(""); }
    Facts leaves, codes;  ///< as the page writes its rows

private:
    char next() {
        at_ = text_.find_first_not_of(" \n,:", at_);
        return text_.at(at_);
    }
    std::string word() {
        const auto begin = at_;
        if (text_[at_] != '"')
            at_ = text_.find_first_of(" \n,:]}", at_);
        else
            for (++at_; text_.at(at_++) != '"';)
                if (text_[at_ - 1] == '\\') ++at_;
        return text_.substr(begin, at_ - begin);
    }
    std::string value(const std::string& path) {
        if (next() == '{') return object(path);
        return text_[at_] == '[' ? list() : word();
    }
    std::string list() {
        std::string spans;
        for (++at_; next() != ']';)
            spans += (spans.empty() ? "" : ", ") + unquoted(value(""));
        ++at_;
        return spans;
    }
    std::string object(const std::string& path) {
        std::map<std::string, std::string> members;
        for (++at_; next() != '}';) {
            const std::string key = unquoted(word());
            const std::string dotted = path.empty() ? "" : path + ".";
            std::string inner = path;
            if (key == "additionalProperties")
                inner = dotted + "*";
            else if (in_properties_)
                inner = dotted + key;
            const bool outer = std::exchange(in_properties_, key == "properties");
            members[key] = value(inner);
            in_properties_ = outer;
        }
        ++at_;
        if (members.contains("x-number")) add(path, members);
        return {};
    }
    static std::string unquoted(const std::string& text) {
        return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
    }
    void add(const std::string& path, std::map<std::string, std::string>& members) {
        std::string row = path;
        for (const char* key : {"x-number", "x-normal", "maxLength"})
            row += " | " + unquoted(members[key]);
        row += members["x-sensitive"] == "false" ? " | no" : " | yes";
        for (const char* key : {"x-index", "x-domain"})
            row += " | " + unquoted(members[key]);
        leaves.insert(row);
        if (members.contains("enum")) codes.insert(path + ": " + members["enum"]);
    }

    std::string text_;
    std::size_t at_ = 0;
    bool in_properties_ = false;
};

std::string stale_customer(const fs::path& root) {
    const SchemaLeaves schema(text_of(root / "schemas/customer.json"));
    const std::string text = text_of(root / "docs/reference/customer.md");
    Facts leaves;
    for (const Row& row : rows_below(text, {"Path", "No.", "Holds"}))
        leaves.insert(
            first_span(row.at(0)) + " | " + row.at(1) + " | " + first_span(row.at(3)) + " | " +
            row.at(4) + " | " + row.at(5) + " | " + row.at(6) + " | " + row.at(7)
        );
    Facts codes;
    for (const Row& row : rows_below(text, {"Path", "One of"})) {
        std::string words;
        for (const std::string& code : code_spans(row.at(1)))
            words += (words.empty() ? "" : ", ") + code;
        codes.insert(first_span(row.at(0)) + ": " + words);
    }
    return difference(schema.leaves, leaves) + difference(schema.codes, codes);
}

/// Lenses, and lenses with each option they take.
std::string stale_lenses(const fs::path& root) {
    const std::string source = text_of(root / "hub/mapping/make_lens.cpp");
    Facts sources;
    for (const std::string& name : literals_between(source, "list{", "}"))
        sources.insert(name);
    for (const std::string& line : split(source, '\n')) {
        const auto shape = line.find("\", Shape::");
        if (shape == line.npos) continue;
        const std::string name = literals_after(line, "{").front();
        sources.insert(name);
        for (const std::string& option : literals_between(line.substr(shape + 1), "{", "}"))
            sources.insert(spaced(name, option));
    }
    Facts page;
    for (const Row& row : rows_below(text_of(root / "docs/reference/lenses.md"), {"Lens"})) {
        const std::string name = first_span(row.at(0));
        page.insert(name);
        for (const std::string& option : code_spans(row.back()))
            page.insert(spaced(name, option));
    }
    return difference(sources, page);
}

std::string stale_configuration(const fs::path& root) {
    Facts sources;
    for (const char* file : {"configuration.cpp", "system_configuration.cpp"}) {
        const std::string source = text_of(root / "hub/codec" / file);
        for (const char* prefix : {"find(", "required(", "text_or(", "first !="}) {
            for (const std::string& key : literals_after(source, prefix))
                sources.insert(key);
        }
        for (const std::string& key : literals_between(source, "check_keys(", ")"))
            sources.insert(key);
    }
    Facts page;
    for (const Row& row : rows_below(text_of(root / "docs/reference/configuration.md"), {"Key"})) {
        for (const std::string& step : split(first_span(row.at(0)), '.')) {
            if (!step.starts_with('<')) page.insert(step.substr(0, step.find('[')));
        }
    }
    return difference(sources, page);
}

/// Commands by their last word, options with their dashes, arguments in capitals.
Facts command_line_of(const fs::path& root) {
    Facts known{"-h", "--help"};  // CLI11's own
    std::string source;
    for (const auto& entry : fs::recursive_directory_iterator(root / "hub/app"))
        if (entry.path().extension() == ".cpp") source += text_of(entry.path());
    // Commands that a loop or a lambda registers have their names in its arguments.
    for (const char* prefix :
         {"add_subcommand(", " add(", "add(*records,", "add(app,", "std::pair("}) {
        for (const std::string& name : literals_after(source, prefix))
            known.insert(name);
    }
    for (const char* prefix : {"add_option(", "add_flag(", "set_version_flag("}) {
        for (const std::string& names : literals_after(source, prefix)) {
            for (std::string name : split(names, ',')) {
                if (!name.starts_with('-'))
                    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
                        return static_cast<char>(std::toupper(c));
                    });
                known.insert(name);
            }
        }
    }
    return known;
}

std::string stale_command_line(const fs::path& root) {
    const std::string text = text_of(root / "docs/reference/command-line.md");
    Facts page;
    for (const Row& row : rows_below(text, {"Command", "Does"})) {
        for (std::string word : split(first_span(row.at(0)), ' ')) {
            if (std::isupper(static_cast<unsigned char>(word.back())) == 0 &&
                std::islower(static_cast<unsigned char>(word.front())) == 0)
                std::erase_if(word, [](unsigned char c) { return std::isupper(c) == 0; });
            page.insert(word);
        }
    }
    for (const Row& row : rows_below(text, {"Option"})) {
        for (const std::string& option : code_spans(row.at(0)))
            page.insert(option);
    }
    return difference(command_line_of(root), page);
}

std::string stale_log(const fs::path& root) {
    Facts sources;
    for (const auto& entry : fs::recursive_directory_iterator(root / "hub")) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string source = text_of(entry.path());
        for (const char* level :
             {"LogLevel::Debug,",
              "LogLevel::Info,",
              "LogLevel::Warning,",
              "LogLevel::Error,",
              "level_of(level),"}) {
            for (const std::string& event : literals_after(source, level))
                sources.insert(event);
        }
    }
    Facts page;
    for (const Row& row : rows_below(text_of(root / "docs/reference/log.md"), {"Event"}))
        page.insert(first_span(row.at(0)));
    return difference(sources, page);
}

std::string stale_misbehaviour(const fs::path& root) {
    const std::string source = text_of(root / "hub/sandbox/misbehaviour.cpp");
    Facts sources;
    for (const std::string& name : literals_between(source, "kCounters{{", "}};"))
        sources.insert(name);
    for (const std::string& name : literals_after(source, "name =="))
        sources.insert(name);
    Facts page;
    const std::string text = text_of(root / "docs/reference/sandbox-request-tracker.md");
    for (const Row& row : rows_below(text, {"Member"}))
        page.insert(first_span(row.at(0)));
    return difference(sources, page);
}

TEST(DocsReference, ListsEveryError) {
    EXPECT_EQ(stale_errors(REPO_ROOT), "");
}

TEST(DocsReference, ListsEveryExitCode) {
    EXPECT_EQ(stale_exit_codes(REPO_ROOT), "");
}

TEST(DocsReference, DescribesEveryLeafAsTheSchemaDoes) {
    EXPECT_EQ(stale_customer(REPO_ROOT), "");
}

TEST(DocsReference, ListsEveryLensWithItsOptions) {
    EXPECT_EQ(stale_lenses(REPO_ROOT), "");
}

TEST(DocsReference, ListsEveryConfigurationKey) {
    EXPECT_EQ(stale_configuration(REPO_ROOT), "");
}

TEST(DocsReference, ListsEveryCommandArgumentAndOption) {
    EXPECT_EQ(stale_command_line(REPO_ROOT), "");
}

TEST(DocsReference, ListsEveryEventOfTheLog) {
    EXPECT_EQ(stale_log(REPO_ROOT), "");
}

TEST(DocsReference, ListsEveryMisbehaviourOfTheImitatedHelpdesk) {
    EXPECT_EQ(stale_misbehaviour(REPO_ROOT), "");
}

// The checker is checked: a code without a row, and a row without a code.
TEST(DocsReference, ErrorsThatDifferFromThePageAreNamed) {
    const fs::path root = fs::path(testing::TempDir()) / "docs_reference_planted";
    fs::create_directories(root / "hub/base");
    fs::create_directories(root / "docs/reference");
    std::ofstream(root / "hub/base/error.hpp") << "    Lost = 7,  ///< gone\n";
    std::ofstream(root / "hub/base/error.cpp") << "case ErrorCode::Lost: return \"lost\";\n";
    std::ofstream(root / "docs" / "reference/errors.md")
        << "| Number | Name |\n|---|---|\n| 8 | `late` |\n\n| Other | Name |\n|---|---|\n| 9 | `x` "
           "|\n";
    EXPECT_EQ(stale_errors(root), "not on the page: 7 lost\nnot in the sources: 8 late\n");
    fs::remove_all(root);
}

}  // namespace
