#include "book.hpp"

#include <Poco/SHA2Engine.h>
#include <sqlite3.h>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <signal.h>
#include <unistd.h>

namespace gnucash {
namespace {

using syncline::sdk::Failure;

constexpr int kBusyTimeoutMs = 2'000;
constexpr std::int64_t kGlobalTaxSetting = 3;

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

bool is_alive(std::int64_t pid) {
    return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

std::string existing(const std::string& file) {
    std::error_code failed;
    if (!std::filesystem::exists(file, failed))
        throw Failure(SYNCLINE_E_CONFIG, "there is no book " + file);
    return file;
}

std::string select_sql() {
    std::string sql =
        "SELECT c.guid, c.active, COALESCE((SELECT string_val FROM slots s WHERE s.obj_guid = "
        "c.guid "
        "AND s.name = ?1 AND s.slot_type = 4 LIMIT 1), '')";
    for (const std::string& column : columns())
        sql += ", COALESCE(c." + column + ", '')";
    return sql + " FROM customers c";
}

/// GnuCash cannot load an address with a NULL in it: nothing is written as NULL.
std::string text_of(const Json& value) {
    if (value.is_null()) return {};
    return value.is_string() ? value.get<std::string>() : value.dump();
}

int active_of(const Json& value) {
    const std::string text = value.is_boolean() ? (value.get<bool>() ? "1" : "0") : text_of(value);
    if (text == "1" || text == "0") return text == "1" ? 1 : 0;
    throw Failure(SYNCLINE_E_INVALID, "active is 1 or 0", "active");
}

bool is_column(const std::string& name) {
    for (const std::string& column : columns()) {
        if (column == name) return true;
    }
    return false;
}

/// To read, nothing can be written; unless the last writer died in the midst. Then somebody who may
/// write has to put the book back as it was before it can be read.
SQLite::Database opened(const std::string& file, Book::Access access) {
    if (access == Book::Access::Read) {
        SQLite::Database database(file, SQLite::OPEN_READONLY, kBusyTimeoutMs);
        const int code = database.tryExec("SELECT COUNT(*) FROM sqlite_master");
        if (code == SQLITE_OK || database.getExtendedErrorCode() != SQLITE_READONLY_ROLLBACK)
            return database;
    }
    return SQLite::Database(file, SQLite::OPEN_READWRITE, kBusyTimeoutMs);
}

}  // namespace

const std::vector<std::string>& columns() {
    static const std::vector<std::string> names{
        "name",
        "id",
        "notes",
        "addr_name",
        "addr_addr1",
        "addr_addr2",
        "addr_addr3",
        "addr_addr4",
        "addr_phone",
        "addr_fax",
        "addr_email"};
    return names;
}

std::string row_version(const Json& data) {
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    hash.update(data.dump());
    constexpr std::size_t kHexDigits = 32;
    return Poco::DigestEngine::digestToHex(hash.digest()).substr(0, kHexDigits);
}

Book::Book(const BookSettings& settings, Access access)
    : settings_(settings), database_(opened(existing(settings.file), access)) {
    check_versions();
}

void Book::check_versions() {
    SQLite::Statement tables(
        database_,
        "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('versions', 'customers', 'slots')"
    );
    tables.executeStep();
    if (tables.getColumn(0).getInt() != 3)
        throw Failure(SYNCLINE_E_CONFIG, settings_.file + " is a database, but no GnuCash book");
    SQLite::Statement select(
        database_,
        "SELECT (SELECT table_version FROM versions WHERE table_name = 'customers'), "
        "(SELECT table_version FROM versions WHERE table_name = 'slots')"
    );
    select.executeStep();
    if (select.getColumn(0).getInt() != 2 || select.getColumn(1).getInt() != 4)
        throw Failure(
            SYNCLINE_E_CONFIG,
            "the tables of this book are of another GnuCash version than 4; the book is left alone"
        );
}

Record Book::record_of(SQLite::Statement& row) const {
    Record record;
    record.id = row.getColumn(0).getString();
    record.data = Json::object();
    record.data["active"] = row.getColumn(1).getInt();
    record.data[settings_.slot_field()] = row.getColumn(2).getString();
    for (std::size_t i = 0; i < columns().size(); ++i)
        record.data[columns()[i]] = row.getColumn(static_cast<int>(i) + 3).getString();
    for (const auto& [name, value] : record.data.items()) {
        const auto* text = value.get_ptr<const std::string*>();
        if (text != nullptr && !syncline::sdk::is_utf8(*text))
            return Record::unreadable(record.id, name + " is not well-formed UTF-8");
    }
    record.version = row_version(record.data);
    return record;
}

std::vector<Record> Book::page(const std::string& last, std::uint32_t count) {
    SQLite::Statement select(
        database_, select_sql() + " WHERE c.guid > ?2 ORDER BY c.guid LIMIT ?3"
    );
    select.bind(1, settings_.vat_slot);
    select.bind(2, last);
    select.bind(3, count);
    std::vector<Record> records;
    while (select.executeStep())
        records.push_back(record_of(select));
    return records;
}

std::optional<Record> Book::find(const std::string& guid) {
    SQLite::Statement select(database_, select_sql() + " WHERE c.guid = ?2");
    select.bind(1, settings_.vat_slot);
    select.bind(2, guid);
    if (!select.executeStep()) return std::nullopt;
    return record_of(select);
}

Record Book::stored(const std::string& guid) {
    auto record = find(guid);
    if (!record)
        throw Failure(SYNCLINE_E_INVALID, "the customer is not there after it was written");
    return *std::move(record);
}

std::string Book::currency_guid() {
    SQLite::Statement select(
        database_, "SELECT guid FROM commodities WHERE namespace = 'CURRENCY' AND mnemonic = ?"
    );
    select.bind(1, settings_.currency);
    if (select.executeStep()) return select.getColumn(0).getString();
    throw Failure(
        SYNCLINE_E_CONFIG,
        "the book has no currency " + settings_.currency + "; use one that an account has"
    );
}

/// As GnuCash counts: the highest number so far and one, six digits.
std::string Book::next_customer_number() {
    SQLite::Statement select(
        database_,
        "SELECT COALESCE(MAX(CAST(id AS INTEGER)), 0) + 1 FROM customers WHERE id NOT GLOB "
        "'*[^0-9]*'"
    );
    select.executeStep();
    std::array<char, 32> text{};
    std::snprintf(
        text.data(), text.size(), "%06lld", static_cast<long long>(select.getColumn(0).getInt64())
    );
    return text.data();
}

void Book::put_slot(const std::string& guid, const Json& value) {
    if (text_of(value).empty()) {
        SQLite::Statement remove(
            database_, "DELETE FROM slots WHERE obj_guid = ? AND name = ? AND slot_type = 4"
        );
        remove.bind(1, guid);
        remove.bind(2, settings_.vat_slot);
        remove.exec();
        return;
    }
    SQLite::Statement update(
        database_,
        "UPDATE slots SET string_val = ? WHERE obj_guid = ? AND name = ? AND slot_type = 4"
    );
    update.bind(1, text_of(value));
    update.bind(2, guid);
    update.bind(3, settings_.vat_slot);
    if (update.exec() > 0) return;
    SQLite::Statement insert(
        database_,
        "INSERT INTO slots(obj_guid, name, slot_type, int64_val, string_val, double_val, guid_val, "
        "numeric_val_num, numeric_val_denom) VALUES (?, ?, 4, 0, ?, 0, NULL, 0, 1)"
    );
    insert.bind(1, guid);
    insert.bind(2, settings_.vat_slot);
    insert.bind(3, text_of(value));
    insert.exec();
}

Record Book::insert(const std::string& guid, const Json& data) {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert(
        database_,
        "INSERT INTO customers(guid, name, id, notes, active, discount_num, discount_denom, "
        "credit_num, credit_denom, currency, tax_override, addr_name, addr_addr1, addr_addr2, "
        "addr_addr3, addr_addr4, addr_phone, addr_fax, addr_email, shipaddr_name, shipaddr_addr1, "
        "shipaddr_addr2, shipaddr_addr3, shipaddr_addr4, shipaddr_phone, shipaddr_fax, "
        "shipaddr_email, terms, tax_included, taxtable) VALUES (?, ?, ?, ?, ?, 0, 1, 0, 1, ?, 0, "
        "?, "
        "?, ?, ?, ?, ?, ?, ?, '', '', '', '', '', '', '', '', NULL, ?, NULL)"
    );
    const auto text = [&](const char* field) {
        const auto found = data.find(field);
        return found == data.end() ? std::string() : text_of(*found);
    };
    const std::string name = text("name").empty() ? text("addr_name") : text("name");
    const std::string number = text("id").empty() ? next_customer_number() : text("id");
    insert.bind(1, guid);
    insert.bind(2, name);
    insert.bind(3, number);
    insert.bind(4, text("notes"));
    insert.bind(5, data.contains("active") ? active_of(data["active"]) : 1);
    insert.bind(6, currency_guid());
    int at = 7;
    for (const char* field :
         {"addr_name",
          "addr_addr1",
          "addr_addr2",
          "addr_addr3",
          "addr_addr4",
          "addr_phone",
          "addr_fax",
          "addr_email"})
        insert.bind(at++, text(field));
    insert.bind(at, kGlobalTaxSetting);
    insert.exec();
    if (data.contains(settings_.slot_field())) put_slot(guid, data[settings_.slot_field()]);
    Record record = stored(guid);
    transaction.commit();
    return record;
}

Record Book::update(const std::string& guid, const std::string& if_version, const Json& patch) {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto held = find(guid);
    if (!held) throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such customer in the book");
    if (!if_version.empty() && if_version != held->version)
        throw Failure(SYNCLINE_E_CONFLICT, "the customer was changed meanwhile");
    for (const auto& [field, value] : patch.items()) {
        if (field == settings_.slot_field()) {
            put_slot(guid, value);
        } else if (field == "active") {
            SQLite::Statement update(database_, "UPDATE customers SET active = ? WHERE guid = ?");
            update.bind(1, active_of(value));
            update.bind(2, guid);
            update.exec();
        } else if (is_column(field)) {
            SQLite::Statement update(
                database_, "UPDATE customers SET " + field + " = ? WHERE guid = ?"
            );
            update.bind(1, text_of(value));
            update.bind(2, guid);
            update.exec();
        } else {
            throw Failure(SYNCLINE_E_INVALID, "a customer has no field " + field, field);
        }
    }
    Record record = stored(guid);
    transaction.commit();
    return record;
}

BookLock::BookLock(Book& book) : book_(book) {
    SQLite::Transaction transaction(book.database_, SQLite::TransactionBehavior::IMMEDIATE);
    book.database_.exec("CREATE TABLE IF NOT EXISTS gnclock ( Hostname varchar(255), PID int )");
    SQLite::Statement select(book.database_, "SELECT Hostname, PID FROM gnclock");
    while (select.executeStep()) {
        const std::string host = select.getColumn(0).getString();
        const std::int64_t pid = select.getColumn(1).getInt64();
        // Also a row of this very process: an earlier lock that could not take its row away.
        if (host == host_name() && (pid == ::getpid() || !is_alive(pid))) continue;
        Failure busy(
            SYNCLINE_E_TRANSIENT,
            "the book is open in GnuCash (process " + std::to_string(pid) + " on " + host +
                "); it is written when it has been closed"
        );
        busy.flags = SYNCLINE_EF_NOT_ATTEMPTED;
        busy.retry_after_ms = book.settings_.busy_retry_ms;
        throw busy;
    }
    book.database_.exec("DELETE FROM gnclock");
    SQLite::Statement insert(book.database_, "INSERT INTO gnclock(Hostname, PID) VALUES (?, ?)");
    insert.bind(1, host_name());
    insert.bind(2, static_cast<std::int64_t>(::getpid()));
    insert.exec();
    transaction.commit();
}

BookLock::~BookLock() {
    try {
        SQLite::Statement remove(
            book_.database_, "DELETE FROM gnclock WHERE Hostname = ? AND PID = ?"
        );
        remove.bind(1, host_name());
        remove.bind(2, static_cast<std::int64_t>(::getpid()));
        remove.exec();
    } catch (const SQLite::Exception&) {  // taken over by the next lock: this process will be gone
    }
}

}  // namespace gnucash
