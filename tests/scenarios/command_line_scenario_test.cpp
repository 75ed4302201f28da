// The commands that only read, as a person and as a script use them: what they print, in which
// form, on which stream, and with which exit code.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>

namespace syncline::testing {
namespace {

using codec::Json;
using Words = std::vector<std::string>;

/// A hub that has one of everything that waits for a person. The tests of this file only read it.
const DemoHub& shared() {
    static const std::unique_ptr<DemoHub> hub = [] {
        auto demo = std::make_unique<DemoHub>("cli-shared");
        demo->erp("UPDATE customers SET phone = 'call Jan' WHERE id = 18");
        demo->erp("UPDATE customers SET email = 'erp@guldenreiger.example' WHERE id = 17");
        demo->edit_helpdesk("24", "EmailAddress", "desk@guldenreiger.example");
        demo->converge(4);
        return demo;
    }();
    return *hub;
}

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Words lines_of(const std::string& text) {
    Words lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string first_id(const Words& list, const std::string& noun) {
    const Json listed = shared().json(list);
    EXPECT_EQ(listed[noun].size(), 1U) << listed;
    const Json& id = listed[noun][0]["id"];
    return id.is_string() ? id.get<std::string>() : id.dump();
}
const std::string& conflict() {
    static const std::string id = first_id({"conflicts", "list"}, "conflicts");
    return id;
}
const std::string& review() {
    static const std::string id = first_id({"reviews", "list"}, "reviews");
    return id;
}
const std::string& item() {
    static const std::string id = first_id({"quarantine", "list"}, "quarantined");
    return id;
}

Words keys_of(const Json& object) {
    Words keys;
    for (const auto& [key, value] : object.items())
        keys.push_back(key);
    return keys;
}

/// Rows of RFC 4180, without line breaks in cells.
std::vector<Words> rows_of_csv(const std::string& text) {
    std::vector<Words> rows;
    for (const std::string& line : lines_of(text)) {
        Words cells(1);
        bool quoted = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool doubled =
                quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
            if (doubled)
                cells.back() += line[++i];
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == ',' && !quoted)
                cells.emplace_back();
            else
                cells.back() += line[i];
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

struct ListCommand {
    Words words;
    std::string noun;
    Words keys;
};

std::vector<ListCommand> list_commands() {
    return {
        {{"records", "list", "--limit", "5"}, "records", {"id", "name", "systems"}},
        {{"records", "find", "bv"}, "records", {"id", "name", "systems"}},
        {{"records", "history", "erp:17"},
         "changes",
         {"at", "field", "kind", "origin", "rule", "before", "after", "run"}},
        {{"runs", "list"},
         "runs",
         {"id", "kind", "by", "started_at", "changed", "created", "updated", "refused", "state"}},
        {{"conflicts", "list"},
         "conflicts",
         {"id", "record", "field", "opened_at", "version", "reason"}},
        {{"reviews", "list"}, "reviews", {"id", "kind", "system", "opened_at", "reason"}},
        {{"quarantine", "list"},
         "quarantined",
         {"id", "system", "direction", "record", "field", "tries", "last_at", "reason"}},
        {{"systems", "list"},
         "systems",
         {"id",
          "title",
          "connector",
          "state",
          "rights",
          "poll_ms",
          "failures",
          "next_attempt",
          "last_error"}},
        {{"connectors", "list"}, "connectors", {"alias", "id", "version", "title"}}};
}

std::string cell_of(const Json& value) {
    if (value.is_null()) return "";
    return value.is_string() ? value.get<std::string>() : value.dump();
}

void expect_csv_says_the_same(const ListCommand& command, const Json& rows) {
    const Ended csv = shared().syncline(with(command.words, {"-o", "csv"}));
    const std::vector<Words> cells = rows_of_csv(csv.out);
    ASSERT_EQ(cells.size(), rows.size() + 1) << csv.out;
    EXPECT_EQ(cells[0], command.keys);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(cells[i + 1].size(), command.keys.size()) << csv.out;
        for (std::size_t k = 0; k < command.keys.size(); ++k) {
            const Json& value = rows[i][command.keys[k]];
            if (!value.is_structured()) {
                EXPECT_EQ(cells[i + 1][k], cell_of(value));
            }
        }
    }
}

TEST(CommandLineScenario, AListSaysTheSameInEveryForm) {
    for (const ListCommand& command : list_commands()) {
        SCOPED_TRACE(joined(command.words));
        const Ended json = shared().syncline(with(command.words, {"-o", "json"}));
        EXPECT_EQ(json.exit_code, 0) << json.err;
        const auto document = codec::parse_json(json.out);
        ASSERT_TRUE(document) << json.out;
        EXPECT_EQ(keys_of(*document), Words{command.noun});
        const Json& rows = (*document)[command.noun];
        ASSERT_FALSE(rows.empty());
        for (const Json& row : rows)
            EXPECT_EQ(keys_of(row), command.keys);

        const Words lines = lines_of(shared().syncline(with(command.words, {"-o", "ndjson"})).out);
        ASSERT_EQ(lines.size(), rows.size());
        for (std::size_t i = 0; i < lines.size(); ++i)
            EXPECT_EQ(codec::parse_json(lines[i]).value(), rows[i]);

        expect_csv_says_the_same(command, rows);

        const Ended table = shared().syncline(command.words);
        const Words shown = lines_of(table.out);
        ASSERT_EQ(shown.size(), rows.size() + 1) << table.out;
        const std::string title = shown[0].substr(0, shown[0].find(' '));
        EXPECT_TRUE(std::all_of(title.begin(), title.end(), [](char c) {
            return c >= 'A' && c <= 'Z';
        })) << table.out;
        EXPECT_TRUE(has(shown[1], cell_of(rows[0][command.keys[0]]))) << table.out;
    }
}

struct DocumentCommand {
    Words words;
    Words keys;
    Words texts;  ///< what a person reads
};

std::vector<DocumentCommand> document_commands() {
    return {
        {{"status"},
         {"hub",
          "systems",
          "records",
          "links",
          "conflicts_open",
          "reviews_open",
          "quarantined",
          "most_frequent_error"},
         {"SYSTEM",
          "IN SYNC",
          "400 records, 1228 links; open: 1 conflict, 1 review; in quarantine: 1"}},
        {{"records", "show", "erp:17"},
         {"record", "links", "state", "version"},
         {"name: Brouwerij De Gulden Reiger NV", "in helpdesk: 24 (active)"}},
        {{"explain", "erp:17", "emails.main.address"},
         {"record",
          "field",
          "value",
          "source",
          "source_time",
          "rule",
          "version",
          "losing",
          "systems"},
         {"emails.main.address: erp@guldenreiger.example",
          "from erp, made between ",
          "by the rule only_change",
          "lost: info@guldenreiger.example from accounting (replaced",
          "lost: desk@guldenreiger.example from helpdesk (contested",
          "supplier: not_mapped"}},
        {{"conflicts", "show", conflict()},
         {"id",
          "record",
          "name",
          "field",
          "state",
          "reason",
          "opened_at",
          "version",
          "base",
          "standing",
          "standing_source",
          "standing_rule",
          "standing_made",
          "standing_version",
          "values"},
         {"base ",
          "hub now",
          "* desk@guldenreiger.example",
          " erp@guldenreiger.example",
          " conflicts resolve "}},
        {{"reviews", "show", review()},
         {"id", "kind", "state", "opened_at", "reason", "record", "candidates"},
         {"the record erp:41",
          "may be the customer ",
          "a unique identifier differs",
          "settle it: syncline reviews link "}},
        {{"quarantine", "show", item()},
         {"id",
          "system",
          "direction",
          "remote_id",
          "field",
          "code",
          "reason",
          "tries",
          "first_at",
          "last_at",
          "raw"},
         {"phone: call Jan",
          "the text is not a phone number",
          "try again: syncline quarantine retry " + item()}},
        {{"systems", "show", "supplier"},
         {"id",
          "title",
          "connector",
          "state",
          "last_error",
          "failures",
          "next_attempt",
          "poll_ms",
          "held",
          "mapping"},
         {"Supplier (supplier, connector files)",
          "ok",
          "may: read, update",
          "identifiers.customer_number.value <-> CustNo (in only)"}}};
}

TEST(CommandLineScenario, ADocumentIsJsonForScriptsAndTextForPeople) {
    for (const DocumentCommand& command : document_commands()) {
        SCOPED_TRACE(joined(command.words));
        const Ended json = shared().syncline(with(command.words, {"-o", "json"}));
        EXPECT_EQ(json.exit_code, 0) << json.err;
        EXPECT_EQ(json.err, "");
        const auto document = codec::parse_json(json.out);
        ASSERT_TRUE(document) << json.out;
        EXPECT_EQ(keys_of(*document), command.keys);
        const Ended line = shared().syncline(with(command.words, {"-o", "ndjson"}));
        EXPECT_EQ(lines_of(line.out).size(), 1U) << line.out;
        EXPECT_EQ(keys_of(codec::parse_json(line.out).value()), command.keys);
        const Ended text = shared().syncline(command.words);
        EXPECT_EQ(text.err, "");
        for (const std::string& part : command.texts)
            EXPECT_TRUE(has(text.out, part)) << part << "\nis not in\n" << text.out;
        EXPECT_FALSE(codec::parse_json(text.out)) << text.out;
    }
}

TEST(CommandLineScenario, StatusCountsWhatWaitsForAPerson) {
    const Json status = shared().json({"status"});
    const Words keys{
        "id",
        "state",
        "in_sync",
        "pending",
        "failing",
        "excluded",
        "last_pull",
        "last_push",
        "failures",
        "next_attempt"};
    Words systems;
    for (const Json& system : status["systems"]) {
        EXPECT_EQ(keys_of(system), keys);
        systems.push_back(system["id"].get<std::string>());
        EXPECT_EQ(system["failing"], system["id"] == "erp" ? 1 : 0) << system;
    }
    EXPECT_EQ(systems, (Words{"accounting", "erp", "helpdesk", "supplier"}));
    EXPECT_EQ(status["systems"][1]["in_sync"], 398) << "of 400: one in quarantine, one in a review";
    EXPECT_EQ(status["systems"][2]["excluded"], 82) << "people without an address are no users";
    EXPECT_EQ(status["conflicts_open"], 1);
    EXPECT_EQ(status["reviews_open"], 1);
    EXPECT_EQ(status["quarantined"], 1);
    EXPECT_EQ(shared().syncline({"status", "--fail-on-conflict"}).exit_code, 6);
    const std::vector<Words> csv = rows_of_csv(shared().syncline({"status", "-o", "csv"}).out);
    ASSERT_EQ(csv.size(), 5U);
    EXPECT_EQ(csv[0], Words(keys.begin(), keys.end() - 2)) << "the tries are told below the table";
    EXPECT_EQ(csv[2][0], "erp");
}

TEST(CommandLineScenario, AReviewAloneFailsStatusToo) {
    DemoHub demo("cli-review-alone");
    EXPECT_EQ(demo.syncline({"status"}).exit_code, 0);
    EXPECT_EQ(demo.syncline({"status", "--fail-on-conflict"}).exit_code, 6);
    EXPECT_EQ(
        demo.syncline({"reviews", "new", demo.json({"reviews", "list"})["reviews"][0]["id"]})
            .exit_code,
        0
    );
    EXPECT_EQ(demo.syncline({"status", "--fail-on-conflict"}).exit_code, 0);
    EXPECT_EQ(demo.syncline({"reviews", "list"}).out, "no reviews\n");
    EXPECT_EQ(demo.json({"reviews", "list"}).dump(), "{\"reviews\":[]}");
    EXPECT_EQ(demo.json({"records", "show", "erp:41"})["links"].size(), 1U);
}

TEST(CommandLineScenario, ARecordIsNamedByAnyOfItsSystemsAndByPartsOfItsId) {
    const Json record = shared().json({"records", "show", "erp:17"});
    const auto id = record["record"]["id"].get<std::string>();
    for (const std::string& name :
         {id,
          id.substr(id.size() - 12),
          std::string("helpdesk:24"),
          std::string("supplier:K-1017"),
          "accounting:" + std::string(kTutorialGuid)})
        EXPECT_EQ(shared().json({"records", "show", name}), record) << name;
    const std::string one = conflict();
    EXPECT_EQ(shared().json({"conflicts", "show", one.substr(one.size() - 12)})["id"], one);
}

TEST(CommandLineScenario, FindReadsEveryValueWithoutRegardToSpelling) {
    const auto found = [](const std::string& words) {
        Words names;
        const Json listed = shared().json({"records", "find", words});
        for (const Json& row : listed["records"])
            names.push_back(row["name"].get<std::string>());
        return names;
    };
    const Words brewery{"Brouwerij De Gulden Reiger NV"};
    EXPECT_EQ(found("GULDEN reiger"), brewery);
    EXPECT_EQ(found("+32 15 41 22 33"), brewery);
    EXPECT_EQ(found("0456.712.325"), brewery);
    EXPECT_EQ(found("erp@guldenreiger"), brewery);
    EXPECT_EQ(shared().syncline({"records", "find", "nobody at all"}).out, "no records\n");
    const Ended cut = shared().syncline({"records", "find", "bv", "--limit", "2"});
    EXPECT_EQ(lines_of(cut.out).size(), 3U) << cut.out;
    EXPECT_EQ(cut.err, "… these are the first 2; --limit shows more\n");
}

TEST(CommandLineScenario, AShortListSaysOnStandardErrorThatThereIsMore) {
    const Ended all = shared().syncline({"records", "list", "--limit", "400"});
    EXPECT_EQ(all.err, "");
    EXPECT_EQ(lines_of(all.out).size(), 401U);
    const Ended few = shared().syncline({"records", "list", "--limit", "3"});
    EXPECT_TRUE(has(few.err, "397 more; --limit")) << few.err;
    EXPECT_EQ(lines_of(few.out).size(), 4U);
    const Json suppliers =
        shared().json({"records", "list", "--limit", "400", "--system", "supplier"});
    EXPECT_EQ(suppliers["records"].size(), 111U);
}

}  // namespace
}  // namespace syncline::testing
