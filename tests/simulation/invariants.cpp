// After the chaos: the hub comes to rest, and the systems' own records and logs are held against
// it.

#include "simulation/simulation.hpp"
#include "simulation/spelling.hpp"

#include <algorithm>

namespace syncline::testing {
namespace {

constexpr int kPassesToRest = 60;
constexpr int kRetries = 6;

}  // namespace

std::vector<sync::Aggregate> Simulation::all_customers() {
    constexpr std::size_t kAll = 10'000;
    return sync::load_aggregates(
        world_->store(), world_->store().customers_after(CustomerId{}, kAll)
    );
}

std::optional<CustomerId> Simulation::any_customer(CustomerState state) {
    std::vector<CustomerId> ids;
    for (const sync::Aggregate& aggregate : all_customers()) {
        if (aggregate.customer.state == state) ids.push_back(aggregate.customer.id);
    }
    if (ids.empty()) return std::nullopt;
    std::sort(ids.begin(), ids.end());
    return ids[random_.below(ids.size())];
}

/// An operator acts on this customer's records as a whole.
void Simulation::concern(const CustomerId& customer) {
    const std::vector<CustomerId> ids{customer};
    for (const Link& link : world_->store().links_of_customers(ids)) {
        for (const FakeSystem::Authored& typed : (*world_)[link.system.text()].authored()) {
            if (typed.id == link.remote_id && typed.field == "vat") by_hand_.insert(typed.value);
        }
        const auto records = (*world_)[link.system.text()].records();
        const auto record = records.find(link.remote_id);
        if (record != records.end()) by_hand_.insert(said(record->second, "vat"));
    }
}

/// All values of a field that any customer's journal knows, also those of merged ones.
const std::set<std::string>& Simulation::known_values(const std::string& path) {
    const auto found = known_.find(path);
    if (found != known_.end()) return found->second;
    std::set<std::string>& known = known_[path];
    const Field& field = *world_->fields().find(path);
    std::vector<CustomerId> ids(merged_away_.begin(), merged_away_.end());
    for (const sync::Aggregate& aggregate : all_customers())
        ids.push_back(aggregate.customer.id);
    for (const CustomerId& id : ids) {
        for (const Change& change : world_->store().history(id)) {
            for (const FieldChange& entry : change.fields) {
                if (entry.field != field.id) continue;
                if (entry.before) known.insert(text_of(field, path, *entry.before));
                if (entry.after) known.insert(text_of(field, path, *entry.after));
            }
        }
    }
    return known;
}

/// Answers every open question. False when there was none.
bool Simulation::decide_everything() {
    bool any = false;
    for (const Case& item : world_->open_cases()) {
        any = true;
        const std::vector<Case> open = world_->open_cases();
        const bool is_open = std::any_of(open.begin(), open.end(), [&](const Case& other) {
            return other.id == item.id;
        });
        if (!is_open) continue;  // the answer to another one settled it
        if (item.kind == CaseKind::Conflict) {
            sync::Engine& engine = world_->engine();
            if (engine.resolve_conflict(item.id, any_answer(), "operator")) continue;
            const auto done =
                engine.resolve_conflict(item.id, sync::ValueAnswer::standing(), "operator");
            if (!done) violate("a conflict cannot be decided: " + done.error().detail);
        } else if (item.kind == CaseKind::Association) {
            std::optional<CustomerId> customer;
            for (const Candidate& candidate : item.candidates) {
                if (!candidate.customer.is_nil()) customer = candidate.customer;
            }
            const auto done = world_->engine().answer_review(item.id, customer, "operator");
            if (!done) violate("a review cannot be answered: " + done.error().detail);
        } else {
            // That somebody entered a customer twice, as after a backup that lacks them, is said to
            // be none: then both stay, and are made elsewhere.
            if (item.kind == CaseKind::Duplicate) concern(item.customer);
            const auto done = world_->engine().dismiss_review(item.id, "operator");
            if (!done) violate("a review cannot be dismissed: " + done.error().detail);
        }
    }
    return any;
}

void Simulation::come_to_rest() {
    for (const std::string& name : names_) {
        (*world_)[name].faults() = {};
        if (random_.one_in(2))
            (*world_)[name].let_lingering_writes_land();
        else
            (*world_)[name].drop_lingering_writes();
    }
    check_nothing_held_in_silence();
    world_->clock.advance(std::chrono::minutes{5});  // no request lingers longer
    for (int i = 0; i < kPassesToRest; ++i) {
        const std::size_t before = world_->writes();
        // What is refused again and again stays refused.
        if (i < kRetries) retry_quarantined();
        bool asked = answer_holds(/*all=*/true);
        std::uint64_t changes = world_->pass().changes();
        asked = decide_everything() || asked;
        for (const std::string& name : names_)
            (*world_)[name].take_in_corrections();
        changes += world_->pass().changes();
        note("rest");
        note_progress();
        if (changes == 0 && !asked && world_->writes() == before) return;
    }
    violate("the hub never comes to rest");
}

void Simulation::check_rest() {
    const std::size_t before = world_->writes();
    if (world_->pass().changes() != 0 || world_->writes() != before)
        violate("a hub at rest changed something");
    for (const std::string& name : names_) {
        // Without a condition, and with readings that lag, an edit of the last moments is unseen.
        const FakeSystem::Character& character = characters_.at(name);
        if (!character.conditional_write && character.stale_for.count() != 0) continue;
        for (const std::string& lost : (*world_)[name].lost_edits()) {
            if ((*world_)[name].overtaken_edits().contains(lost)) continue;
            violate("a write destroyed an edit that nobody had read: " + lost);
        }
    }
    if (!asked_of_held().empty()) violate("a restore still holds a system");
    if (!world_->store().unfinished_undos().empty()) violate("an undo never comes to its end");
    check_nothing_held_in_silence();
    check_agreement();
    check_nothing_invented();
    check_nothing_lost();
    check_no_duplicates();
    check_deletions();
}

/// Where a field waits for a person, a question is open.
void Simulation::check_nothing_held_in_silence() {
    for (const sync::Aggregate& aggregate : all_customers()) {
        for (const Link& link : aggregate.links) {
            for (const auto& [id, entry] : link.fields) {
                const bool waits = link.state == LinkState::Active && entry.shadow &&
                                   entry.shadow->base.kind == Base::Kind::Contested;
                if (waits && !aggregate.is_contested(id))
                    violate(
                        world_->fields().at(id).path + " of " + link.system.text() + ":" +
                        link.remote_id.text() + " waits for a person whom nobody asks"
                    );
            }
        }
    }
}

/// Every system holds what it can of the canonical value.
void Simulation::check_agreement() {
    for (const sync::Aggregate& aggregate : all_customers()) {
        if (aggregate.is_deleted()) continue;
        for (const Link& link : aggregate.links) {
            if (link.role == LinkRole::Secondary) continue;  // read only
            const auto records = (*world_)[link.system.text()].records();
            const auto record = records.find(link.remote_id);
            if (link.state != LinkState::Active || record == records.end()) continue;
            for (const auto& mapped : simulated_fields()) {
                const std::string& path = mapped.first;
                const std::string& remote = mapped.second;
                const Field& field = *world_->fields().find(path);
                const FieldState* canonical = aggregate.customer.fields.find(field.id);
                const std::string value =
                    canonical != nullptr ? text_of(field, path, canonical->value) : "";
                const std::string held = said(record->second, remote);
                const auto& character = characters_.at(link.system.text());
                if (holds(character, remote, held, value)) continue;
                const LinkField* entry = link.fields.find(field.id);
                const bool is_unreadable = entry != nullptr && entry->shadow &&
                                           entry->shadow->base.kind == Base::Kind::Invalid;
                if (is_unreadable) continue;  // set aside, and never written over
                const mapping::MappedField* mapping =
                    world_->engine().rules().at(link.system).mapping->find(field.id);
                const bool is_theirs_alone =
                    canonical == nullptr && mapping->direction == MappingDirection::Out;
                if (is_theirs_alone) continue;
                const bool is_taken =
                    character.unique == remote && !value.empty() &&
                    std::any_of(records.begin(), records.end(), [&](const auto& other) {
                        return other.first != link.remote_id && said(other.second, remote) == value;
                    });
                if (is_taken) continue;
                // A correction that was taken in and undone between two lists was never seen.
                const bool is_unconfirmed =
                    character.deferred && std::any_of(
                                              aggregate.attempts.begin(),
                                              aggregate.attempts.end(),
                                              [&](const Attempt& attempt) {
                                                  return attempt.link == link.id &&
                                                         attempt.state == AttemptState::Answered &&
                                                         attempt.fields.contains(field.id);
                                              }
                                          );
                if (is_unconfirmed) continue;
                const std::string place =
                    link.system.text() + ":" + link.remote_id.text() + "." + remote;
                if ((*world_)[link.system.text()].mistaken_edits().contains(place)) continue;
                violate(place + " is \"" + held + "\", and the record says \"" + value + "\"");
            }
        }
    }
}

/// What somebody typed last, "" when nobody can be asked for it any more: a backup came back in
/// which it is not, of the system or of the hub's memory after the hub had replaced it.
std::string Simulation::last_typed(
    const std::string& system, const RemoteId& id, const std::string& remote
) {
    std::string last;
    const auto& typed = (*world_)[system].authored();
    for (std::size_t i = 0; i < typed.size(); ++i) {
        if (typed[i].id != id || typed[i].field != remote || typed[i].is_undone) continue;
        last = forgotten_.contains({system, i}) ? "" : typed[i].value;
    }
    return last;
}

/// What somebody typed last is the value, or stands in the journal.
void Simulation::check_nothing_lost() {
    for (const sync::Aggregate& aggregate : all_customers()) {
        for (const auto& mapped : simulated_fields()) {
            const std::string& path = mapped.first;
            const std::string& remote = mapped.second;
            const Field& field = *world_->fields().find(path);
            const std::set<std::string>& known = known_values(path);
            for (const Link& link : aggregate.links) {
                const auto& character = characters_.at(link.system.text());
                if (character.deferred || link.state != LinkState::Active) continue;
                const std::string place =
                    link.system.text() + ":" + link.remote_id.text() + "." + remote;
                const auto& destroyed = (*world_)[link.system.text()].lost_edits();
                if (std::find(destroyed.begin(), destroyed.end(), place) != destroyed.end())
                    continue;  // told by check_rest, where it can be helped
                const mapping::MappedField* mapping =
                    world_->engine().rules().at(link.system).mapping->find(field.id);
                if (mapping->direction == MappingDirection::Out) continue;
                const std::string last = last_typed(link.system.text(), link.remote_id, remote);
                const bool is_known =
                    last.empty() || last.starts_with("ask ") ||
                    std::any_of(known.begin(), known.end(), [&](const std::string& value) {
                        return holds(character, remote, last, value);
                    });
                if (!is_known) violate("\"" + last + "\", typed in " + place + ", is nowhere");
            }
        }
    }
}

/// Nothing is deleted without the right, and a deleted customer lives on nowhere.
void Simulation::check_deletions() {
    for (const std::string& name : names_) {
        const auto& went = (*world_)[name].went_wrong();
        const bool may = world_->engine().rules().at(SystemId{name}).setting->rights.remove;
        if (!may && went.contains("delete carried out"))
            violate(name + " lost a record to the hub, which has no right to delete there");
    }
    for (const sync::Aggregate& aggregate : all_customers()) {
        if (!aggregate.is_deleted()) continue;
        for (const Link& link : aggregate.links) {
            if (link.state == LinkState::Active)
                violate(
                    link.system.text() + ":" + link.remote_id.text() +
                    " is synchronised although its customer was deleted"
                );
        }
    }
}

Simulation::Records Simulation::everything() {
    Records all;
    for (const std::string& name : names_) {
        all[name] = (*world_)[name].records();
        for (auto& [id, fields] : all[name])
            std::erase_if(fields, [](const auto& entry) { return entry.second.empty(); });
    }
    return all;
}

/// A merge may free a value; who waited gets it then, and keeps it. And what it put into a record
/// that waits is left there: the value that belongs there is taken.
Simulation::Awaited Simulation::awaited(const std::string& system) {
    Awaited awaited;
    const auto records = (*world_)[system].records();
    for (const auto& [path, remote] : simulated_fields()) {
        if (characters_.at(system).unique != remote) continue;
        const Field& field = *world_->fields().find(path);
        for (const sync::Aggregate& aggregate : all_customers()) {
            const FieldState* state = aggregate.customer.fields.find(field.id);
            if (state == nullptr) continue;
            const std::string value = text_of(field, path, state->value);
            for (const Link& link : aggregate.links) {
                const auto record = records.find(link.remote_id);
                if (link.system.text() != system || link.state != LinkState::Active ||
                    record == records.end() || said(record->second, remote) == value)
                    continue;
                awaited.values.insert(value);
                awaited.records.insert(link.remote_id);
            }
        }
    }
    return awaited;
}

/// Two customers are merged and separated again while nobody edits: every record is as it was.
void Simulation::check_merge_and_back() {
    const auto one = any_customer(CustomerState::Active);
    const auto other = any_customer(CustomerState::Active);
    if (!one || !other || *one == *other) return;
    const Records before = everything();
    std::map<std::string, Awaited> waiting;
    for (const std::string& name : names_)
        waiting[name] = awaited(name);
    if (!world_->engine().merge(*one, *other, {}, "operator", sync::Carry::Out)) return;
    ++outcome_.met["merge and back"];
    come_to_rest();
    const auto back = world_->engine().unmerge(*other, "operator", sync::Carry::Out);
    if (!back) {
        violate("a merge cannot be taken back: " + back.error().detail);
        return;
    }
    come_to_rest();
    const Records after = everything();
    for (const auto& [system, records] : before) {
        const FakeSystem::Character& character = characters_.at(system);
        for (const auto& [id, fields] : records) {
            const auto now = after.at(system).find(id);
            if (now == after.at(system).end()) {
                violate("a merge and its end removed " + system + ":" + id.text());
                continue;
            }
            for (const auto& mapped : simulated_fields()) {
                const std::string& remote = mapped.second;
                const std::string was = said(fields, remote);
                const std::string is = said(now->second, remote);
                // Where its people have no say, what they typed meanwhile was never the hub's.
                const mapping::MappedField* mapping = world_->engine()
                                                          .rules()
                                                          .at(SystemId{system})
                                                          .mapping->find(world_->id(mapped.first));
                if (mapping->direction == MappingDirection::Out) continue;
                if (holds(character, remote, is, was) || holds(character, remote, was, is))
                    continue;
                const Awaited& awaited = waiting.at(system);
                if (awaited.values.contains(is) || awaited.values.contains(was)) continue;
                const std::string place = system + ":" + id.text() + "." + remote;
                if ((*world_)[system].mistaken_edits().contains(place)) continue;
                if (character.unique == remote && awaited.records.contains(id)) continue;
                // A correction that was taken in and undone between two lists was never seen
                // before.
                if (character.deferred && is == world_->canonical(system, id, mapped.first))
                    continue;
                violate(
                    "after a merge and its end, " + place + " is \"" + is + "\" and was \"" + was +
                    "\""
                );
            }
        }
    }
}

/// For the demand that all seeds together meet everything that the rules are made for.
void Simulation::count_what_was_met() {
    for (const auto& [line, count] : world_->judged())
        outcome_.met["absorb line " + std::to_string(static_cast<int>(line))] += count;
    for (const std::string& name : names_) {
        for (const auto& [what, count] : (*world_)[name].went_wrong())
            outcome_.met[what] += count;
    }
}

/// Nobody makes a customer twice in one system, so no system has one twice.
void Simulation::check_no_duplicates() {
    for (const std::string& name : names_) {
        std::map<std::string, std::size_t> count;
        for (const auto& [id, fields] : (*world_)[name].records()) {
            const std::string vat = said(fields, "vat");
            if (!vat.empty() && !by_hand_.contains(vat) && ++count[vat] == 2)
                violate(name + " has the customer with VAT number " + vat + " twice");
        }
    }
}

}  // namespace syncline::testing
