#include "reading.hpp"

#include "rows.hpp"

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

/// What a position is about.
std::string source_of(const Table& table) {
    return table.detect == Detect::Journal ? table.journal + "." + table.journal_order
                                           : table.changed_at;
}

std::string since_in(const Json& cursor, const Table& table) {
    const auto at = cursor.find("since");
    const auto source = cursor.find("of");
    const std::string* const since =
        at == cursor.end() ? nullptr : at->get_ptr<const std::string*>();
    if (since == nullptr || source == cursor.end() || *source != source_of(table))
        throw lost_position();
    return *since;
}

/// Journals count: one whose present is before its past was put back, or made anew.
void check_order(const std::string& since, const std::string& newest) {
    const bool is_number =
        !since.empty() && since.find_first_not_of("0123456789") == std::string::npos;
    const bool is_before =
        newest.size() < since.size() || (newest.size() == since.size() && newest < since);
    if (!is_number || is_before) throw lost_position();
}

/// Reads pages with `read` until there are no more, and hands over what `records_of` makes of each.
template <class Read, class RecordsOf>
void hand_over(const Call& call, const ReadOut& out, Read read, RecordsOf records_of) {
    std::optional<std::vector<Cell>> last;
    for (;;) {
        call.throw_if_cancelled();
        const std::vector<Known> page = read(last);
        if (page.empty()) return;
        out.emit(records_of(page));
        last = page.back().row.key;
    }
}

/// The rows whose keys were written into the journal: as they are now, or gone.
void follow_journal(
    const Call& call,
    Database& database,
    const Table& table,
    const std::string& since,
    const ReadRequest& request,
    const ReadOut& out
) {
    const Table journal = table.journal_table();
    hand_over(
        call,
        out,
        [&](const auto& last) {
            const Opened opened(database, call);
            return read_page(call, database, journal, last, since, request.max_batch);
        },
        [&](const std::vector<Known>& entries) {
            const Opened opened(database, call);
            std::set<std::string> ids;
            std::vector<Record> records;
            for (const Known& entry : entries) {
                const std::string& id = entry.record.id;
                if (!entry.record.problem.empty() || !ids.insert(id).second) continue;
                const auto row = read_row(call, database, table, id);
                records.push_back(row ? row->record : Record::gone(id));
            }
            return records;
        }
    );
}

void list_rows(
    const Call& call,
    Database& database,
    const Table& table,
    const std::string& since,
    const ReadRequest& request,
    const ReadOut& out
) {
    hand_over(
        call,
        out,
        [&](const auto& last) {
            const Opened opened(database, call);
            return read_page(call, database, table, last, since, request.max_batch);
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
        return keyless_rows(database, table);
    }();
    if (keyless) out.emit(*keyless);
}

}  // namespace

void read_table(
    const Call& call,
    Database& database,
    const Table& table,
    const ReadRequest& request,
    const ReadOut& out
) {
    if (!table.is_feed()) {
        list_rows(call, database, table, "", request, out);
        out.checkpoint(Json{{"v", 1}});
        return;
    }
    const bool follows = !request.full && request.cursor.is_object();
    const std::string since = follows ? since_in(request.cursor, table) : "";
    const bool is_journal = table.detect == Detect::Journal;
    // Asked before: what changes meanwhile is found by the next read.
    const std::string newest = [&] {
        const Opened opened(database, call);
        return database.newest_change(is_journal ? table.journal_table() : table);
    }();
    if (follows && is_journal) {
        check_order(since, newest);
        follow_journal(call, database, table, since, request, out);
    } else {
        list_rows(call, database, table, since, request, out);
    }
    out.checkpoint(Json{{"v", 1}, {"of", source_of(table)}, {"since", newest}});
}

}  // namespace sql
