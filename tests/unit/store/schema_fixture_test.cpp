// Databases as each schema had them, kept as text in schemas/N: whatever the program becomes, it
// opens and migrates them. `./dev schema-fixture` writes that of today's schema; an older one is
// never written again.

#include "base/text.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/schema.hpp"
#include "unit/store/store_fixture.hpp"
#include "vault/private_file.hpp"

#include <cstdlib>
#include <sstream>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

constexpr const char* kHubFile = "hub.sql";
constexpr const char* kKeysFile = "keys.sql";

fs::path fixtures() {
    return fs::path(REPO_ROOT) / "tests/unit/store/schemas";
}

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> column_of(sqlite::Database& database, const std::string& sql) {
    std::vector<std::string> values;
    const sqlite::Statement statement(database.get(), sql);
    sqlite::Query rows(statement);
    while (rows.step())
        values.emplace_back(rows.text());
    return values;
}

/// The database as SQL: its tables, their rows, its indexes.
std::string dump(sqlite::Database& database) {
    std::string text;
    for (const std::string& table : column_of(
             database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
         )) {
        const bool is_sequence = table == "sqlite_sequence";
        if (!is_sequence) {
            text +=
                column_of(database, "SELECT sql FROM sqlite_master WHERE name = '" + table + "'")
                    .at(0) +
                ";\n";
        }
        std::string values;
        for (const std::string& column :
             column_of(database, "SELECT name FROM pragma_table_info('" + table + "')"))
            values += (values.empty() ? "quote(" : " || ', ' || quote(") + column + ")";
        for (const std::string& row : column_of(database, "SELECT " + values + " FROM " + table))
            text += "INSERT INTO " + table + " VALUES (" + row + ");\n";
    }
    for (const std::string& index : column_of(
             database,
             "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"
         ))
        text += index + ";\n";
    const std::string schema =
        column_of(database, "SELECT user_version FROM pragma_user_version").at(0);
    return text + "PRAGMA user_version = " + schema + ";\n";
}

/// The value of a key; a default one, and a failure, when there is none.
template <class Key, class Value, class Wanted>
Value value_at(const FlatMap<Key, Value>& map, const Wanted& key) {
    const Value* found = map.find(Key(key));
    EXPECT_NE(found, nullptr);
    return found != nullptr ? *found : Value{};
}

class SchemaFixture : public StoreTest {
protected:
    /// Something in every table.
    void store_everything() {
        const std::vector<std::string> paths{"name", "status", "addresses.billing"};
        for (const std::string& path : paths)
            store_->field_id(path);
        auto [ada, link] = store_customer("Ada Lovelace", "17");
        CommitBatch batch;
        Customer other = new_customer("Ada L.");
        other.state = CustomerState::Alias;
        other.alias_of = ada.id;
        MergeEvent merge;
        merge.id = new_id<MergeId>();
        merge.winner = ada.id;
        merge.loser = other.id;
        merge.at = from_unix_ms(70);
        merge.by = "bo";
        merge.links.push_back({link.id, LinkRole::Secondary});
        merge.before = ada.fields;
        batch.customers.push_back(other);
        batch.merges.push_back(merge);
        Link unknown = new_link(new_id<CustomerId>(), "18");
        unknown.state = LinkState::Unassociated;
        batch.links.push_back(unknown);
        batch.attempts.push_back(new_attempt(ada, link.id));
        batch.quarantined.push_back(new_item("19"));
        batch.cases.push_back(question_about(ada, unknown));
        batch.link_keys = {{link.id, {{kName, "ada lovelace"}}}};
        batch.customer_keys = {{ada.id, {{kName, "ada lovelace"}}}};
        batch.cursors.push_back(
            {SystemId{"erp"}, "customer", R"({"after":17})", true, from_unix_ms(40)}
        );
        batch.systems.push_back(state_of_erp());
        batch.recent_writes.push_back({SystemId{"erp"}, WriteKind::Update, ada.id, from_unix_ms(60)}
        );
        batch.work_added.push_back(ada.id);
        store::Run run;
        run.id = new_id<RunId>();
        run.kind = "run";
        run.by = "bo";
        run.started_at = from_unix_ms(10);
        run.pulled = 3;
        batch.runs.push_back(run);
        batch.changes.push_back(first_change(ada, run));
        batch.high_water = Version{from_unix_ms(100).time_since_epoch().count() * 65536ULL};
        batch.committed_at = from_unix_ms(100);
        store_->commit(batch);
    }
    Case question_about(const Customer& customer, const Link& link) {
        Case question;
        question.id = new_id<CaseId>();
        question.link = link.id;
        question.system = SystemId{"erp"};
        question.reason = "same name";
        question.candidates.push_back({customer.id, {}, "same name"});
        question.opened_at = from_unix_ms(50);
        return question;
    }
    static SystemState state_of_erp() {
        SystemState state;
        state.system = SystemId{"erp"};
        state.last_error = "no route to host";
        state.last_pull = from_unix_ms(30);
        state.failures = 2;
        state.mapping = "name <-> NAME";
        state.listed_at = from_unix_ms(20);
        state.connector = "org.syncline.sql 1.0";
        return state;
    }
    static Change first_change(const Customer& customer, const store::Run& run) {
        Change change;
        change.customer = customer.id;
        change.run = run.id;
        change.at = from_unix_ms(80);
        FieldChange& field = change.fields.emplace_back();
        field.field = kName;
        field.origin = Origin::of(SystemId{"erp"});
        field.version = Version{7};
        field.after = FieldValue::of("Ada Lovelace");
        return change;
    }

    /// Today's schema, as its files.
    void write_fixture(const fs::path& to) {
        store_everything();
        close();
        fs::create_directories(to);
        sqlite::Database hub(folder_ / "hub.db", sqlite::OpenMode::ReadWrite);
        for (const std::string& table :
             column_of(hub, "SELECT name FROM sqlite_master WHERE type = 'table'"))
            EXPECT_FALSE(column_of(hub, "SELECT 1 FROM " + table).empty()) << table << " is empty";
        std::string used;
        for (const std::string& key : column_of(hub, "SELECT dek_id FROM data_key"))
            used += (used.empty() ? "" : ", ") + key;
        sqlite::Database keys(folder_ / "keys.db", sqlite::OpenMode::ReadWrite);
        keys.execute("DELETE FROM dek WHERE dek_id NOT IN (" + used + ")");
        std::ofstream(to / kHubFile) << dump(hub);
        std::ofstream(to / kKeysFile) << dump(keys);
        for (const char* name : {"keyring", "root.key"}) {
            const std::string bytes = read_file(folder_ / name);
            std::ofstream(to / (std::string(name) + ".hex")) << to_hex(bytes_of(bytes)) << '\n';
        }
    }
    /// The folder of a hub, made of the files of a fixture, and opened.
    void open_fixture(const fs::path& from) {
        close();
        fs::remove_all(folder_);
        vault::make_private_folder(folder_);
        for (const auto& [text, name] : {std::pair{kHubFile, "hub.db"}, {kKeysFile, "keys.db"}}) {
            sqlite::Database(folder_ / name, sqlite::OpenMode::Create)
                .execute(read_file(from / text));
        }
        for (const char* name : {"keyring", "root.key"}) {
            const std::string text = read_file(from / (std::string(name) + ".hex"));
            const auto bytes = from_hex(trimmed(text));
            ASSERT_TRUE(bytes);
            ASSERT_TRUE(vault::create_private_file(folder_ / name, 0400, *bytes));
        }
        reopen();
    }
    void expect_everything() {
        ASSERT_TRUE(store_);
        const auto links = store_->links_by_remote(
            SystemId{"erp"}, "customer", std::array{RemoteId{"17"}, RemoteId{"18"}}
        );
        ASSERT_EQ(links.size(), 2U);
        const Link& link = links[0].remote_id.text() == "17" ? links[0] : links[1];
        EXPECT_EQ(link.token, "etag-1");
        EXPECT_EQ(
            value_at(value_at(link.fields, kName).shadow->raw, "NAME"), RawValue::of_text("Ada L.")
        );
        const Customer ada = customer(link.customer);
        EXPECT_EQ(value_at(ada.fields, kName).value, FieldValue::of("Ada Lovelace"));
        EXPECT_EQ(value_at(ada.fields, kStatus).value, FieldValue::of("active"));
        const std::vector<Change> history = store_->history(ada.id);
        ASSERT_EQ(history.size(), 1U);
        EXPECT_EQ(history[0].fields.at(0).after, FieldValue::of("Ada Lovelace"));
        const auto attempts = store_->attempts_of_links(std::array{link.id});
        ASSERT_EQ(attempts.size(), 1U);
        EXPECT_EQ(value_at(attempts[0].fields, kName).value, FieldValue::of("Ada Lovelace"));
        const auto merges = store_->merges_of(std::array{ada.id});
        ASSERT_EQ(merges.size(), 1U);
        EXPECT_EQ(merges[0].by, "bo");
        EXPECT_EQ(store_->holders(std::array{MatchKey{kName, "ada lovelace"}}, 5).size(), 1U);
        const auto waiting = store_->waiting_links();
        ASSERT_EQ(waiting.size(), 1U);
        EXPECT_EQ(store_->links_by_id(std::array{waiting[0].id}).size(), 1U);
        ASSERT_EQ(store_->quarantine().size(), 1U);
        EXPECT_EQ(value_at(store_->quarantine()[0].raw, "NAME"), RawValue::of_text("\x01"));
        EXPECT_EQ(store_->cases(std::nullopt, true).size(), 1U);
        ASSERT_TRUE(store_->cursor(SystemId{"erp"}, "customer"));
        EXPECT_EQ(store_->cursor(SystemId{"erp"}, "customer")->value, R"({"after":17})");
        ASSERT_EQ(store_->system_states().size(), 1U);
        EXPECT_EQ(store_->system_states()[0], state_of_erp());
        EXPECT_EQ(store_->recent_writes(SystemId{"erp"}, {}).size(), 1U);
        EXPECT_EQ(store_->work(10), std::vector{ada.id});
        ASSERT_EQ(store_->runs(10).size(), 1U);
        EXPECT_EQ(store_->runs(10)[0].pulled, 3U);
        EXPECT_EQ(store_->high_water().unix_ms(), 100);
        EXPECT_EQ(store_->field_ids().size(), 3U);
        EXPECT_TRUE(store_->unopened().empty());
    }
};

TEST_F(SchemaFixture, EverySchemaThatWasKeptIsOpenedAndMigrated) {
    std::size_t opened = 0;
    for (const auto& entry : fs::directory_iterator(fixtures())) {
        open_fixture(entry.path());
        SCOPED_TRACE(entry.path());
        expect_everything();
        const fs::path backup = folder_ / "backup.db";
        ASSERT_TRUE(back_up(folder_, backup, vault::Existing::Refused, *vault_, clock_));
        const auto report = check_backup(backup, *vault_, clock_);
        ASSERT_TRUE(report) << report.error().detail;
        EXPECT_TRUE(report->unopened.empty());
        clock_.advance(std::chrono::hours{1});  // the ids of the fixture are taken
        store_customer("Bob", "20");            // and it is a store like any other
        ++opened;
    }
    EXPECT_GT(opened, 0U);
}

TEST_F(SchemaFixture, TodaysSchemaIsKept) {
    const fs::path today = fixtures() / std::to_string(migrations().size());
    EXPECT_TRUE(fs::exists(today / kHubFile)
    ) << "there is a new schema: `./dev schema-fixture` keeps it, for the time after the next one";
}

// What is written today holds what is looked for; with a folder in the variable, it is kept there.
TEST_F(SchemaFixture, OneThatIsWrittenNowHoldsEverything) {
    const fs::path now = fs::path(::testing::TempDir()) / "schema_fixture_now";
    fs::remove_all(now);
    write_fixture(now);
    open_fixture(now);
    expect_everything();
    if (const char* keep = std::getenv("SYNCLINE_KEEP_SCHEMA"); keep != nullptr && !HasFailure()) {
        const fs::path kept = fs::path(keep) / std::to_string(migrations().size());
        ASSERT_FALSE(fs::exists(kept)) << "it is kept already";
        fs::create_directories(kept.parent_path());
        fs::copy(now, kept);
    }
    fs::remove_all(now);
}

}  // namespace
}  // namespace syncline::store
