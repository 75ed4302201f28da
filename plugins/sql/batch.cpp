#include "batch.hpp"

#include "key.hpp"
#include "rows.hpp"
#include "writing.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using syncline::sdk::WriteItem;
using syncline::sdk::WriteOut;
using syncline::sdk::Written;

struct Answer {
    syncline_error error{};
    std::optional<Written> written;
    std::string duplicate_of;
};

/// Writes one item: in a transaction of its own, unless a batch is open.
Answer answer_of(
    const Call& call,
    Database& database,
    const Entity& entity,
    const WriteItem& item,
    std::optional<Known> read_before = std::nullopt
) {
    Answer answer;
    answer.error.struct_size = sizeof answer.error;
    syncline::sdk::guard(&answer.error, [&] {
        try {
            const Opened opened(database, call);
            if (item.op == SYNCLINE_OP_DELETE) {
                delete_row(call, database, entity, item);
                answer.written = Written{item.id, {}, {}};
            } else {
                answer.written = write_row(call, database, entity, item, std::move(read_before));
            }
        } catch (const Failure& failure) {
            answer.duplicate_of = failure.duplicate_of;
            throw;
        }
    });
    return answer;
}

void tell(
    const WriteOut& out, std::size_t index, const Answer& answer, const syncline_error& commit
) {
    if (answer.written && commit.status == SYNCLINE_OK)
        out.stored(index, *answer.written);
    else
        out.failed(index, answer.written ? commit : answer.error, answer.duplicate_of);
}

/// Reads the rows that are changed next in one statement, where each change compares them again
/// anyway.
std::map<std::string, Known> read_ahead(
    const Call& call, Database& database, const Entity& entity, std::span<const WriteItem> items
) {
    if (database.excludes_writers() || !entity.sides.empty()) return {};
    std::vector<std::vector<std::string>> keys;
    for (const WriteItem& item : items.first(std::min(items.size(), kRowsAtOnce))) {
        auto key = key_parts(item.id, entity.main.key.size());
        if (item.op != SYNCLINE_OP_CREATE && item.op != SYNCLINE_OP_DELETE && key)
            keys.push_back(std::move(*key));
    }
    return read_rows(call, database, entity, keys);
}

/// What became of the first rows of a batch.
struct Tried {
    std::vector<Answer> answers;
    syncline_error commit{};  ///< of all that were written
    bool is_kept = false;     ///< else nothing was written, and they have to be written one by one
};

/// Writes the first items in one transaction, as many as the database likes.
Tried write_first(
    const Call& call, Database& database, const Entity& entity, std::span<const WriteItem> items
) {
    Tried tried;
    tried.commit.struct_size = sizeof tried.commit;
    try {
        const Opened opened(database, call);
        if (!database.begin_batch()) return tried;
        std::map<std::string, Known> read;
        do {
            const std::size_t i = tried.answers.size();
            if (i % kRowsAtOnce == 0) read = read_ahead(call, database, entity, items.subspan(i));
            auto row = read.extract(items[i].id);  // what is written twice is read again
            std::optional<Known> held;
            if (!row.empty()) held = std::move(row.mapped());
            tried.answers.push_back(answer_of(call, database, entity, items[i], std::move(held)));
        } while (tried.answers.size() < items.size() && !database.wants_end_of_batch());
        tried.is_kept = true;
        syncline::sdk::guard(&tried.commit, [&] { tried.is_kept = database.end_batch(); });
    } catch (const Failure&) {  // it could not begin
    }
    return tried;
}

}  // namespace

void write_together(
    const Call& call,
    Database& database,
    const Entity& entity,
    std::span<const WriteItem> items,
    const WriteOut& out
) {
    for (std::size_t first = 0; first < items.size();) {
        const Tried tried = write_first(call, database, entity, items.subspan(first));
        const std::size_t end = tried.answers.empty() ? items.size() : first + tried.answers.size();
        for (std::size_t i = first; i < end; ++i) {
            if (tried.is_kept)
                tell(out, i, tried.answers[i - first], tried.commit);
            else
                tell(out, i, answer_of(call, database, entity, items[i]), {});
        }
        first = end;
    }
}

}  // namespace sql
