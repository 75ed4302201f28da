#include "tidy/error_page.hpp"

#include "base/error_catalogue.hpp"

#include <span>
#include <sstream>
#include <string_view>

namespace syncline::tidy {
namespace {

constexpr const char* kIntroduction = R"(# Errors

For people who run a hub and meet an error, and for scripts that tell them apart. Made from `schemas/errors.json` by
`./dev docs`; the program has the same catalogue. Numbers and names are never used again for something else.

```console
$ syncline -C demo/hub records show erp:99999
syncline: erp:99999: there is no such record [not_found]
$ syncline -C demo/hub errors explain not_found
not_found (402)
There is no such record, system, question, item or file.
…
```

First *where* (file and line, field, record), then *what* is wrong and what to do, and the name in brackets. The
hub puts no customer's data into it. Names also stand in `code` of `quarantine show -o json`, in `error` of
`apply -o json` and in `code` of [`hub.log`](log.md). An exit code is that of a command that ends with the error; all of
them are on [exit codes](exit-codes.md). `quarantine list --group` counts what is set aside by code and system.
)";

void write_list(std::ostream& out, const char* title, std::span<const std::string_view> list) {
    out << "\n" << title << "\n\n";
    for (const std::string_view item : list)
        out << "- " << item << "\n";
}

/// "explanation/drift.md#holds" -> "[drift: holds](../explanation/drift.md#holds)"
std::string link_to(std::string_view page) {
    std::string words(page.substr(page.rfind('/') + 1));
    words.replace(words.find(".md"), 3, "");
    if (const auto hash = words.find('#'); hash != words.npos) words.replace(hash, 1, ": ");
    for (char& c : words)
        c = c == '-' || c == '_' ? ' ' : c;
    constexpr std::string_view kHere = "reference/";
    const std::string target = page.starts_with(kHere) ? std::string(page.substr(kHere.size()))
                                                       : "../" + std::string(page);
    return "[" + words + "](" + target + ")";
}

void write_entry(std::ostream& out, const ErrorEntry& entry) {
    out << "\n### " << entry.name << "\n\n" << entry.meaning << "\n";
    write_list(out, "Likely causes:", entry.causes);
    write_list(out, "What to do:", entry.fixes);
    out << "\nWho: ";
    for (const Mender mender : entry.who)
        out << (mender == entry.who.front() ? "" : ", then ") << title(mender);
    out << ". More: ";
    for (const std::string_view page : entry.see)
        out << (page == entry.see.front() ? "" : ", ") << link_to(page);
    out << ".\n";
}

}  // namespace

std::string error_page() {
    std::ostringstream page;
    page << kIntroduction;
    for (const ErrorGroup& group : error_groups()) {
        page << "\n## " << group.title << "\n\n"
             << group.about << "\n\n| Number | Name | Exit code | Shows in | Means |\n"
             << "|---|---|---|---|---|\n";
        for (const ErrorEntry& entry : error_catalogue()) {
            if (entry.group != group.title) continue;
            page << "| " << static_cast<unsigned>(entry.code) << " | [`" << entry.name << "`](#"
                 << entry.name << ") | " << entry.exit_code << " | ";
            for (const std::string_view place : entry.shows)
                page << (place == entry.shows.front() ? "" : ", ") << place;
            page << " | " << entry.meaning << " |\n";
        }
        for (const ErrorEntry& entry : error_catalogue()) {
            if (entry.group == group.title) write_entry(page, entry);
        }
    }
    return page.str();
}

}  // namespace syncline::tidy
