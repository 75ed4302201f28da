#include "sync/run/reading.hpp"

#include "sync/run/take_in.hpp"

#include <set>
#include <utility>

namespace syncline::sync {
namespace {

store::Cursor position_of(Workbench& bench, const Station& station) {
    const SystemId& system = station.setting->id;
    const std::string& entity = station.setting->entity;
    return bench.store()
        .cursor(system, entity)
        .value_or(store::Cursor{system, entity, {}, false, {}});
}

}  // namespace

Reading::Reading(Workbench& bench, Station& station, SystemReport& report)
    : bench_(bench),
      station_(station),
      report_(report),
      cursor_(position_of(bench, station)),
      unchanged_until_(cursor_.listed_at) {}

bool Reading::can_continue() const {
    return station_.capabilities->incremental && !station_.reads_all_again &&
           cursor_.listed_completely && !cursor_.value.empty();
}

Result<connect::ReadSummary> Reading::run(
    connect::ReadMode mode, connect::SideEffects side_effects
) {
    connect::ReadRequest request;
    request.entity = station_.setting->entity;
    request.cursor = cursor_.value;
    request.mode = mode;
    request.side_effects = side_effects;
    request.fields = mapped_remotes();

    connect::ReadSink sink;
    sink.records = [&](std::vector<Observation> page) {
        for (Observation& observation : page) {
            seen_.insert(observation.remote_id);
            buffer_.push_back(std::move(observation));
        }
        if (buffer_.size() >= kBatchRecords) take(nullptr);
        return !bench_.must_leave(station_);
    };
    sink.checkpoint = [&](const std::string& position) {
        const bool says_nothing_new = buffer_.empty() && position == cursor_.value;
        if (says_nothing_new) return true;  // it is stored, and so is all before it
        store::Cursor next = cursor_;
        next.value = position;
        take(&next);
        if (is_conclusive_) cursor_ = std::move(next);
        bench_.pass_point("checkpoint.after");
        return true;
    };
    auto summary = station_.connection->read(request, sink);
    take(nullptr);
    if (!summary && summary.error().code == ErrorCode::CursorLost) forget_position();
    return summary;
}

store::Cursor Reading::concluded(const connect::ReadSummary& summary) const {
    store::Cursor cursor = cursor_;
    cursor.listed_at = summary.sent_at;
    cursor.listed_completely = cursor.listed_completely || summary.complete_listing;
    return cursor;
}

std::vector<std::string> Reading::mapped_remotes() const {
    std::set<std::string> remotes;
    for (const auto& mapped : bench_.rules().at(cursor_.system).mapping->fields())
        remotes.insert(mapped.remotes.begin(), mapped.remotes.end());
    return {remotes.begin(), remotes.end()};
}

void Reading::take(const store::Cursor* cursor) {
    const bool was_conclusive = is_conclusive_;
    const bool all_told = take_in(
        bench_,
        station_,
        std::exchange(buffer_, {}),
        unchanged_until_,
        was_conclusive ? cursor : nullptr,
        report_
    );
    is_conclusive_ = was_conclusive && all_told;
}

void Reading::forget_position() {
    cursor_.value.clear();
    cursor_.listed_completely = false;
    store::CommitBatch batch;
    batch.cursors.push_back(cursor_);
    bench_.commit(batch);
}

}  // namespace syncline::sync
