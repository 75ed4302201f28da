#include "reading.hpp"

#include "key.hpp"
#include "rows.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using syncline::sdk::ReadOut;
using syncline::sdk::ReadRequest;
using syncline::sdk::Record;

Failure lost_position() {
    return {SYNCLINE_E_CURSOR, "this position is of other settings, or of a former database"};
}

/// A table whose changes are followed: of times of change, or a journal.
struct Feed {
    std::string name;  ///< "" = of the main table
    Table table;
    std::string newest;  ///< to go on from at the next read
    std::string since;   ///< to go on from now
};

Feed feed_of(const std::string& name, const Table& table) {
    return {name, table.detect == Detect::Journal ? table.journal_table() : table, "", ""};
}

/// The main table's, then those of the tables beside it that do not mark the main row.
std::vector<Feed> feeds_of(const Entity& entity) {
    std::vector<Feed> feeds{feed_of("", entity.main)};
    for (const SideTable& side : entity.sides) {
        if (!side.marks_main) feeds.push_back(feed_of(side.name, side.table));
    }
    return feeds;
}

/// What a position is about.
std::string source_of(const Table& table) {
    return table.detect == Detect::Journal ? table.name + "." + table.journal_order
                                           : table.changed_at;
}

/// A position: "of" and "since" of the main table, and of each other by its name.
Json position_of(const std::vector<Feed>& feeds) {
    Json position{{"v", 1}};
    for (const Feed& feed : feeds) {
        Json& place = feed.name.empty() ? position : position["sides"][feed.name];
        place["of"] = source_of(feed.table);
        place["since"] = feed.newest;
    }
    return position;
}

std::string since_in(const Json& position, const Feed& feed) {
    const Json* place = &position;
    if (!feed.name.empty()) {
        const auto sides = position.find("sides");
        if (sides == position.end() || !sides->is_object()) throw lost_position();
        const auto side = sides->find(feed.name);
        if (side == sides->end() || !side->is_object()) throw lost_position();
        place = &*side;
    }
    const auto since = place->find("since");
    const auto source = place->find("of");
    if (since == place->end() || !since->is_string() || source == place->end() ||
        *source != source_of(feed.table))
        throw lost_position();
    return since->get<std::string>();
}

/// Journals count: one whose present is before its past was put back, or made anew.
void check_order(const std::string& since, const std::string& newest) {
    const bool is_number =
        !since.empty() && since.find_first_not_of("0123456789") == std::string::npos;
    const bool is_before =
        newest.size() < since.size() || (newest.size() == since.size() && newest < since);
    if (!is_number || is_before) throw lost_position();
}

const std::vector<Cell>& key_of(const Known& known) {
    return known.row.key;
}
const std::vector<Cell>& key_of(const Row& row) {
    return row.key;
}

/// Reads pages with `read` until there are no more, and hands over what `records_of` makes of each.
template <class Read, class RecordsOf>
void hand_over(const Call& call, const ReadOut& out, Read read, RecordsOf records_of) {
    std::optional<std::vector<Cell>> last;
    for (;;) {
        call.throw_if_cancelled();
        const auto page = read(last);
        if (page.empty()) return;
        out.emit(records_of(page));
        last = key_of(page.back());
    }
}

/// The records whose keys a feed names: as they are now, or gone. What is gone from a table with
/// times of change is not told: only a journal knows.
void follow(
    const Call& call,
    Database& database,
    const Entity& entity,
    const Feed& feed,
    const ReadRequest& request,
    const ReadOut& out
) {
    hand_over(
        call,
        out,
        [&](const auto& last) {
            const Opened opened(database, call);
            return select_page(database, feed.table, last, feed.since, request.max_batch);
        },
        [&](const std::vector<Row>& entries) {
            const Opened opened(database, call);
            const Snapshot snapshot(database, !entity.sides.empty());
            std::set<std::string> ids;
            std::vector<std::vector<std::string>> keys;
            for (const Row& entry : entries) {
                const auto id = id_in(entry);
                if (id && ids.insert(*id).second) keys.push_back(key_in(entry));
            }
            std::map<std::string, Known> rows = read_rows(call, database, entity, keys);
            std::vector<Record> records;
            for (const auto& key : keys) {
                const std::string id = id_of(key);
                if (const auto row = rows.find(id); row != rows.end())
                    records.push_back(std::move(row->second.record));
                else if (feed.table.detect == Detect::Journal)
                    records.push_back(Record::gone(id));
            }
            return records;
        }
    );
}

void list_rows(
    const Call& call,
    Database& database,
    const Entity& entity,
    const std::string& since,
    const ReadRequest& request,
    const ReadOut& out
) {
    hand_over(
        call,
        out,
        [&](const auto& last) {
            const Opened opened(database, call);
            const Snapshot snapshot(database, !entity.sides.empty());
            return read_page(call, database, entity, last, since, request.max_batch);
        },
        [](const std::vector<Known>& page) {
            std::vector<Record> records;
            for (const Known& known : page)
                records.push_back(known.record);
            return records;
        }
    );
    const auto keyless = [&] {
        const Opened opened(database, call);
        return keyless_rows(database, entity.main);
    }();
    if (keyless) out.emit(*keyless);
}

}  // namespace

void read_entity(
    const Call& call,
    Database& database,
    const Entity& entity,
    const ReadRequest& request,
    const ReadOut& out
) {
    if (!entity.main.is_feed()) {
        list_rows(call, database, entity, "", request, out);
        out.checkpoint(Json{{"v", 1}});
        return;
    }
    const bool follows = !request.full && request.cursor.is_object();
    const bool is_journal = entity.main.detect == Detect::Journal;
    std::vector<Feed> feeds = feeds_of(entity);
    for (Feed& feed : feeds) {
        if (follows) feed.since = since_in(request.cursor, feed);
        const Opened opened(database, call);
        // Asked before: what changes meanwhile is found by the next read.
        feed.newest = database.newest_change(feed.table, feed.since);
        if (follows && is_journal) check_order(feed.since, feed.newest);
    }
    if (!follows || !is_journal)
        list_rows(call, database, entity, feeds.front().since, request, out);
    for (const Feed& feed : feeds) {
        if (follows && (is_journal || !feed.name.empty()))
            follow(call, database, entity, feed, request, out);
    }
    out.checkpoint(position_of(feeds));
}

}  // namespace sql
