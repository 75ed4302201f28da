#include "sync/run/undo_run.hpp"

#include "sync/run/deliver.hpp"
#include "sync/run/pull.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <utility>

namespace syncline::sync {
namespace {

constexpr std::size_t kCustomersPerBatch = 200;
constexpr std::size_t kAllRuns = 1'000'000'000;

std::string told(const store::Run& run) {
    return "run " + to_text(run.id) + (run.by.empty() ? "" : " of " + run.by);
}

/// One run being taken back.
class Undoing {
public:
    Undoing(Workbench& bench, RunId run, std::string user) : bench_(bench) {
        order_.run = run;
        order_.user = std::move(user);
    }

    Result<void> prepare();
    void read_systems(bool consume);
    UndoReport preview();
    UndoReport carry_out();

private:
    using Step = std::function<void(Aggregate&, const std::vector<UndoItem>&, Effects&)>;

    void for_each_customer(const Step& step);
    void store_run(bool is_finished);
    void write_back(OwedBySystem owed);
    SystemReport& report_of(const SystemId& system);

    Workbench& bench_;
    UndoOrder order_;
    store::Run row_;  ///< of the undo
    std::vector<CustomerId> customers_;
    UndoReport report_;
};

/// What people decided about whole records has a way back of its own; "" for other runs.
std::string taken_back_by(const store::Run& run, std::span<const Change> changes) {
    for (const Change& change : changes) {
        for (const FieldChange& entry : change.fields) {
            if (entry.kind == ChangeKind::Merged && entry.after)
                return "records unmerge " + entry.after->parts.front().value_or("");
            if (entry.kind == ChangeKind::Unmerged) return "records merge";
        }
    }
    if (changes.empty()) return {};
    const std::string customer = to_text(changes.front().customer);
    if (run.kind == "delete") return "records undelete " + customer;
    if (run.kind == "undelete") return "records delete " + customer;
    return {};
}

Result<void> Undoing::prepare() {
    const std::vector<store::Run> runs = bench_.store().runs(kAllRuns);
    const auto undo_of = [&](const RunId& id) {
        return std::find_if(runs.begin(), runs.end(), [&](const store::Run& other) {
            return other.undoes == id;
        });
    };
    const auto refused = [&](std::string detail) {
        return Error{
            ErrorCode::UsageInvalid, Remedy::Reject, to_text(order_.run), std::move(detail)};
    };
    const auto run = std::find_if(runs.begin(), runs.end(), [&](const store::Run& other) {
        return other.id == order_.run;
    });
    if (run == runs.end())
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            to_text(order_.run),
            "there is no such run; see `syncline runs list`"};
    const std::vector<Change> changes = bench_.store().changes_of_run(order_.run);
    if (const std::string instead = taken_back_by(*run, changes); !instead.empty())
        return refused("a " + run->kind + " is taken back with `" + instead + "`");
    row_.kind = "undo";
    row_.by = order_.user;
    row_.undoes = order_.run;
    row_.started_at = bench_.now();
    if (const auto undo = undo_of(order_.run); undo != runs.end()) {
        if (const auto again = undo_of(undo->id); again != runs.end())
            return refused(
                "this run was undone by " + told(*undo) + ", and that was undone by " +
                told(*again) + ", which can be undone"
            );
        if (undo->ended_at != Timestamp{})
            return refused(
                "this run was undone already, by " + told(*undo) +
                "; undo that one to have this run stand again"
            );
        row_ = *undo;
    }
    report_.run = order_.run;
    for (const Change& change : changes)
        customers_.push_back(change.customer);
    std::sort(customers_.begin(), customers_.end());
    customers_.erase(std::unique(customers_.begin(), customers_.end()), customers_.end());
    return {};
}

/// What people did since must be known; it is a run of its own, which stays when this one is
/// undone.
void Undoing::read_systems(bool consume) {
    bench_.begin_run();
    store::Run reading;
    reading.id = bench_.run();
    reading.kind = "run";
    reading.started_at = bench_.now();
    PassOptions options;
    options.consume = consume;
    for (Station& station : bench_.stations()) {
        SystemReport report;
        report.system = station.setting->id;
        if (bench_.state_of(report.system).paused) {
            report.stopped_by = "paused by " + bench_.state_of(report.system).paused_by;
        } else {
            pull(bench_, station, options, report);
        }
        reading.pulled += report.read;
        reading.changed += report.changed;
        report_.systems.push_back(std::move(report));
    }
    if (reading.changed == 0) return;
    reading.ended_at = bench_.now();
    store::CommitBatch batch;
    batch.runs.push_back(std::move(reading));
    bench_.commit(batch);
}

SystemReport& Undoing::report_of(const SystemId& system) {
    return *std::find_if(report_.systems.begin(), report_.systems.end(), [&](const auto& report) {
        return report.system == system;
    });
}

void Undoing::for_each_customer(const Step& step) {
    report_.items.clear();
    for (std::size_t at = 0; at < customers_.size(); at += kCustomersPerBatch) {
        const std::size_t count = std::min(kCustomersPerBatch, customers_.size() - at);
        store::CommitBatch batch;
        for (Aggregate& aggregate :
             load_aggregates(bench_.store(), std::span(customers_).subspan(at, count))) {
            const std::vector<Change> history = bench_.store().history(aggregate.customer.id);
            const std::vector<UndoItem> items =
                trace_run(bench_.rules(), aggregate, history, order_);
            Effects effects;
            if (step) step(aggregate, items, effects);
            bench_.collect(aggregate, effects, batch);
            report_.items.insert(report_.items.end(), items.begin(), items.end());
        }
        bench_.commit(batch);
    }
}

void Undoing::store_run(bool is_finished) {
    row_.id = order_.by;
    if (is_finished) row_.ended_at = bench_.now();
    store::CommitBatch batch;
    batch.runs.push_back(row_);
    bench_.commit(batch);
}

UndoReport Undoing::preview() {
    order_.by = row_.id;  // nil: nothing was taken back yet
    for_each_customer({});
    return std::move(report_);
}

void Undoing::write_back(OwedBySystem owed) {
    for (auto& [system, writes] : owed) {
        SystemReport& report = report_of(system);
        if (report.error || !report.stopped_by.empty()) {
            report.pending += writes.deliveries.size();
            continue;
        }
        deliver(bench_, bench_.station(system), std::move(writes), report, Purpose::Back);
    }
}

UndoReport Undoing::carry_out() {
    if (row_.id.is_nil())
        bench_.begin_run();
    else
        bench_.continue_run(row_.id);
    order_.by = bench_.run();
    report_.undo = order_.by;
    store_run(false);

    OwedBySystem owed;
    for_each_customer([&](Aggregate& aggregate, const auto& items, Effects& effects) {
        take_back(bench_.rules(), aggregate, items, order_, bench_.moment(), effects);
        for (const Link& link : aggregate.links) {
            if (link.state != LinkState::Active || link.role != LinkRole::Primary) continue;
            if (bench_.rules().find(link.system) == nullptr) continue;
            auto delivery =
                derive_write_back(bench_.rules(), aggregate, link, items, bench_.moment());
            if (delivery) owed[link.system].deliveries.push_back(*std::move(delivery));
        }
    });
    bench_.pass_point("undo.after");
    row_.changed += static_cast<std::uint64_t>(std::count_if(
        report_.items.begin(),
        report_.items.end(),
        [](const UndoItem& item) {
            return item.what == UndoItem::What::Value && item.state == UndoItem::State::Due;
        }
    ));
    write_back(std::move(owed));
    for_each_customer([&](Aggregate& aggregate, const auto& items, Effects& effects) {
        conclude_undo(bench_.rules(), aggregate, items, order_, bench_.moment(), effects);
    });
    for (const SystemReport& system : report_.systems) {
        row_.updated += system.updated;
        row_.refused += system.refused;
    }
    const bool is_left =
        std::any_of(report_.items.begin(), report_.items.end(), [](const UndoItem& item) {
            return item.state == UndoItem::State::Due;
        });
    store_run(!is_left);
    return std::move(report_);
}

}  // namespace

Result<UndoReport> preview_undo(Workbench& bench, const RunId& run, const std::string& user) {
    Undoing undoing(bench, run, user);
    if (auto prepared = undoing.prepare(); !prepared) return prepared.error();
    undoing.read_systems(/*consume=*/false);
    return undoing.preview();
}

Result<UndoReport> undo_run(Workbench& bench, const RunId& run, const std::string& user) {
    Undoing undoing(bench, run, user);
    if (auto prepared = undoing.prepare(); !prepared) return prepared.error();
    undoing.read_systems(/*consume=*/true);
    return undoing.carry_out();
}

}  // namespace syncline::sync
