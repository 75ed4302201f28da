#include "base/assert.hpp"
#include "sandbox/demo_row.hpp"
#include "sandbox/sqlite.hpp"

#include <cstdint>
#include <string_view>

namespace syncline::sandbox {
namespace {

std::string_view status_code(Person::Standing standing) {
    using Standing = Person::Standing;
    switch (standing) {
        case Standing::Active:
            return "A";
        case Standing::Prospect:
            return "P";
        case Standing::Inactive:
            return "I";
        case Standing::Blocked:
            return "B";
        case Standing::Archived:
            return "X";
    }
    SYNCLINE_ASSERT(false);
}

std::string euros(std::int64_t cents) {
    const std::string digits = std::to_string(100 + cents % 100);
    return std::to_string(cents / 100) + '.' + digits.substr(1);
}

}  // namespace

void write_erp_database(const std::filesystem::path& file, const std::vector<DemoRow>& rows) {
    Database database(file);
    database.run("PRAGMA synchronous = NORMAL");
    database.atomically([&] {
        database.run(
            "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, street TEXT, "
            "postcode TEXT, city TEXT, country TEXT, phone TEXT, email TEXT, vat_id TEXT, "
            "credit_limit DECIMAL(12, 2), status TEXT NOT NULL DEFAULT 'A', updated_at TEXT)"
        );
        Statement insert = database.prepare(
            "INSERT INTO customers VALUES(?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''), "
            "nullif(?, ''), ?, ?, '2026-01-05 08:00:00')"
        );
        for (const DemoRow& row : rows) {
            const Copy& copy = row.copies.erp;
            insert.bind(1, std::int64_t{row.person.number}).bind(2, copy.name);
            insert.bind(3, copy.street).bind(4, copy.postcode).bind(5, copy.city);
            insert.bind(6, copy.country).bind(7, copy.phone).bind(8, copy.email).bind(9, copy.vat);
            insert.bind(10, euros(row.person.credit_limit_cents));
            insert.bind(11, status_code(row.person.standing)).execute();
        }
    });
}

}  // namespace syncline::sandbox
