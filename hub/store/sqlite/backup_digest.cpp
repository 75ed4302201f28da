// Is what a backup holds what was backed up? SQLite finds torn pages, not a changed value.

#include "store/sqlite/backup_digest.hpp"

#include <sqlite3.h>

#include <string>
#include <utility>
#include <vector>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;

constexpr std::size_t kBytesAtOnce = std::size_t{64} * 1024;

/// Hashes a stream of bytes piece by piece, each piece together with the hash of all before it.
class Chain {
public:
    explicit Chain(const vault::Vault& vault) : vault_(vault) {}

    void add(std::uint64_t number) {
        for (unsigned shift = 64; shift > 0; shift -= 8)
            waiting_.push_back(static_cast<std::uint8_t>(number >> (shift - 8)));
    }
    /// With its length, so that no two values run together.
    void add(ByteView bytes) {
        add(std::uint64_t{bytes.size()});
        waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
        if (waiting_.size() >= kBytesAtOnce) close();
    }
    vault::Tag end() {
        close();
        return hash_;
    }

private:
    void close() {
        hash_ = vault_.keyed_hash("backup.rows", waiting_);
        waiting_.assign(hash_.begin(), hash_.end());
    }

    const vault::Vault& vault_;
    Bytes waiting_;
    vault::Tag hash_{};
};

void add_row(Chain& chain, sqlite3_stmt* row) {
    for (int column = 0; column < sqlite3_column_count(row); ++column) {
        const int type = sqlite3_column_type(row, column);
        chain.add(static_cast<std::uint64_t>(type));
        if (type == SQLITE_INTEGER) {
            chain.add(static_cast<std::uint64_t>(sqlite3_column_int64(row, column)));
        } else if (type != SQLITE_NULL) {
            const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
            chain.add(ByteView(data, static_cast<std::size_t>(sqlite3_column_bytes(row, column))));
        }
    }
}

}  // namespace

vault::Tag digest_of_rows(
    sqlite::Database& database, std::string_view left_out, const vault::Vault& vault
) {
    std::vector<std::pair<std::string, std::string>> tables;
    sqlite::Query known(database.prepared(
        "SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'table' AND name <> ? "
        "ORDER BY name"
    ));
    known.bind(left_out);
    while (known.step()) {
        std::string name(known.text());
        tables.emplace_back(std::move(name), known.text());
    }
    Chain chain(vault);
    for (const auto& [name, sql] : tables) {
        chain.add(bytes_of(name));
        chain.add(bytes_of(sql));
        // By the table itself and never by an index, so that the order is always the same.
        const sqlite::Statement all(database.get(), "SELECT * FROM \"" + name + "\" NOT INDEXED");
        sqlite::Query rows(all);
        while (rows.step())
            add_row(chain, all.get());
    }
    return chain.end();
}

}  // namespace syncline::store
