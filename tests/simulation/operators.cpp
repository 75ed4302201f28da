// What the hub's operators do in a simulated life.

#include "simulation/simulation.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncline::testing {

void Simulation::operator_acts() {
    switch (random_.below(11)) {
        case 0:
        case 1:
        case 2:
            static_cast<void>(world_->engine().retry_quarantined({}));
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
        const SystemId from{names_[random_.below(names_.size())]};
        const auto done =
            world_->engine().resolve_conflict(item.id, from, std::nullopt, "operator");
        note("resolve " + from.text() + (done ? "" : " (nothing said)"));
        return;
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
