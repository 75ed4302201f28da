#include "sync/run/clock_watch.hpp"

#include "base/time.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/workbench.hpp"

#include <string>

namespace syncline::sync {
namespace {

bool is_far(Timestamp one, Timestamp other) {
    return one > other + kMostClockIsOff || one < other - kMostClockIsOff;
}

std::optional<QuarantineItem> standing_hold(Workbench& bench) {
    for (QuarantineItem& item : holds(bench.store())) {
        if (hold_of(item) == Hold::Clock) return std::move(item);
    }
    return std::nullopt;
}

/// What is implausible about the clock; "" = nothing. A hub that starts knows of no steady time
/// before: then a long absence is ordinary, and only a clock before the last commit is not, or one
/// that is still where a jump had put it.
std::string what_is_wrong(Workbench& bench, const std::optional<QuarantineItem>& held) {
    WatchedClock& clock = bench.clock();
    const Timestamp wall = clock.wall();
    if (const auto expected = clock.expected()) {
        if (!is_far(wall, *expected)) return {};
        return "the hub's clock says " + to_rfc3339(wall) + " where it had to say " +
               to_rfc3339(*expected);
    }
    const Timestamp committed = bench.store().committed_at();
    if (wall < committed - kMostClockIsOff)
        return "the hub's clock says " + to_rfc3339(wall) + ", and the hub's last commit was at " +
               to_rfc3339(committed);
    const bool jumped_ahead = held && held->first_at > committed + kMostClockIsOff;
    return jumped_ahead && wall >= held->first_at ? held->reason : "";
}

void begin_hold(Workbench& bench, const std::string& reason) {
    QuarantineItem item;
    item.direction = Direction::Outbound;
    item.code = ErrorCode::ClockImplausible;
    item.reason = reason;
    item.first_at = item.last_at = bench.clock().wall();  // where it was put
    store::CommitBatch batch;
    batch.quarantined.push_back(std::move(item));
    bench.commit(batch);
    bench.parts().log->write(
        LogLevel::Error,
        "clock_implausible",
        {{"code", ErrorCode::ClockImplausible}, {"wall", bench.clock().wall()}}
    );
}

void end_hold(Workbench& bench, const QuarantineItem& item) {
    store::CommitBatch batch;
    batch.released.push_back(item.id);
    bench.commit(batch);
    bench.parts().log->write(LogLevel::Info, "clock_plausible", {});
}

}  // namespace

Timestamp WatchedClock::mended(Timestamp told) {
    const auto expected = this->expected();
    return expected && is_far(told, *expected) ? *expected : told;
}

std::optional<Timestamp> WatchedClock::expected() {
    if (!believed_) return std::nullopt;
    return believed_->wall + (machine_.steady() - believed_->steady);
}

std::optional<Error> clock_trouble(Workbench& bench) {
    const std::optional<QuarantineItem> held = standing_hold(bench);
    const std::string wrong = what_is_wrong(bench, held);
    if (wrong.empty() || (held && held->retry_requested)) {
        bench.clock().believe();
        if (held) end_hold(bench, *held);
        return std::nullopt;
    }
    const std::string reason =
        held ? held->reason
             : wrong +
                   ". Nothing is read, written, given up or decided by such a time. Look at the "
                   "clock of this machine: once it is right the hub goes on by itself. If it is "
                   "right already, try this item again to say so";
    if (!held) begin_hold(bench, reason);
    return Error{ErrorCode::ClockImplausible, Remedy::Stop, "clock", reason};
}

}  // namespace syncline::sync
