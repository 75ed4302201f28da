#include "base/bytes.hpp"
#include "sandbox/demo_row.hpp"
#include "sandbox/dice.hpp"
#include "sandbox/gnucash_schema.hpp"
#include "sandbox/spelling.hpp"
#include "sandbox/sqlite.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace syncline::sandbox {
namespace {

constexpr std::string_view kVatSlot = "hub-vat";

/// Row format versions of GnuCash 4's tables.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 24> kVersions{{
    {"Gnucash", 4000013},
    {"Gnucash-Resave", 19920},
    {"books", 1},
    {"commodities", 1},
    {"accounts", 1},
    {"budgets", 1},
    {"budget_amounts", 1},
    {"prices", 3},
    {"transactions", 4},
    {"splits", 5},
    {"slots", 4},
    {"recurrences", 2},
    {"schedxactions", 1},
    {"lots", 2},
    {"billterms", 2},
    {"customers", 2},
    {"employees", 2},
    {"entries", 4},
    {"invoices", 4},
    {"jobs", 1},
    {"orders", 1},
    {"taxtables", 2},
    {"taxtable_entries", 3},
    {"vendors", 1},
}};

enum class SlotType : std::int64_t { Integer = 1, Text = 4, Frame = 9 };

/// 128 bits in hexadecimal, as GnuCash names its objects. Made from what the object is, so that
/// a demo made again has the same ones.
std::string guid_of(std::string_view what) {
    Dice dice(0, what);
    Bytes bytes;
    while (bytes.size() < 16)
        bytes.push_back(static_cast<std::uint8_t>(dice.next() & 0xFFU));
    return to_hex(bytes);
}

struct Account {
    std::string_view name, type, parent;
};
constexpr std::array<Account, 8> kAccounts{{
    {"Assets", "ASSET", "Root Account"},
    {"Accounts Receivable", "RECEIVABLE", "Assets"},
    {"Bank", "BANK", "Assets"},
    {"Liabilities", "LIABILITY", "Root Account"},
    {"Accounts Payable", "PAYABLE", "Liabilities"},
    {"Income", "INCOME", "Root Account"},
    {"Sales", "INCOME", "Income"},
    {"Expenses", "EXPENSE", "Root Account"},
}};

std::string account_guid(std::string_view name) {
    return guid_of("account " + std::string(name));
}

class BookWriter {
public:
    explicit BookWriter(const std::filesystem::path& file)
        : database_(file), book_(guid_of("book")), euro_(guid_of("EUR")) {}

    void write(const std::vector<DemoRow>& rows) {
        database_.run("PRAGMA synchronous = NORMAL");
        database_.atomically([&] {
            database_.run(gnucash_schema());
            write_versions();
            write_book();
            write_accounts();
            for (const DemoRow& row : rows)
                write_customer(row);
            write_counter(rows.size());
        });
    }

private:
    void write_versions() {
        Statement insert = database_.prepare("INSERT INTO versions VALUES(?, ?)");
        for (const auto& [table, version] : kVersions)
            insert.bind(1, table).bind(2, version).execute();
    }

    void write_book() {
        Statement book = database_.prepare("INSERT INTO books VALUES(?, ?, ?)");
        book.bind(1, book_).bind(2, account_guid("Root Account"));
        book.bind(3, account_guid("Template Root")).execute();
        Statement euro = database_.prepare(
            "INSERT INTO commodities VALUES(?, 'CURRENCY', 'EUR', 'Euro', '978', 100, 1, "
            "'currency', '')"
        );
        euro.bind(1, euro_).execute();
        const std::string features = guid_of("features");
        write_slot(book_, "features", SlotType::Frame, "", 0, features);
        // Without it GnuCash reads dates as those of versions before 2.6.20.
        const std::string name = "ISO-8601 formatted date strings in SQLite3 databases.";
        write_slot(
            features,
            "features/" + name,
            SlotType::Text,
            "Use ISO formatted date-time strings in SQLite3 databases "
            "(requires at least GnuCash 2.6.20)",
            0,
            ""
        );
    }

    void write_accounts() {
        Statement root = database_.prepare(
            "INSERT INTO accounts VALUES(?, 'Root Account', 'ROOT', NULL, 0, 0, NULL, '', '', 0, 0)"
        );
        root.bind(1, account_guid("Root Account")).execute();
        Statement insert =
            database_.prepare("INSERT INTO accounts VALUES(?, ?, ?, ?, 100, 0, ?, '', '', 0, 0)");
        for (const Account& account : kAccounts) {
            insert.bind(1, account_guid(account.name)).bind(2, account.name);
            insert.bind(3, account.type).bind(4, euro_).bind(5, account_guid(account.parent));
            insert.execute();
        }
    }

    /// Leaves no address column NULL: GnuCash would then load the whole address as empty.
    void write_customer(const DemoRow& row) {
        const Copy& copy = row.copies.accounting;
        const std::string guid = accounting_guid(row.person.number);
        std::string id = std::to_string(row.person.number);
        id.insert(0, 6 - id.size(), '0');
        Statement insert = database_.prepare(
            "INSERT INTO customers VALUES(?1, ?2, ?3, '', ?4, 0, 1, ?5, 100, ?6, 0, "
            "?2, ?7, '', ?8, ?9, ?10, '', ?11, '', '', '', '', '', '', '', '', NULL, 3, NULL)"
        );
        using Standing = Person::Standing;
        const Standing standing = row.person.standing;
        const bool is_active = standing != Standing::Archived && standing != Standing::Inactive;
        insert.bind(1, guid).bind(2, copy.name).bind(3, id).bind(4, std::int64_t{is_active});
        insert.bind(5, row.person.credit_limit_cents).bind(6, euro_).bind(7, copy.street);
        insert.bind(8, copy.postcode + ' ' + copy.city).bind(9, english_country(copy.country));
        insert.bind(10, copy.phone).bind(11, copy.email).execute();
        if (!copy.vat.empty()) write_slot(guid, kVatSlot, SlotType::Text, copy.vat, 0, "");
    }

    /// GnuCash numbers its next customer from here.
    void write_counter(std::size_t count) {
        const std::string counters = guid_of("counters");
        const auto last = static_cast<std::int64_t>(count);
        write_slot(book_, "counters", SlotType::Frame, "", 0, counters);
        write_slot(counters, "counters/gncCustomer", SlotType::Integer, "", last, "");
    }

    void write_slot(
        const std::string& object,
        std::string_view name,
        SlotType type,
        std::string_view text,
        std::int64_t number,
        const std::string& frame
    ) {
        Statement insert = database_.prepare(
            "INSERT INTO slots(obj_guid, name, slot_type, int64_val, string_val, double_val, "
            "timespec_val, guid_val, numeric_val_num, numeric_val_denom, gdate_val) "
            "VALUES(?, ?, ?, ?, ?, NULL, '1970-01-01 00:00:00', ?, 0, 1, NULL)"
        );
        insert.bind(1, object).bind(2, name).bind(3, static_cast<std::int64_t>(type));
        insert.bind(4, number);
        if (type == SlotType::Text) insert.bind(5, text);
        if (!frame.empty()) insert.bind(6, frame);
        insert.execute();
    }

    Database database_;
    std::string book_;
    std::string euro_;
};

}  // namespace

std::string accounting_guid(int number) {
    return guid_of("customer " + std::to_string(number));
}

void write_gnucash_book(const std::filesystem::path& file, const std::vector<DemoRow>& rows) {
    BookWriter(file).write(rows);
}

}  // namespace syncline::sandbox
