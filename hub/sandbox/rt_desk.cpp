#include "sandbox/rt_desk.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sandbox/rt_search.hpp"

#include <algorithm>
#include <array>

namespace syncline::sandbox {
namespace {

using Search = RtColumn::Search;
/// As Request Tracker 5 creates its table, with what its REST interface lets an administrator see.
constexpr std::array<RtColumn, 21> kColumns{{
    {"Name", 200, Search::Yes},
    {"EmailAddress", 120, Search::Yes},
    {"RealName", 120, Search::Yes},
    {"Organization", 200, Search::Yes},
    {"NickName", 16, Search::Yes},
    {"Lang", 16, Search::Yes},
    {"Gecos", 16, Search::Ignored},
    {"WorkPhone", 30, Search::Ignored},
    {"MobilePhone", 30, Search::Ignored},
    {"HomePhone", 30, Search::Ignored},
    {"PagerPhone", 30, Search::Ignored},
    {"Address1", 200, Search::Ignored},
    {"Address2", 200, Search::Ignored},
    {"City", 100, Search::Ignored},
    {"State", 100, Search::Ignored},
    {"Zip", 16, Search::Ignored},
    {"Country", 50, Search::Ignored},
    {"Timezone", 50, Search::Ignored},
    {"Comments", 0, Search::Ignored},
    {"Signature", 0, Search::Ignored},
    {"FreeformContactInfo", 0, Search::Ignored},
}};

constexpr std::size_t kJournalledBytes = 255;
constexpr std::int64_t kSystemId = 1;
constexpr std::int64_t kNobodyId = 6;

constexpr std::array<std::string_view, 7> kSearchedUsers{
    "id", "Name", "EmailAddress", "RealName", "Organization", "NickName", "Lang"};
constexpr std::array<std::string_view, 11> kOrderedUsers{
    "id",
    "Name",
    "EmailAddress",
    "RealName",
    "Organization",
    "NickName",
    "Lang",
    "City",
    "Country",
    "Created",
    "LastUpdated"};
constexpr std::array<std::string_view, 9> kTransactionColumns{
    "id", "Type", "Field", "ObjectType", "ObjectId", "OldValue", "NewValue", "Created", "Creator"};

const char* const kUserSelect =
    "SELECT t.*, c.Name, u.Name, "
    "(SELECT max(id) FROM transactions j WHERE j.ObjectType = 'RT::User' AND j.ObjectId = t.id) "
    "FROM users t LEFT JOIN users c ON c.id = t.Creator LEFT JOIN users u ON u.id = "
    "t.LastUpdatedBy";
const char* const kTransactionSelect =
    "SELECT t.id, t.Type, t.Field, t.OldValue, t.NewValue, t.ObjectType, t.ObjectId, c.Name, "
    "t.Created FROM transactions t LEFT JOIN users c ON c.id = t.Creator";

RtUser user_of(const Statement& row) {
    RtUser user;
    user.id = row.number(0);
    int column = 1;
    for (const RtColumn& known : kColumns)
        user.values.emplace(known.name, row.text(column++));
    user.privileged = row.number(column++) != 0;
    user.disabled = row.number(column++) != 0;
    column += 1;  // Creator's number
    user.created = row.text(column++);
    column += 1;  // LastUpdatedBy's number
    user.last_updated = row.text(column++);
    user.creator = row.text(column++);
    user.last_updated_by = row.text(column++);
    user.last_transaction = row.number(column);
    return user;
}

RtTransaction transaction_of(const Statement& row) {
    RtTransaction transaction;
    transaction.id = row.number(0);
    transaction.type = row.text(1);
    transaction.field = row.text(2);
    transaction.old_value = row.text(3);
    transaction.new_value = row.text(4);
    transaction.object_type = row.text(5);
    transaction.object_id = row.number(6);
    transaction.creator = row.text(7);
    transaction.created = row.text(8);
    return transaction;
}

template <class Row>
RtPage<Row> page_of(
    Database& database,
    const char* select,
    const char* table,
    const RtSql& sql,
    Row (*row_of)(const Statement&)
) {
    RtPage<Row> page;
    const auto bound = [&](const std::string& text) {
        Statement statement = database.prepare(text);
        int parameter = 1;
        for (const std::string& value : sql.values)
            statement.bind(parameter++, value);
        return statement;
    };
    Statement count = bound("SELECT count(*) FROM " + std::string(table) + " t" + sql.where);
    count.step();
    page.total = static_cast<std::uint64_t>(count.number(0));
    Statement rows = bound(select + sql.where + sql.order_and_page);
    while (rows.step())
        page.rows.push_back(row_of(rows));
    return page;
}

std::string_view cut(const RtColumn& column, std::string_view value) {
    return column.size == 0 ? value : first_bytes(value, column.size);
}

const RtColumn* find_column(std::string_view name) {
    const auto found = std::find_if(kColumns.begin(), kColumns.end(), [&](const RtColumn& column) {
        return column.name == name;
    });
    return found == kColumns.end() ? nullptr : &*found;
}

bool is_flag(std::string_view name) {
    return name == "Privileged" || name == "Disabled";
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 18 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// As Request Tracker quotes a value in a message.
std::string quoted(const std::string& value) {
    return value.empty() ? "(no value)" : "'" + value + "'";
}

}  // namespace

std::span<const RtColumn> rt_user_columns() {
    return kColumns;
}

RtDesk::RtDesk(const std::filesystem::path& file, Clock& clock) : database_(file), clock_(clock) {
    database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    database_.atomically([&] {
        Statement version = database_.prepare("PRAGMA user_version");
        version.step();
        if (version.number(0) == 0) make_schema();
    });
}

void RtDesk::make_schema() {
    std::string columns;
    for (const RtColumn& column : kColumns) {
        columns += ", " + std::string(column.name) + " TEXT NOT NULL DEFAULT '' COLLATE NOCASE";
    }
    database_.run(
        "PRAGMA user_version = 1;"
        "CREATE TABLE server(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
        "CREATE TABLE users(id INTEGER PRIMARY KEY" +
        columns +
        ", Privileged INTEGER NOT NULL DEFAULT 0, Disabled INTEGER NOT NULL DEFAULT 0"
        ", Creator INTEGER NOT NULL, Created TEXT NOT NULL, LastUpdatedBy INTEGER NOT NULL"
        ", LastUpdated TEXT NOT NULL);"
        "CREATE UNIQUE INDEX users_name ON users(Name);"
        "CREATE UNIQUE INDEX users_email ON users(EmailAddress) WHERE EmailAddress <> '';"
        "CREATE TABLE transactions(id INTEGER PRIMARY KEY AUTOINCREMENT, Type TEXT NOT NULL"
        ", Field TEXT NOT NULL, OldValue TEXT NOT NULL, NewValue TEXT NOT NULL"
        ", ObjectType TEXT NOT NULL, ObjectId INTEGER NOT NULL, Creator INTEGER NOT NULL"
        ", Created TEXT NOT NULL);"
        "CREATE INDEX transactions_object ON transactions(ObjectType, ObjectId, id);"
    );
    make_system_user(
        kSystemId,
        {{"Name", "RT_System"},
         {"RealName", "The RT System itself"},
         {"Comments",
          "Do not delete or modify this user. It is integral to RT's internal "
          "database structures"}},
        Standing::Ordinary
    );
    make_system_user(
        kNobodyId,
        {{"Name", "Nobody"},
         {"RealName", "Nobody in particular"},
         {"Comments",
          "Do not delete or modify this user. It is integral to RT's internal data "
          "structures"}},
        Standing::Ordinary
    );
    make_system_user(
        14,
        {{"Name", "root"}, {"RealName", "Enoch Root"}, {"EmailAddress", "root@localhost"}},
        Standing::Privileged
    );
    make_system_user(
        22,
        {{"Name", std::string(kTokenOwner)}, {"EmailAddress", "hub@example.test"}},
        Standing::Privileged
    );
}

void RtDesk::make_system_user(std::int64_t id, const RtFields& fields, Standing standing) {
    Statement insert = database_.prepare(
        "INSERT INTO users(id, Name, EmailAddress, RealName, Comments, Privileged, Creator, "
        "Created, LastUpdatedBy, LastUpdated) VALUES(?, ?, ?, ?, ?, ?, 1, ?, 1, ?)"
    );
    const auto value = [&](std::string_view name) {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string() : found->second;
    };
    const std::string at = now();
    insert.bind(1, id).bind(2, value("Name")).bind(3, value("EmailAddress"));
    insert.bind(4, value("RealName")).bind(5, value("Comments"));
    insert.bind(6, std::int64_t{standing == Standing::Privileged}).bind(7, at).bind(8, at);
    insert.execute();
    RtTransaction change;
    change.type = "Create";
    change.object_id = id;
    journal(change, kSystemId);
}

std::optional<std::string> RtDesk::setting(std::string_view name) {
    const std::lock_guard lock(mutex_);
    Statement select = database_.prepare("SELECT value FROM server WHERE name = ?");
    if (!select.bind(1, name).step()) return std::nullopt;
    return select.text(0);
}

void RtDesk::set_setting(std::string_view name, std::string_view value) {
    const std::lock_guard lock(mutex_);
    Statement insert = database_.prepare("INSERT OR REPLACE INTO server VALUES(?, ?)");
    insert.bind(1, name).bind(2, value).execute();
}

std::optional<RtUser> RtDesk::load(std::string_view key) {
    const char* condition = is_number(key) ? " WHERE t.id = ?" : " WHERE t.Name = ?";
    Statement select = database_.prepare(std::string(kUserSelect) + condition);
    if (!select.bind(1, key).step()) return std::nullopt;
    return user_of(select);
}

std::optional<RtUser> RtDesk::find(std::string_view key) {
    const std::lock_guard lock(mutex_);
    return load(key);
}

std::optional<RtTransaction> RtDesk::find_transaction(std::int64_t id) {
    const std::lock_guard lock(mutex_);
    Statement select = database_.prepare(std::string(kTransactionSelect) + " WHERE t.id = ?");
    if (!select.bind(1, id).step()) return std::nullopt;
    return transaction_of(select);
}

RtPage<RtUser> RtDesk::search_users(const RtSearch& search) {
    const std::lock_guard lock(mutex_);
    RtSearchable users;
    users.searched = kSearchedUsers;
    users.ordered = kOrderedUsers;
    users.default_order = "t.Name";
    if (search.disabled == RtSearch::Disabled::Hidden) users.always = "t.Disabled = 0";
    return page_of(database_, kUserSelect, "users", translate(search, users), user_of);
}

RtPage<RtTransaction> RtDesk::search_transactions(const RtSearch& search) {
    const std::lock_guard lock(mutex_);
    RtSearchable transactions;
    transactions.searched = kTransactionColumns;
    transactions.ordered = kTransactionColumns;
    transactions.default_order = "t.Created";
    const RtSql sql = translate(search, transactions);
    return page_of(database_, kTransactionSelect, "transactions", sql, transaction_of);
}

RtCreation RtDesk::create(const RtFields& fields, std::string_view actor) {
    const std::lock_guard lock(mutex_);
    RtFields values;
    for (const auto& [name, value] : fields) {
        if (is_flag(name)) continue;
        const RtColumn* column = find_column(name);
        if (column == nullptr) return {std::nullopt, "Could not create user"};
        values.emplace(name, cut(*column, value));
    }
    if (values["Name"].empty()) return {std::nullopt, "Must specify 'Name' attribute"};
    for (const std::string_view unique : {"Name", "EmailAddress"}) {
        if (auto reason = refusal(unique, values[std::string(unique)], 0))
            return {std::nullopt, *std::move(reason)};
    }
    const auto flag = [&](std::string_view name) {
        const auto found = fields.find(name);
        return std::int64_t{found != fields.end() && found->second == "1"};
    };
    std::int64_t id = 0;
    database_.atomically([&] {
        std::string columns, marks;
        for (const auto& [name, value] : values) {
            columns += name + ", ";
            marks += "?, ";
        }
        // The number between two users is their group's.
        Statement insert = database_.prepare(
            "INSERT INTO users(" + columns +
            "Privileged, Disabled, Creator, Created, LastUpdatedBy, LastUpdated, id) SELECT " +
            marks + "?, ?, ?, ?, ?, ?, max(id) + 2 FROM users"
        );
        const std::string at = now();
        const std::int64_t creator = id_of(actor);
        int parameter = 1;
        for (const auto& [name, value] : values)
            insert.bind(parameter++, value);
        insert.bind(parameter, flag("Privileged")).bind(parameter + 1, flag("Disabled"));
        insert.bind(parameter + 2, creator).bind(parameter + 3, at);
        insert.bind(parameter + 4, creator).bind(parameter + 5, at);
        insert.execute();
        id = database_.last_row_id();
        RtTransaction change;
        change.type = "Create";
        change.object_id = id;
        journal(change, creator);
    });
    return {id, "User created"};
}

std::vector<std::string> RtDesk::update(
    std::int64_t id, const RtFields& fields, std::string_view actor
) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> messages;
    const auto say = [&](std::optional<std::string> message) {
        if (message) messages.push_back(*std::move(message));
    };
    database_.atomically([&] {
        const auto user = load(std::to_string(id));
        SYNCLINE_ASSERT(user);
        const std::int64_t by = id_of(actor);
        for (const auto& [name, value] : fields) {
            if (const RtColumn* column = find_column(name)) say(set(*user, *column, value, by));
        }
        for (const auto& [name, value] : fields) {
            if (is_flag(name)) say(set_flag(*user, name, value, by));
        }
    });
    return messages;
}

std::optional<std::string> RtDesk::refusal(
    std::string_view column, const std::string& value, std::int64_t own_id
) {
    if (column == "Name" && value.empty()) return "empty name";
    if (value.empty() || (column != "Name" && column != "EmailAddress")) return std::nullopt;
    Statement select =
        database_.prepare("SELECT 1 FROM users WHERE " + std::string(column) + " = ? AND id <> ?");
    if (!select.bind(1, value).bind(2, own_id).step()) return std::nullopt;
    return column == "Name" ? "Name in use" : "Email address in use";
}

/// The message of one field; nothing when it has the value already.
std::optional<std::string> RtDesk::set(
    const RtUser& user, const RtColumn& column, const std::string& value, std::int64_t actor
) {
    const std::string& held = user.values.find(column.name)->second;
    const std::string kept(cut(column, value));
    if (kept == held) return std::nullopt;
    const std::string name(column.name);
    const std::string label = "User " + user.values.find("Name")->second + ": ";
    if (user.id == kSystemId || user.id == kNobodyId) return label + "Can not modify system users";
    if (auto reason = refusal(name, kept, user.id)) return label + *reason;
    Statement statement = database_.prepare(
        "UPDATE users SET " + name + " = ?, LastUpdated = ?, LastUpdatedBy = ? WHERE id = ?"
    );
    statement.bind(1, kept).bind(2, now()).bind(3, actor).bind(4, user.id).execute();
    RtTransaction change;
    change.type = "Set";
    change.field = name;
    change.old_value = held;
    change.new_value = value;
    change.object_id = user.id;
    journal(change, actor);
    // Request Tracker tells what it was given, not what it kept.
    return label + name + " changed from " + quoted(held) + " to " + quoted(value);
}

std::optional<std::string> RtDesk::set_flag(
    const RtUser& user, const std::string& name, const std::string& value, std::int64_t actor
) {
    if (value != "0" && value != "1") return std::nullopt;
    const bool on = value == "1";
    const bool is_disabled = name == "Disabled";
    if ((is_disabled ? user.disabled : user.privileged) == on) {
        if (is_disabled) return "That is already the current value";
        return on ? "That user is already privileged" : "That user is already unprivileged";
    }
    Statement statement = database_.prepare(
        "UPDATE users SET " + name + " = ?, LastUpdated = ?, LastUpdatedBy = ? WHERE id = ?"
    );
    statement.bind(1, std::int64_t{on}).bind(2, now()).bind(3, actor).bind(4, user.id).execute();
    if (!is_disabled) return on ? "That user is now privileged" : "That user is now unprivileged";
    RtTransaction change;
    change.type = on ? "Disabled" : "Enabled";
    change.object_id = user.id;
    journal(change, actor);
    return on ? "User disabled" : "User enabled";
}

void RtDesk::journal(const RtTransaction& change, std::int64_t actor) {
    Statement insert = database_.prepare(
        "INSERT INTO transactions(Type, Field, OldValue, NewValue, ObjectType, ObjectId, Creator, "
        "Created) VALUES(?, ?, ?, ?, 'RT::User', ?, ?, ?)"
    );
    insert.bind(1, change.type).bind(2, change.field);
    insert.bind(3, first_bytes(change.old_value, kJournalledBytes));
    insert.bind(4, first_bytes(change.new_value, kJournalledBytes));
    insert.bind(5, change.object_id).bind(6, actor).bind(7, now()).execute();
}

std::int64_t RtDesk::id_of(std::string_view name) {
    Statement select = database_.prepare("SELECT id FROM users WHERE Name = ?");
    return select.bind(1, name).step() ? select.number(0) : kSystemId;
}

/// As the real one keeps a moment: to the second, UTC, without saying so.
std::string RtDesk::now() {
    std::string text = to_rfc3339(clock_.now());
    text[10] = ' ';
    return text.substr(0, 19);
}

}  // namespace syncline::sandbox
