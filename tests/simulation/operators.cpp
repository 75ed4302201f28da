// What the hub's operators do in a simulated life.

#include "simulation/simulation.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncline::testing {

void Simulation::operator_acts() {
    switch (random_.below(14)) {
        case 0:
        case 1:
        case 2:
            retry_quarantined();
            note("retry");
            return;
        case 3:
        case 4:
        case 5:
            act_on_records();
            return;
        case 6:
            if (!random_.one_in(2)) return;
            world_->reconfigure([this](HubSetting& hub) { draw_policies(hub); });
            note("other policies");
            return;
        case 7:
        case 8:
        case 9:
            undo_something();
            return;
        default:
            resolve_one();
    }
}

void Simulation::resolve_one() {
    for (const Case& item : world_->open_cases()) {
        if (random_.one_in(2)) continue;
        if (item.kind == CaseKind::Gone) {
            answer_about_gone(item);
            return;
        }
        if (item.kind != CaseKind::Conflict) continue;
        const sync::ValueAnswer answer = any_answer();
        const auto done = world_->engine().resolve_conflict(item.id, answer, "operator");
        note("resolve " + answer.system.text() + (done ? "" : " (nothing said)"));
        return;
    }
}

/// What a system says is right, or what stands.
sync::ValueAnswer Simulation::any_answer() {
    const std::uint64_t which = random_.below(names_.size() + 1);
    if (which == names_.size()) return sync::ValueAnswer::standing();
    return sync::ValueAnswer::of(SystemId{names_[which]});
}

/// Takes back one of the last runs, whatever came since; or what is left of an undo that did not
/// come to its end. A system may fail meanwhile, and the hub may die.
void Simulation::undo_something() {
    constexpr std::size_t kRecent = 8;
    const std::vector<store::Run> begun = world_->store().unfinished_undos();
    const bool again = !begun.empty() && random_.one_in(2);
    RunId run;
    if (again) {
        run = begun[random_.below(begun.size())].undoes;
    } else {
        const std::vector<store::Run> recent = world_->store().runs(kRecent);
        if (recent.empty()) return;
        run = recent[random_.below(recent.size())].id;
    }
    for (const Change& change : world_->store().changes_of_run(run))
        concern(change.customer);
    if (random_.one_in(3)) something_breaks();
    const bool died = !lives_through([&] {
        const auto undone = world_->engine().undo(run, "operator");
        tell_act(again ? "undo again" : "undo", undone.has_value());
        if (undone) tell_undone(*undone);
    });
    if (died) ++outcome_.met["undo: the hub died"];
}

void Simulation::tell_undone(const sync::UndoReport& report) {
    std::map<std::string, std::uint64_t> met;
    for (const sync::UndoItem& item : report.items) {
        if (item.state == sync::UndoItem::State::Due)
            ++met["not done yet"];
        else if (item.state == sync::UndoItem::State::Done)
            ++met["taken back"];
        else if (item.reason.find("changed since") != std::string::npos)
            ++met["left what was changed since"];
        else if (item.reason.find("refused by") != std::string::npos)
            ++met["refused by a system"];
    }
    for (const auto& [what, count] : met) {
        outcome_.met["undo: " + what] += count;
        note("  " + what + " " + std::to_string(count));
    }
}

void Simulation::answer_about_gone(const Case& item) {
    sync::Engine& engine = world_->engine();
    concern(item.customer);
    const std::uint64_t how = random_.below(3);
    if (how == 2) {
        static_cast<void>(engine.dismiss_review(item.id, "operator"));
        note("dismiss");
        return;
    }
    const auto answer = how == 0 ? sync::GoneAnswer::Recreate : sync::GoneAnswer::Delete;
    const auto done = engine.answer_gone(item.id, answer, "operator");
    note(std::string(how == 0 ? "recreate" : "delete it") + (done ? "" : " (refused)"));
}

void Simulation::tell_act(const std::string& what, bool done) {
    note(what + (done ? "" : " (refused)"));
    if (done) ++outcome_.met["operator: " + what];
}

/// Merges, separates, deletes, brings back. What cannot be done is refused and changes nothing.
void Simulation::act_on_records() {
    sync::Engine& engine = world_->engine();
    const auto one = any_customer(CustomerState::Active);
    if (!one) return;
    concern(*one);
    switch (random_.below(6)) {
        case 0:
        case 1: {
            const auto other = any_customer(CustomerState::Active);
            if (!other) return;
            concern(*other);
            const auto done = engine.merge(*one, *other, {}, "operator", sync::Carry::Out);
            if (done) merged_away_.insert(*other);
            tell_act("merge", done.has_value());
            return;
        }
        case 2: {
            if (merged_away_.empty()) return;
            const auto which = std::next(
                merged_away_.begin(),
                static_cast<std::ptrdiff_t>(random_.below(merged_away_.size()))
            );
            const auto done = engine.unmerge(*which, "operator", sync::Carry::Out);
            tell_act("unmerge", done.has_value());
            return;
        }
        case 3: {
            const std::vector<CustomerId> ids{*one};
            const std::vector<Link> links = world_->store().links_of_customers(ids);
            if (links.empty()) return;
            std::vector<std::pair<SystemId, RemoteId>> records;
            for (const Link& link : links)
                records.emplace_back(link.system, link.remote_id);
            std::sort(records.begin(), records.end());
            const auto& record = records[random_.below(records.size())];
            const auto done = engine.unlink_record(
                *one, record.first, record.second, "operator", sync::Carry::Out
            );
            tell_act("unlink", done.has_value());
            return;
        }
        case 4: {
            const auto done = engine.delete_record(*one, "operator", sync::Carry::Out);
            tell_act("delete", done.has_value());
            return;
        }
        default: {
            const auto deleted = any_customer(CustomerState::Deleted);
            if (!deleted) return;
            concern(*deleted);
            const auto done = engine.undelete_record(*deleted, "operator");
            tell_act("undelete", done.has_value());
        }
    }
}

}  // namespace syncline::testing
