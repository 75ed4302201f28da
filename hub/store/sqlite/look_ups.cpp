// What a batch of observations or deliveries needs, and what association looks up.

#include "base/assert.hpp"
#include "base/fault.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/hub_database.hpp"
#include "store/sqlite/packed_list.hpp"
#include "store/sqlite/row_sealing.hpp"
#include "vault/envelope.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace syncline::store {
namespace {

namespace sqlite = vault::sqlite;
using sqlite::Query;

constexpr std::string_view kLinkColumns =
    "SELECT link.id, link.system, link.entity, link.remote_id, link.generation, "
    "link.customer, link.state, link.role, link.row_version, link.modified_at, link.read_at, "
    "link.sealed ";
constexpr std::string_view kAttemptColumns =
    "SELECT attempt.id, attempt.kind, attempt.state, attempt.system, attempt.entity, "
    "attempt.customer, attempt.link, attempt.planned_id, attempt.issued_at, attempt.answered_at, "
    "attempt.sealed ";

std::string select(std::string_view columns, std::string_view rest) {
    return std::string(columns) + std::string(rest);
}

/// A row whose envelope still has to be opened.
template <class Row>
struct Sealed {
    Row row;
    Bytes sealed;
};

template <class Row>
void prefetch_keys(vault::Vault& vault, const std::vector<Sealed<Row>>& rows) {
    std::vector<vault::DataKeyId> keys;
    for (const Sealed<Row>& entry : rows) {
        if (const auto key = vault::key_id_of(entry.sealed)) keys.push_back(*key);
    }
    vault.prefetch(keys);
}

}  // namespace

HubDatabase::HubDatabase(sqlite::Database database, Numbering numbering, vault::Vault& vault)
    : vault_(vault), database_(std::move(database)), numbering_(numbering) {}

HubDatabase::HubDatabase(sqlite::Database database, vault::Vault overlay)
    : own_vault_(std::make_unique<vault::Vault>(std::move(overlay))),
      vault_(*own_vault_),
      database_(std::move(database)),
      numbering_(Numbering::Durable) {}

Query HubDatabase::query(std::string_view sql) {
    return Query(database_.prepared(sql));
}

void HubDatabase::begin_snapshot() {
    if (snapshots_ == 0) snapshot_.emplace(database_, sqlite::Transaction::Kind::Read);
    ++snapshots_;
}

void HubDatabase::end_snapshot() noexcept {
    if (--snapshots_ == 0) snapshot_.reset();
}

bool HubDatabase::is_open(const CustomerId& customer, const Result<void>& opened) {
    if (opened) return true;
    const Error& error = opened.error();
    // Another hub's keys, or another hub id: nothing would open.
    if (!is_unopened(error.code))
        throw Fault(
            "a stored row cannot be read: " + std::string(name(error.code)) + ": " + error.detail
        );
    unopened_.insert_or_assign(customer, error.code);
    return false;
}

std::vector<Unopened> HubDatabase::unopened() const {
    std::vector<Unopened> all;
    for (const auto& [customer, code] : unopened_)
        all.push_back({customer, code});
    return all;
}

std::vector<Link> HubDatabase::read_links(Query& rows, Closed closed) {
    std::vector<Sealed<Link>> found;
    while (rows.step()) {
        Sealed<Link>& entry = found.emplace_back();
        entry.row.id = read_id<LinkId>(rows);
        entry.row.system = SystemId{std::string(rows.text())};
        entry.row.entity = rows.text();
        entry.row.remote_id = RemoteId{std::string(rows.text())};
        entry.row.generation = static_cast<std::uint32_t>(rows.number());
        entry.row.customer = read_id<CustomerId>(rows);
        entry.row.state = static_cast<LinkState>(rows.number());
        entry.row.role = static_cast<LinkRole>(rows.number());
        entry.row.row_version = rows.unsigned_number();
        entry.row.modified_at = from_unix_ms(rows.number());
        entry.row.read_at = from_unix_ms(rows.number());
        entry.sealed = read_bytes(rows);
    }
    prefetch_keys(vault_, found);
    std::vector<Link> links;
    links.reserve(found.size());
    for (Sealed<Link>& entry : found) {
        const bool opens = is_open(entry.row.customer, open_link(vault_, entry.sealed, entry.row));
        if (opens || closed == Closed::Kept) links.push_back(std::move(entry.row));
    }
    return links;
}

std::vector<Attempt> HubDatabase::read_attempts(Query& rows) {
    std::vector<Sealed<Attempt>> found;
    while (rows.step()) {
        Sealed<Attempt>& entry = found.emplace_back();
        entry.row.id = read_id<AttemptId>(rows);
        entry.row.kind = static_cast<AttemptKind>(rows.number());
        entry.row.state = static_cast<AttemptState>(rows.number());
        entry.row.system = SystemId{std::string(rows.text())};
        entry.row.entity = rows.text();
        entry.row.customer = read_id<CustomerId>(rows);
        entry.row.link = read_id<LinkId>(rows);
        entry.row.planned_id = RemoteId{std::string(rows.text())};
        entry.row.issued_at = from_unix_ms(rows.number());
        entry.row.answered_at = from_unix_ms(rows.number());
        entry.sealed = read_bytes(rows);
    }
    prefetch_keys(vault_, found);
    std::vector<Attempt> attempts;
    attempts.reserve(found.size());
    for (Sealed<Attempt>& entry : found) {
        if (is_open(entry.row.customer, open_attempt(vault_, entry.sealed, entry.row)))
            attempts.push_back(std::move(entry.row));
    }
    return attempts;
}

std::vector<Link> HubDatabase::links_by_remote(
    const SystemId& system, const std::string& entity, std::span<const RemoteId> ids
) {
    PackedList list;
    for (const RemoteId& id : ids)
        list.add(std::string_view(id.text()));
    const std::string sql = with_wanted(select(
        kLinkColumns,
        "FROM wanted CROSS JOIN link ON link.system = ?2 AND link.entity = ?3 "
        "AND link.remote_id = CAST(item AS TEXT)"
    ));
    Query rows = query(sql);
    rows.bind(list.view()).bind(std::string_view(system.text())).bind(std::string_view(entity));
    std::vector<Link> links = read_links(rows, Closed::Kept);
    std::erase_if(links, [&](const Link& link) {  // an id that was used again names the last record
        return std::any_of(links.begin(), links.end(), [&](const Link& other) {
            return other.generation > link.generation && other.remote_id == link.remote_id;
        });
    });
    return links;
}

std::vector<Link> HubDatabase::links_by_id(std::span<const LinkId> ids) {
    const PackedList list = PackedList::of_ids(ids);
    Query rows =
        query(with_wanted(select(kLinkColumns, "FROM wanted CROSS JOIN link ON link.id = item")));
    rows.bind(list.view());
    return read_links(rows);
}

std::vector<Link> HubDatabase::links_of_customers(std::span<const CustomerId> ids) {
    const PackedList list = PackedList::of_ids(ids);
    Query rows = query(
        with_wanted(select(kLinkColumns, "FROM wanted CROSS JOIN link ON link.customer = item"))
    );
    rows.bind(list.view());
    return read_links(rows);
}

std::vector<Store::WaitingLink> HubDatabase::waiting_links() {
    Query rows = query("SELECT id, system, remote_id, customer FROM link WHERE state = 0");
    std::vector<WaitingLink> waiting;
    while (rows.step()) {
        WaitingLink& link = waiting.emplace_back();
        link.id = read_id<LinkId>(rows);
        link.system = SystemId{std::string(rows.text())};
        link.remote_id = RemoteId{std::string(rows.text())};
        link.customer = read_id<CustomerId>(rows);
    }
    return waiting;
}

std::vector<Customer> HubDatabase::customers(std::span<const CustomerId> ids) {
    for (const CustomerId& id : ids)
        unopened_.erase(id);
    const PackedList list = PackedList::of_ids(ids);
    std::vector<Customer> customers;
    std::vector<std::vector<codec::StoredField>> stored;
    std::vector<vault::DataKeyId> keys;
    {
        Query rows =
            query(with_wanted("SELECT id, state, row_version, created, alias_of, fields "
                              "FROM wanted CROSS JOIN customer ON id = item"));
        rows.bind(list.view());
        while (rows.step()) {
            Customer& customer = customers.emplace_back();
            customer.id = read_id<CustomerId>(rows);
            customer.state = static_cast<CustomerState>(rows.number());
            customer.row_version = rows.unsigned_number();
            customer.created = Version{rows.unsigned_number()};
            customer.alias_of = read_id<CustomerId>(rows);
            stored.push_back(stored_fields(rows.bytes()));
            collect_keys(stored.back(), keys);
        }
    }
    vault_.prefetch(keys);
    std::vector<Customer> opened;
    opened.reserve(customers.size());
    for (std::size_t i = 0; i < customers.size(); ++i) {
        if (is_open(customers[i].id, open_customer(vault_, stored[i], customers[i])))
            opened.push_back(std::move(customers[i]));
    }
    return opened;
}

std::vector<Attempt> HubDatabase::attempts_of_links(std::span<const LinkId> ids) {
    const PackedList list = PackedList::of_ids(ids);
    Query rows = query(with_wanted(
        select(kAttemptColumns, "FROM wanted CROSS JOIN attempt ON attempt.link = item")
    ));
    rows.bind(list.view());
    return read_attempts(rows);
}

std::vector<Attempt> HubDatabase::unsettled_attempts() {
    Query rows = query(select(kAttemptColumns, "FROM attempt WHERE link IS NULL OR state = 0"));
    return read_attempts(rows);
}

std::vector<Attempt> HubDatabase::attempts_of_system(const SystemId& system) {
    Query rows = query(select(kAttemptColumns, "FROM attempt WHERE system = ?"));
    rows.bind(std::string_view(system.text()));
    return read_attempts(rows);
}

std::vector<Store::LinkHead> HubDatabase::link_heads(
    const SystemId& system, const std::string& entity
) {
    Query rows = query(
        "SELECT id, remote_id, state, role, customer FROM link WHERE system = ? AND entity = ?"
    );
    rows.bind(std::string_view(system.text())).bind(std::string_view(entity));
    std::vector<LinkHead> heads;
    while (rows.step()) {
        LinkHead& head = heads.emplace_back();
        head.id = read_id<LinkId>(rows);
        head.remote_id = RemoteId{std::string(rows.text())};
        head.state = static_cast<LinkState>(rows.number());
        head.role = static_cast<LinkRole>(rows.number());
        head.customer = read_id<CustomerId>(rows);
    }
    return heads;
}

std::uint64_t HubDatabase::link_count(const SystemId& system, const std::string& entity) {
    const auto known = link_counts_.find({system, entity});
    if (known != link_counts_.end()) return known->second;
    Query row = query("SELECT count(*) FROM link WHERE system = ? AND entity = ?");
    row.bind(std::string_view(system.text())).bind(std::string_view(entity));
    const std::uint64_t count = row.step() ? row.unsigned_number() : 0;
    // A reader does not see what the writer beside it adds.
    if (numbering_ == Numbering::Durable) link_counts_[{system, entity}] = count;
    return count;
}

std::vector<Store::KeyHolders> HubDatabase::holders(
    std::span<const MatchKey> keys, std::size_t limit
) {
    std::map<vault::Tag, KeyHolders> by_tag;
    for (const MatchKey& key : keys)
        by_tag[vault_.blind_tag(key.field.number, key.key)].key = key;
    PackedList list;
    for (const auto& [tag, holders] : by_tag)
        list.add(ByteView(tag));
    // A customer holds a key by its own value, or by what one of its records says.
    Query rows = query(with_wanted(
        "SELECT tag, customer_tag.customer, NULL, 0 FROM wanted "
        "  CROSS JOIN customer_tag ON tag = item "
        "  JOIN customer ON customer.id = customer_tag.customer AND customer.state = 0 "
        "UNION SELECT tag, link.customer, NULL, customer.state FROM wanted "
        "  CROSS JOIN link_tag ON tag = item "
        "  JOIN link ON link.id = link_tag.link AND link.state <> 0 "
        "  JOIN customer ON customer.id = link.customer "
        "UNION ALL SELECT tag, NULL, link.id, 0 FROM wanted CROSS JOIN link_tag ON tag = item "
        "  JOIN link ON link.id = link_tag.link AND link.state = 0"
    ));
    rows.bind(list.view());
    while (rows.step()) {
        vault::Tag tag{};
        const ByteView bytes = rows.bytes();
        std::copy(bytes.begin(), bytes.end(), tag.begin());
        KeyHolders& holders = by_tag.at(tag);
        const CustomerId customer = read_id<CustomerId>(rows);
        const LinkId link = read_id<LinkId>(rows);
        const bool is_deleted = rows.number() != 0;
        auto& customers = is_deleted ? holders.former : holders.customers;
        if (!customer.is_nil() && customers.size() < limit) customers.push_back(customer);
        if (!link.is_nil() && holders.links.size() < limit) holders.links.push_back(link);
    }
    std::vector<KeyHolders> found;
    for (auto& [tag, holders] : by_tag) {
        if (!holders.customers.empty() || !holders.former.empty() || !holders.links.empty())
            found.push_back(std::move(holders));
    }
    return found;
}

void HubDatabase::use_fields(const FieldTable& fields) {
    fields_ = &fields;
}

}  // namespace syncline::store
