#include "batch.hpp"

#include "writing.hpp"

#include <cstddef>
#include <optional>
#include <string>
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

Answer answer_of(
    const Call& call, Database& database, const Entity& entity, const WriteItem& item
) {
    Answer answer;
    answer.error.struct_size = sizeof answer.error;
    syncline::sdk::guard(&answer.error, [&] {
        try {
            if (item.op == SYNCLINE_OP_DELETE) {
                delete_row(call, database, entity, item);
                answer.written = Written{item.id, {}, {}};
            } else {
                answer.written = write_row(call, database, entity, item);
            }
        } catch (const Failure& failure) {
            answer.duplicate_of = failure.duplicate_of;
            throw;
        }
    });
    return answer;
}

}  // namespace

bool write_together(
    const Call& call,
    Database& database,
    const Entity& entity,
    std::span<const WriteItem> items,
    const WriteOut& out
) {
    std::vector<Answer> answers;
    syncline_error not_committed{};
    not_committed.struct_size = sizeof not_committed;
    try {
        const Opened opened(database, call);
        if (!database.begin_batch()) return false;
        for (const WriteItem& item : items)
            answers.push_back(answer_of(call, database, entity, item));
        bool is_kept = true;
        syncline::sdk::guard(&not_committed, [&] { is_kept = database.end_batch(); });
        if (!is_kept) return false;
    } catch (const Failure&) {  // it could not begin
        return false;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        const bool is_written = answers[i].written && not_committed.status == SYNCLINE_OK;
        if (is_written)
            out.stored(i, *answers[i].written);
        else
            out.failed(
                i, answers[i].written ? not_committed : answers[i].error, answers[i].duplicate_of
            );
    }
    return true;
}

}  // namespace sql
