#pragma once

#include "syncline/connector.hpp"

#include <SQLiteCpp/Database.h>
#include <optional>
#include <string>
#include <vector>

namespace gnucash {

using syncline::sdk::Json;
using syncline::sdk::Record;

struct BookSettings {
    std::string file;
    std::string currency = "EUR";
    std::string vat_slot = "hub-vat";
    std::uint32_t busy_retry_ms = 30'000;

    /// Remote name of the field that the slot holds: "slot.hub-vat".
    std::string slot_field() const { return "slot." + vat_slot; }
};

/// Column names of `customers` that are read and written: texts, and `active`.
const std::vector<std::string>& columns();

/// A GnuCash 4 book in SQLite. GnuCash keeps customers in memory while it has the book open and
/// writes whole rows back, so the book is written only while GnuCash's own lock table is empty.
/// Throws Failure.
class Book {
public:
    enum class Access { Read, Write };

    /// CONFIG when there is no such file or it is no GnuCash 4 book.
    Book(const BookSettings& settings, Access access);

    /// Customers after `last` in the order of their guid.
    std::vector<Record> page(const std::string& last, std::uint32_t count);
    std::optional<Record> find(const std::string& guid);

    // Each is one transaction and returns the customer as it stands at its end. @pre a BookLock is
    // held.
    Record insert(const std::string& guid, const Json& data);
    Record update(const std::string& guid, const std::string& if_version, const Json& patch);

private:
    void check_versions();
    Record stored(const std::string& guid);
    Record record_of(SQLite::Statement& row) const;
    std::string currency_guid();
    std::string next_customer_number();
    void put_slot(const std::string& guid, const Json& value);

    friend class BookLock;
    const BookSettings& settings_;
    SQLite::Database database_;
};

/// GnuCash's lock protocol: a row in gnclock while the book is written, so that GnuCash refuses to
/// open it meanwhile. TRANSIENT, not attempted, while GnuCash has it open. A row that a process of
/// this machine left behind when it died is taken over.
class BookLock {
public:
    explicit BookLock(Book& book);
    ~BookLock();
    BookLock(const BookLock&) = delete;
    BookLock& operator=(const BookLock&) = delete;

private:
    Book& book_;
};

/// Version of a customer: SHA-256, halved, over everything that is read.
std::string row_version(const Json& data);

}  // namespace gnucash
