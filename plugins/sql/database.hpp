#pragma once

#include "statement.hpp"
#include "table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sql {

/// A value as it was read.
struct Cell {
    enum class Kind : std::uint8_t {
        Null,
        Integer,
        Decimal,
        Boolean,  ///< text is "true" or "false"
        Text,
        Blob,  ///< is there and is no text
    };
    Kind kind = Kind::Null;
    std::string text;

    bool operator==(const Cell&) const = default;
};

/// A row: the columns of the key, then Table::read_columns().
struct Row {
    std::vector<Cell> key;
    std::vector<Cell> values;
};

/// A column as the database describes it.
struct Column {
    std::string name;
    std::uint32_t max_characters = 0;  ///< 0 = not limited
    bool is_writable = true;
};

/// What differs between databases: how to connect, how words and values are written, what an error
/// means. One connection; one thread at a time.
///
/// Whatever a function throws is a Failure. Within a transaction TRANSIENT says that nothing was
/// written; IN_DOUBT is left to a commit without an answer. Messages hold none of the values bound.
class Database {
public:
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    virtual ~Database() = default;

    /// Begins the work of one operation, connecting if need be. `call` stays valid until close().
    virtual void open(const syncline::sdk::Call& call) = 0;
    /// Ends it; whether the connection is kept is the database's affair.
    virtual void close() noexcept = 0;

    /// What there is under the table's name; empty = nothing.
    virtual std::vector<Column> columns(const Table& table) = 0;
    /// The rows of "SELECT key, read columns FROM table" and `rest`.
    virtual std::vector<Row> select(const Table& table, const Statement& rest) = 0;
    /// Runs a statement that gives no rows and writes to this table; returns how many it concerned.
    virtual std::uint64_t execute(const Table& table, const Statement& statement) = 0;
    /// Runs one that gives one whole number.
    virtual std::int64_t number(const Statement& statement) = 0;

    virtual void begin() = 0;
    /// Begins a transaction that only reads: what it reads is of one moment. rollback() ends it.
    virtual void begin_reading() = 0;
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;
    /// Makes begin() to commit() parts of one transaction until end_batch(), each of which can be
    /// rolled back by itself; false where that is of no use. Throws when it cannot begin.
    virtual bool begin_batch() { return false; }
    /// Shall the batch end before its next part, because it is lost or others wait for its rows?
    virtual bool wants_end_of_batch() const { return false; }
    /// Commits everything. False when the database rolled all of it back before: nothing was
    /// written. Throws what a commit throws.
    virtual bool end_batch() { return true; }
    /// Can nobody else write between begin() and commit()? If not, a write has to state what it
    /// expects to find.
    virtual bool excludes_writers() const = 0;
    /// What makes a SELECT within a transaction keep others from writing the rows it finds; needed
    /// unless it excludes writers anyway.
    virtual const char* lock_words() const { return ""; }

    /// A name as this database writes it.
    virtual std::string identifier(const std::string& name) const { return quoted(name); }
    virtual std::string table_sql(const Table& table) const = 0;
    /// Adds what ends a SELECT so that it gives at most `count` rows.
    virtual void add_limit(Statement& out, std::uint32_t count) const {
        out << " LIMIT " << std::to_string(count);
    }
    /// Adds the condition that a row has this key.
    virtual void add_is(
        Statement& out, const Table& table, const std::vector<std::string>& key
    ) = 0;
    /// Adds " WHERE …" that leaves the rows after `last`, in the order of the key.
    virtual void add_after(
        Statement& out, const Table& table, const std::optional<std::vector<Cell>>& last
    ) const = 0;
    /// Do the rows after another hold those with NULL in their key?
    virtual bool lists_keyless(const Table& table) const = 0;
    /// Adds a value that is written to a column.
    virtual void add_value(Statement& out, const std::string& column, const Json& value) const = 0;
    /// What an INSERT says before VALUES, with a space behind, so that it may give a key that the
    /// database would make itself.
    virtual const char* inserts_own_key() const { return ""; }
    /// Adds the present time, to be written to a column of the table.
    virtual void add_now(Statement& out, const Table& table, const std::string& column) = 0;
    /// Adds the condition that a column still holds what was read.
    virtual void add_unchanged(
        Statement& out, const Table& table, const std::string& column, const Cell& cell
    ) = 0;

    /// Unused keys for new rows: values of the one key column that settings leave open.
    virtual std::vector<std::string> new_keys(
        const Table& table, const std::string& column, std::uint32_t count
    ) = 0;

    /// How far the changes reach that a read from now on finds: of a table with times of change the
    /// newest, at most the present; of a journal the place before which nothing can appear any
    /// more that was not before `since`, of an earlier answer or "". "" = it has none.
    virtual std::string newest_change(const Table& table, const std::string& since) = 0;
    /// Adds the condition that a row was changed at or after `since` less the overlap, or that
    /// nobody knows when; or that an entry of a journal is not before `since`.
    virtual void add_changed_since(
        Statement& out, const Table& table, const std::string& since
    ) = 0;

    /// Can watch() tell when something changed in the table?
    virtual bool can_watch(const Table&) const { return false; }
    /// As syncline::sdk::Connector::watch; not between open() and close().
    virtual bool watch(const syncline::sdk::Call&, const Table&, std::uint32_t) {
        throw syncline::sdk::Failure(SYNCLINE_E_UNSUPPORTED, "nothing tells of changes here");
    }

    /// Why nothing can be written here at all; "" = it can. Known while it is open.
    virtual std::string cannot_write() const { return {}; }
    /// What is not promised here and is with other databases, a sentence each.
    virtual std::vector<std::string> limits() const { return {}; }

    /// How long a write without an answer may still take effect, in milliseconds.
    virtual std::uint32_t max_inflight_ms() const = 0;

private:
    friend class Opened;
    int opened_ = 0;
};

/// Between open() and close(). One within another changes nothing.
class Opened {
public:
    Opened(Database& database, const syncline::sdk::Call& call) : database_(database) {
        if (database.opened_ == 0) database.open(call);
        ++database.opened_;
    }
    ~Opened() {
        if (--database_.opened_ == 0) database_.close();
    }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

private:
    Database& database_;
};

/// Between its beginning and its end, everything that is read is of one moment; if that is needed.
class Snapshot {
public:
    Snapshot(Database& database, bool is_needed) : database_(database), is_needed_(is_needed) {
        if (is_needed) database.begin_reading();
    }
    ~Snapshot() {
        if (is_needed_) database_.rollback();
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Database& database_;
    bool is_needed_;
};

/// Rolls back unless it was committed.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database) { database.begin(); }
    ~Transaction() {
        if (!is_done_) database_.rollback();
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        database_.commit();
        is_done_ = true;
    }

private:
    Database& database_;
    bool is_done_ = false;
};

}  // namespace sql
