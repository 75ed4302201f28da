// Checks of the documentation as text: links and anchors lead somewhere, pages that sources name
// exist, and a reader finds every page from the index. What lies outside the repository is not
// looked at.

#include <gtest/gtest.h>

#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Page {
    std::set<std::string> anchors;
    std::vector<std::string> links;  ///< targets as they are written
};
using Pages = std::map<fs::path, Page>;

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The anchor that GitHub gives a heading: letters and digits in lower case, spaces as hyphens.
std::string anchor_of(std::string_view heading) {
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' || c == '_')
            anchor += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
        else if (c == ' ')
            anchor += '-';
    }
    return anchor;
}

void add_heading(std::string_view line, Page& page) {
    line.remove_prefix(line.find_first_not_of('#'));
    const auto text = line.find_first_not_of(' ');
    const std::string anchor = anchor_of(text == line.npos ? "" : line.substr(text));
    std::string unique = anchor;
    for (int again = 1; !page.anchors.insert(unique).second; ++again)
        unique = anchor + "-" + std::to_string(again);
}

std::string without_code_spans(std::string_view line) {
    std::string prose;
    bool is_code = false;
    for (const char c : line) {
        if (c == '`')
            is_code = !is_code;
        else if (!is_code)
            prose += c;
    }
    return prose;
}

void add_links(std::string_view line, Page& page) {
    const std::string prose = without_code_spans(line);
    for (auto at = prose.find("]("); at != prose.npos; at = prose.find("](", at + 1)) {
        const auto begin = at + 2;
        const auto end = prose.find(')', begin);
        if (end != prose.npos) page.links.push_back(prose.substr(begin, end - begin));
    }
}

/// What stands in fenced code is an example, not a link. A link may be broken over two lines.
Page read_page(const fs::path& file) {
    Page page;
    std::istringstream in(text_of(file));
    std::string paragraph;
    bool is_fenced = false;
    const auto end_paragraph = [&] {
        add_links(paragraph, page);
        paragraph.clear();
    };
    for (std::string line; std::getline(in, line);) {
        const auto first = line.find_first_not_of(' ');
        if (first != line.npos && line.compare(first, 3, "```") == 0) {
            end_paragraph();
            is_fenced = !is_fenced;
            continue;
        }
        if (is_fenced) continue;
        if (line.starts_with('#')) add_heading(line, page);
        if (first == line.npos) end_paragraph();
        paragraph += line + ' ';
    }
    end_paragraph();
    return page;
}

/// Every file of the repository; not what was built or made, nor what tools keep in dot folders.
std::vector<fs::path> files_of(const fs::path& root) {
    std::vector<fs::path> files;
    for (auto entry = fs::recursive_directory_iterator(root);
         entry != fs::recursive_directory_iterator();
         ++entry) {
        const std::string name = entry->path().filename().string();
        if (entry->is_directory()) {
            const bool is_made = entry.depth() == 0 && (name == "build" || name == "demo");
            if (is_made || name.starts_with('.')) entry.disable_recursion_pending();
        } else if (entry->is_regular_file()) {
            files.push_back(entry->path());
        }
    }
    return files;
}

/// docs/**/*.md, README.md, plugins/*/README.md.
bool is_page(const fs::path& relative) {
    if (relative.extension() != ".md") return false;
    const std::string top = relative.begin()->string();
    return top == "docs" || relative == "README.md" ||
           (top == "plugins" && relative.filename() == "README.md");
}

Pages pages_of(const fs::path& root) {
    Pages pages;
    for (const fs::path& file : files_of(root)) {
        if (is_page(fs::relative(file, root))) pages.emplace(file, read_page(file));
    }
    return pages;
}

bool is_outside(std::string_view link) {
    return link.find("://") != link.npos || link.starts_with("mailto:");
}

/// The file that a link of `page` leads to; the page itself for a bare anchor.
fs::path target_of(const fs::path& page, std::string_view link) {
    const std::string_view path = link.substr(0, link.find('#'));
    return path.empty() ? page : (page.parent_path() / path).lexically_normal();
}

void check_link(
    const Pages& pages, const fs::path& page, const std::string& link, std::ostream& out
) {
    const fs::path target = target_of(page, link);
    const auto hash = link.find('#');
    const auto known = pages.find(target);
    if (!fs::exists(target))
        out << page << ": leads nowhere: " << link << '\n';
    else if (hash != link.npos && known != pages.end() && !known->second.anchors.contains(link.substr(hash + 1)))
        out << page << ": no such heading: " << link << '\n';
}

std::string broken_links(const fs::path& root) {
    std::ostringstream out;
    const Pages pages = pages_of(root);
    for (const auto& [page, content] : pages) {
        for (const std::string& link : content.links) {
            if (!is_outside(link)) check_link(pages, page, link, out);
        }
    }
    return out.str();
}

std::string unreachable_pages(const fs::path& root) {
    const Pages pages = pages_of(root);
    std::set<fs::path> reached;
    std::vector<fs::path> waiting{root / "docs" / "README.md"};
    while (!waiting.empty()) {
        const fs::path page = waiting.back();
        waiting.pop_back();
        const auto known = pages.find(page);
        if (known == pages.end() || !reached.insert(page).second) continue;
        for (const std::string& link : known->second.links) {
            if (!is_outside(link)) waiting.push_back(target_of(page, link));
        }
    }
    std::ostringstream out;
    for (const auto& [page, content] : pages) {
        const bool is_root_page = page.parent_path() == root;
        if (!is_root_page && !reached.contains(page))
            out << page << ": no way leads here from docs/README.md\n";
    }
    return out.str();
}

bool is_path_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '-' || c == '_' ||
           c == '.';
}

/// The pages that a source names, such as docs/testing.md. A name broken over two lines is not
/// seen.
std::set<std::string> pages_named_in(const std::string& text) {
    constexpr std::string_view kFolder = "docs/";
    std::set<std::string> names;
    for (auto at = text.find(kFolder); at != text.npos; at = text.find(kFolder, at + 1)) {
        auto end = at;
        while (end < text.size() && is_path_character(text[end]))
            ++end;
        const std::string word = text.substr(at, end - at);
        const auto extension = word.find(".md");
        if (extension != word.npos) names.insert(word.substr(0, extension + 3));
    }
    return names;
}

std::string absent_pages(const fs::path& root) {
    static const std::set<std::string> sources{
        ".cpp", ".hpp", ".c", ".h", ".sql", ".txt", ".json", ".cmake", ".py", ""};
    std::ostringstream out;
    for (const fs::path& file : files_of(root)) {
        if (!sources.contains(file.extension().string())) continue;
        for (const std::string& name : pages_named_in(text_of(file))) {
            if (!fs::exists(root / name)) out << file << ": there is no " << name << '\n';
        }
    }
    return out.str();
}

TEST(DocsLinks, LeadSomewhere) {
    EXPECT_EQ(broken_links(REPO_ROOT), "");
}

TEST(DocsLinks, EveryPageIsFoundFromTheIndex) {
    EXPECT_EQ(unreachable_pages(REPO_ROOT), "");
}

TEST(DocsLinks, PagesThatSourcesNameExist) {
    EXPECT_EQ(absent_pages(REPO_ROOT), "");
}

/// Apart from the names of the planted pages, so that these are not taken for pages this file
/// names.
const std::string kDocs = "docs/";

/// A small repository with one offence of each kind.
class PlantedDocs : public testing::Test {
protected:
    PlantedDocs() {
        fs::remove_all(root_);
        place(
            kDocs + "README.md",
            "# Index\n[one](one.md#the-first-part-1) [two](one.md#absent)\n"
            "`[code](no.md)` [a link broken\nover lines](gone.md) [web](https://x.example/no.md)\n"
            "```\n[an example](nothing.md)\n```\n"
        );
        place(kDocs + "one.md", "# One\n## The first `part`!\n## The first part\n[up](../docs)\n");
        place(kDocs + "alone.md", "# Alone\n[index](README.md)\n");
        place("hub/a.hpp", "// see " + kDocs + "one.md, and " + kDocs + "never.md.\n");
        place("build/b.hpp", "// " + kDocs + "made.md\n");
        place(".tool/c.hpp", "// " + kDocs + "tool.md\n");
    }
    void TearDown() override { fs::remove_all(root_); }

    void place(const std::string& name, const std::string& text) const {
        fs::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name, std::ios::binary) << text;
    }
    std::string complaint(const std::string& page, const std::string& what) const {
        std::ostringstream out;
        out << root_ / page << ": " << what << '\n';
        return out.str();
    }

    const fs::path root_ = fs::path(testing::TempDir()) /
                           (std::string("docs_planted_") +
                            testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(PlantedDocs, BrokenLinksAreNamed) {
    EXPECT_EQ(
        broken_links(root_),
        complaint(kDocs + "README.md", "no such heading: one.md#absent") +
            complaint(kDocs + "README.md", "leads nowhere: gone.md")
    );
}

TEST_F(PlantedDocs, APageWithoutAWayToItIsNamed) {
    EXPECT_EQ(
        unreachable_pages(root_),
        complaint(kDocs + "alone.md", "no way leads here from docs/README.md")
    );
}

TEST_F(PlantedDocs, AbsentPagesThatSourcesNameAreNamed) {
    EXPECT_EQ(absent_pages(root_), complaint("hub/a.hpp", "there is no " + kDocs + "never.md"));
}

}  // namespace
