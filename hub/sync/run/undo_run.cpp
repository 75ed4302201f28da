#include "sync/run/undo_run.hpp"

#include "sync/run/deliver.hpp"
#include "sync/run/pull.hpp"

#include <algorithm>
#include <functional>
#include <optional>
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
    /// One that did not come to its end.
    Undoing(Workbench& bench, store::Run undo) : bench_(bench), row_(std::move(undo)) {
        order_ = {row_.undoes, row_.id, row_.by};
    }

    Result<void> prepare();
    void read_systems(bool consume);
    UndoReport preview();
    UndoReport carry_out();
    void go_on(const PassOptions& options, std::vector<SystemReport>& systems);
    void give_up();

private:
    using Step = std::function<void(Aggregate&, std::vector<UndoItem>&, Effects&)>;

    void note_customers();
    void take_back_and_write();
    void conclude();
    void for_each_customer(const Step& step);
    void store_run(bool is_finished);
    void write_back(OwedBySystem owed);
    SystemReport* report_of(const SystemId& system);

    Workbench& bench_;
    UndoOrder order_;
    store::Run row_;                       ///< of the undo
    std::optional<store::Run> overtaken_;  ///< the run is itself an undo that did not end
    std::vector<CustomerId> customers_;
    bool within_budget_ = false;
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
    if (!run->undoes.is_nil() && run->ended_at == Timestamp{}) overtaken_ = *run;
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
        order_.user = row_.by;
    }
    report_.run = order_.run;
    note_customers();
    return {};
}

void Undoing::note_customers() {
    for (const Change& change : bench_.store().changes_of_run(order_.run))
        customers_.push_back(change.customer);
    std::sort(customers_.begin(), customers_.end());
    customers_.erase(std::unique(customers_.begin(), customers_.end()), customers_.end());
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

/// nullptr: of a system that the pass, which goes on with the undo, did not read.
SystemReport* Undoing::report_of(const SystemId& system) {
    auto& systems = report_.systems;
    const auto found = std::find_if(systems.begin(), systems.end(), [&](const auto& report) {
        return report.system == system;
    });
    return found == systems.end() ? nullptr : &*found;
}

void Undoing::for_each_customer(const Step& step) {
    report_.items.clear();
    for (std::size_t at = 0; at < customers_.size(); at += kCustomersPerBatch) {
        const std::size_t count = std::min(kCustomersPerBatch, customers_.size() - at);
        store::CommitBatch batch;
        for (Aggregate& aggregate :
             load_aggregates(bench_.store(), std::span(customers_).subspan(at, count))) {
            const std::vector<Change> history = bench_.store().history(aggregate.customer.id);
            std::vector<UndoItem> items = trace_run(bench_.rules(), aggregate, history, order_);
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
        SystemReport* report = report_of(system);
        if (report == nullptr) continue;
        Station& station = bench_.station(system);
        if (report->error || !station.capabilities || bench_.must_leave(station)) {
            report->pending += writes.deliveries.size();
            continue;
        }
        const SystemReport before = *report;
        writes.within_budget = within_budget_;
        deliver(bench_, station, std::move(writes), *report, Purpose::Back);
        row_.updated += report->updated - before.updated;
        row_.refused += report->refused - before.refused;
    }
}

void Undoing::take_back_and_write() {
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
}

void Undoing::conclude() {
    for_each_customer([&](Aggregate& aggregate, const auto& items, Effects& effects) {
        conclude_undo(bench_.rules(), aggregate, items, order_, bench_.moment(), effects);
    });
    const bool is_left =
        std::any_of(report_.items.begin(), report_.items.end(), [](const UndoItem& item) {
            return item.state == UndoItem::State::Due;
        });
    store_run(!is_left);
}

UndoReport Undoing::carry_out() {
    if (overtaken_) Undoing(bench_, *overtaken_).give_up();
    if (row_.id.is_nil())
        bench_.begin_run();
    else
        bench_.continue_run(row_.id);
    order_.by = bench_.run();
    report_.undo = order_.by;
    store_run(false);
    take_back_and_write();
    conclude();
    return std::move(report_);
}

void Undoing::go_on(const PassOptions& options, std::vector<SystemReport>& systems) {
    within_budget_ = options.scheduled;
    bench_.continue_run(order_.by);
    report_.systems = std::move(systems);
    note_customers();
    take_back_and_write();
    conclude();
    systems = std::move(report_.systems);
}

/// What is left stays as it is, and people are asked about it.
void Undoing::give_up() {
    bench_.continue_run(order_.by);
    note_customers();
    for_each_customer([&](Aggregate& aggregate, auto& items, Effects& effects) {
        for (UndoItem& item : items) {
            if (item.state == UndoItem::State::Due) item.state = UndoItem::State::Skipped;
        }
        conclude_undo(bench_.rules(), aggregate, items, order_, bench_.moment(), effects);
    });
    store_run(true);
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

void go_on_with_undos(
    Workbench& bench, const PassOptions& options, std::vector<SystemReport>& systems
) {
    const bool is_any_there = std::any_of(systems.begin(), systems.end(), [](const auto& report) {
        return !report.error;
    });
    if (!is_any_there) return;
    const RunId run = bench.run();
    for (const store::Run& undo : bench.store().unfinished_undos())
        Undoing(bench, undo).go_on(options, systems);
    bench.continue_run(run);
}

}  // namespace syncline::sync
