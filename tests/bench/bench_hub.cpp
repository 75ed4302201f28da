#include "bench/bench_hub.hpp"

#include "bench/customers.hpp"
#include "codec/json.hpp"
#include "sandbox/sqlite.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;
using codec::Json;

struct Mapped {
    const char* field;
    std::size_t column;
};
constexpr Mapped kMapping[] = {
    {"ext.bench.given_name", GivenName},
    {"ext.bench.family_name", FamilyName},
    {"name", Company},
    {"addresses.billing.street", Street},
    {"addresses.billing.extra", HouseNumber},
    {"addresses.billing.postcode", Postcode},
    {"addresses.billing.city", City},
    {"addresses.billing.country", Country},
    {"phones.main.number", Phone},
    {"phones.mobile.number", Mobile},
    {"emails.main.address", Email},
    {"identifiers.vat.value", VatId},
    {"language", Language},
    {"commercial.bank_accounts.main.iban", Iban},
    {"notes", Note}};

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

std::string columns() {
    std::string names;
    for (const char* name : kColumnNames)
        names += std::string(", ") + name;
    return names;
}

std::string journal_trigger(const std::string& when, const std::string& row) {
    return "CREATE TRIGGER on_" + when + " AFTER " + when +
           " ON customers BEGIN INSERT INTO journal(id) VALUES(" + row + ".id); END";
}

}  // namespace

BenchHub::BenchHub(fs::path folder) : folder_(std::move(folder)) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "hub");
}

fs::path BenchHub::database(const std::string& name) const {
    return folder_ / (name + ".sqlite");
}

void BenchHub::add_system(const std::string& name, std::size_t count, std::size_t first) {
    sandbox::Database file(database(name));
    file.run("PRAGMA journal_mode = WAL");
    file.run("CREATE TABLE customers(id INTEGER PRIMARY KEY AUTOINCREMENT" + columns() + ")");
    file.run("CREATE TABLE journal(entry INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER NOT NULL)");
    std::string places = "?";
    for (std::size_t i = 0; i < kColumns; ++i)
        places += ", ?";
    file.atomically([&] {
        auto row = file.prepare("INSERT INTO customers VALUES(" + places + ")");
        for (std::size_t i = first; i < first + count; ++i) {
            const Customer made = customer(static_cast<std::int64_t>(i));
            row.bind(1, made.id);
            for (std::size_t c = 0; c < kColumns; ++c)
                row.bind(static_cast<int>(c) + 2, made.values[c]);
            row.execute();
        }
    });
    for (const auto& [when, row] :
         {std::pair("INSERT", "NEW"), std::pair("UPDATE", "NEW"), std::pair("DELETE", "OLD")})
        file.run(journal_trigger(when, row));
    connect(
        name, {{"sqlite", database(name).string()}}, {{"table", "journal"}, {"order", "entry"}}
    );
}

void BenchHub::connect(
    const std::string& name, const Json& database, const Json& journal, const std::string& listen
) {
    Json table{
        {"table", "customers"},
        {"key", "id"},
        {"columns", Json::array()},
        {"detect", "journal"},
        {"journal", journal}};
    for (const char* column : kColumnNames)
        table["columns"].push_back(column);
    if (!listen.empty()) table["listen"] = listen;
    settings_[name] = {{"database", database}, {"entities", {{"customer", table}}}};
    systems_.push_back(name);
    write_configuration();
    if (!is_made_) run({"init"}, 1);
    is_made_ = true;
}

void BenchHub::write_configuration() const {
    Json hub{
        {"hub", {{"id", "bench"}, {"default_country", "BE"}}},
        {"systems", Json::array({"systems/*.json"})},
        {"order", systems_},
        {"policies", {{"*", {{"policy", "newest"}, {"on_undecided", "order"}}}}},
        {"association",
         Json::array(
             {{{"match", {"identifiers.vat.value"}}, {"then", "link"}},
              {{"match", {"emails.main.address", "name"}}, {"then", "link"}}}
         )},
        {"log", {{"level", "warning"}}}};
    write(folder_ / "hub" / "hub.json", codec::to_pretty(hub));
    Json mapping = Json::array();
    for (const Mapped& mapped : kMapping)
        mapping.push_back({{"field", mapped.field}, {"remote", kColumnNames[mapped.column]}});
    for (const std::string& name : systems_) {
        const Json system{
            {"system", name},
            {"connector", "sql"},
            {"settings", settings_.at(name)},
            {"poll", "5s"},
            {"rights", {{"create", true}, {"update", true}}},
            {"mapping", {{"customer", mapping}}}};
        write(folder_ / "hub" / "systems" / (name + ".json"), codec::to_pretty(system));
    }
}

void BenchHub::edit(
    const std::string& name, std::size_t edits, std::size_t customers, std::size_t salt
) {
    sandbox::Database file(database(name));
    file.atomically([&] {
        auto change = file.prepare("UPDATE customers SET phone = ? WHERE id = ?");
        for (std::size_t i = 0; i < edits; ++i) {
            const auto id = static_cast<std::int64_t>(i * (customers / edits) + 1);
            change.bind(1, other_phone(static_cast<std::int64_t>(salt * edits + i))).bind(2, id);
            change.execute();
        }
    });
}

std::size_t BenchHub::count_edited(
    const std::string& name, std::size_t edits, std::size_t customers, std::size_t salt
) const {
    sandbox::Database file(database(name));
    auto look = file.prepare("SELECT phone FROM customers WHERE id = ?");
    std::size_t found = 0;
    const auto digits_of = [](const std::string& text) {
        std::string digits;
        for (const char c : text) {
            if (c >= '0' && c <= '9') digits += c;
        }
        return digits;
    };
    for (std::size_t i = 0; i < edits; ++i) {
        look.bind(1, static_cast<std::int64_t>(i * (customers / edits) + 1));
        const std::string wanted = other_phone(static_cast<std::int64_t>(salt * edits + i));
        if (look.step() && digits_of(look.text(0)) == digits_of(wanted)) ++found;
        look.execute();  // to its end, so that it takes other values
    }
    return found;
}

std::vector<std::string> BenchHub::command(const std::vector<std::string>& arguments) const {
    std::vector<std::string> words{
        std::string(BUILD_ROOT) + "/bin/syncline", "-C", (folder_ / "hub").string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

Cost BenchHub::run(const std::vector<std::string>& arguments, std::size_t count) const {
    return MeasuredProgram(command(arguments), folder_ / "output").wait(count);
}

std::unique_ptr<MeasuredProgram> BenchHub::start() const {
    auto program = std::make_unique<MeasuredProgram>(command({"-q", "run"}), folder_ / "running");
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!fs::exists(folder_ / "hub" / "control.sock")) {
        if (std::chrono::steady_clock::now() > patience)
            throw std::runtime_error("the hub does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return program;
}

std::uintmax_t BenchHub::stored_bytes() const {
    std::uintmax_t bytes = 0;
    for (const char* name : {"hub.db", "hub.db-wal", "keys.db", "keys.db-wal"}) {
        std::error_code absent;
        const auto size = fs::file_size(folder_ / "hub" / "data" / name, absent);
        if (!absent) bytes += size;
    }
    return bytes;
}

}  // namespace syncline::bench
