#include "sync/core/pending.hpp"
#include "sync/core/undo.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace syncline::sync {
namespace {

using What = UndoItem::What;
using State = UndoItem::State;

std::string origin_text(const Origin& origin) {
    return origin.kind == Origin::Kind::User ? "user " + origin.name : origin.name;
}

/// One entry of the journal, and the run that made it.
struct Entry {
    const FieldChange* change;
    RunId run;
};

bool is_about_a_record(ChangeKind kind) {
    return kind == ChangeKind::Created || kind == ChangeKind::Linked || kind == ChangeKind::Removed;
}

class Tracing {
public:
    Tracing(
        const Rules& rules,
        const Aggregate& aggregate,
        std::span<const Change> history,
        const UndoOrder& order
    )
        : rules_(rules), aggregate_(aggregate), order_(order) {
        for (const Change& change : history) {
            for (const FieldChange& entry : change.fields)
                add({&entry, change.run});
        }
    }

    std::vector<UndoItem> run() {
        for (const auto& [field, entries] : versions_)
            trace_value(field, entries);
        for (const auto& [place, entries] : writes_)
            trace_write(place.first, place.second, entries);
        for (const FieldChange* record : records_)
            trace_record(*record);
        return std::move(items_);
    }

private:
    void add(const Entry& entry);
    void trace_value(FieldId field, const std::vector<Entry>& entries);
    void trace_write(const SystemId& system, FieldId field, const std::vector<Entry>& entries);
    void trace_record(const FieldChange& record);
    bool is_untouched(const Link& link) const;
    bool is_left_in_place(const Link& link, FieldId field, const RawFields& back) const;
    bool is_overtaken(const UndoItem& item, Version written) const;
    bool holds_again(const Link& link, FieldId field, const UndoItem& item, RunId last) const;
    UndoItem& put(What what, State state, std::string reason = {});

    const Rules& rules_;
    const Aggregate& aggregate_;
    const UndoOrder& order_;
    std::map<FieldId, std::vector<Entry>> versions_;
    std::map<std::pair<SystemId, FieldId>, std::vector<Entry>> writes_;
    std::vector<const FieldChange*> records_;  ///< made or joined by the run
    std::vector<UndoItem> items_;
};

void Tracing::add(const Entry& entry) {
    const FieldChange& change = *entry.change;
    const bool is_of_run = entry.run == order_.run;
    if (change.kind == ChangeKind::Version) {
        auto& known = versions_[change.field];
        if (is_of_run || !known.empty()) known.push_back(entry);
    } else if (change.kind == ChangeKind::Written) {
        auto& known = writes_[{SystemId{change.origin.name}, change.field}];
        if (is_of_run || !known.empty()) known.push_back(entry);
    } else if (is_of_run && change.after && is_about_a_record(change.kind)) {
        records_.push_back(&change);
    }
}

UndoItem& Tracing::put(What what, State state, std::string reason) {
    UndoItem& item = items_.emplace_back();
    item.what = what;
    item.state = state;
    item.customer = aggregate_.customer.id;
    item.reason = std::move(reason);
    return item;
}

void Tracing::trace_value(FieldId field, const std::vector<Entry>& entries) {
    const FieldState* standing = aggregate_.customer.fields.find(field);
    if (entries.empty() || standing == nullptr) return;
    const Entry& last = entries.back();
    const auto& before = entries.front().change->before;
    if (last.run == order_.run && last.change->version == standing->version) {
        const bool is_same = before ? standing->value == *before : standing->value.is_cleared();
        if (is_same) return;
        UndoItem& item = put(What::Value, State::Due);
        item.field = field;
        item.value = before;
        return;
    }
    const bool is_undone = last.run == order_.by;
    UndoItem& item =
        put(What::Value,
            is_undone ? State::Done : State::Skipped,
            is_undone ? "" : "changed since, by " + origin_text(standing->origin));
    item.field = field;
    item.value = before;
}

/// Does the record hold what the hub wrote last? What was left for a deferred system counts as
/// there while the system shows that it has taken in nothing else.
bool Tracing::is_left_in_place(const Link& link, FieldId field, const RawFields& back) const {
    const LinkField* entry = link.fields.find(field);
    if (entry == nullptr || !entry->shadow) return back.empty();
    return entry->shadow->is_ours ||
           (rules_.at(link.system).deferred && entry->shadow->raw == back);
}

/// Was the field given another value since it was written, by neither the run nor its undo, and not
/// the very one that the record is to hold again?
bool Tracing::is_overtaken(const UndoItem& item, Version written) const {
    const FieldState* standing = aggregate_.customer.fields.find(item.field);
    if (standing == nullptr || standing->version == written) return false;
    const SystemRules& system = rules_.at(item.system);
    if (system.mapping->is_image(item.field, item.back, standing->value)) return false;
    const auto versions = versions_.find(item.field);
    if (versions == versions_.end() || versions->second.empty()) return true;
    const RunId& last = versions->second.back().run;
    return last != order_.run && last != order_.by;
}

/// Does the record hold what it is to hold again? What surfaced of a write that was not answered
/// counts as the undo's, in whichever run it was seen.
bool Tracing::holds_again(const Link& link, FieldId field, const UndoItem& item, RunId last) const {
    const LinkField* entry = link.fields.find(field);
    if (entry == nullptr || !entry->shadow) return false;
    const SystemRules& system = rules_.at(link.system);
    if (entry->shadow->raw == item.back) return !system.deferred || last != order_.run;
    if (last == order_.run || !entry->shadow->is_ours) return false;
    const auto value = system.mapping->read(field, item.back);
    return value && system.mapping->is_image(field, entry->shadow->raw, *value);
}

bool was_deletion_refused(const Aggregate& aggregate, const Link& link) {
    const auto& items = aggregate.quarantined;
    return std::any_of(items.begin(), items.end(), [&](const QuarantineItem& item) {
        return item.link == link.id && item.direction == Direction::Outbound &&
               item.field == FieldId{} && !item.version.exists() && !item.retry_requested;
    });
}

void Tracing::trace_write(
    const SystemId& system_id, FieldId field, const std::vector<Entry>& entries
) {
    if (entries.empty()) return;
    const SystemRules* system = rules_.find(system_id);
    const Link* link = aggregate_.find_link(system_id);
    UndoItem& item = put(What::Write, State::Skipped);
    item.system = system_id;
    item.field = field;
    if (link != nullptr) item.remote_id = link->remote_id;
    item.back = entries.front().change->held;
    const mapping::MappedField* mapped = system != nullptr ? system->mapping->find(field) : nullptr;
    if (mapped == nullptr) {
        item.reason = "is not mapped any more";
        return;
    }
    if (link == nullptr || link->state != LinkState::Active ||
        aggregate_.customer.state != CustomerState::Active) {
        item.reason = "the record is gone, or left its customer";
        return;
    }
    if (item.back.empty()) {  // it had never shown the field: it is to say nothing again
        const std::size_t parts = rules_.fields->at(field).parts.size();
        auto nothing = system->mapping->write(field, FieldValue::cleared(parts), {});
        if (nothing) item.back = std::move(nothing).value();
    }
    const Entry& last = entries.back();
    if (last.run == order_.by || holds_again(*link, field, item, last.run)) {
        item.state = State::Done;
    } else if (last.run != order_.run) {
        item.reason = "written again since, by another run";
    } else if (!is_left_in_place(*link, field, item.back)) {
        item.reason = "changed since, by " + system_id.text();
    } else if (is_overtaken(item, last.change->version)) {
        item.reason =
            "changed since, by " + origin_text(aggregate_.customer.fields.find(field)->origin);
    } else if (!system->can_write || !system->setting->rights.update || mapped->direction == MappingDirection::In) {
        item.reason = "no right to write";
    } else if (item.back.empty()) {
        item.reason = "cannot be emptied there";
    } else if (is_held_back(aggregate_, system_id, link, &rules_.fields->at(field))) {
        item.reason = "refused by " + system_id.text();
    } else {
        item.state = State::Due;
    }
}

/// Is every value of the record what the hub left there?
bool Tracing::is_untouched(const Link& link) const {
    return std::all_of(link.fields.begin(), link.fields.end(), [](const auto& entry) {
        const auto& shadow = entry.second.shadow;
        if (!shadow || shadow->is_ours) return true;
        return std::all_of(shadow->raw.begin(), shadow->raw.end(), [](const auto& raw) {
            return raw.second.text.empty();
        });
    });
}

void Tracing::trace_record(const FieldChange& record) {
    UndoItem& item = put(What::Record, State::Skipped);
    item.system = SystemId{record.origin.name};
    item.remote_id = RemoteId{record.after->parts.front().value_or("")};
    if (record.kind == ChangeKind::Linked) item.what = What::Link;
    const auto& links = aggregate_.links;
    const auto link = std::find_if(links.begin(), links.end(), [&](const Link& other) {
        return other.system == item.system && other.remote_id == item.remote_id;
    });
    const SystemRules* system = rules_.find(item.system);
    if (record.kind == ChangeKind::Removed)
        item.reason = "deleted by this run, and not made again";
    else if (link == links.end() || link->state == LinkState::Gone)
        item.state = State::Done;
    else if (record.kind == ChangeKind::Linked)
        item.reason = "joined by this run and stays";
    else if (system == nullptr || !system->can_delete || !system->setting->rights.remove)
        item.reason = "made by this run and stays: no right to delete";
    else if (link->state != LinkState::Active || link->role != LinkRole::Primary)
        item.reason = "made by this run and stays: nothing is written to it any more";
    else if (!is_untouched(*link))
        item.reason = "made by this run and stays: changed since, by " + item.system.text();
    else if (was_deletion_refused(aggregate_, *link))
        item.reason = "made by this run and stays: refused by " + item.system.text();
    else
        item.state = State::Due;
}

}  // namespace

std::vector<UndoItem> trace_run(
    const Rules& rules,
    const Aggregate& aggregate,
    std::span<const Change> history,
    const UndoOrder& order
) {
    std::vector<UndoItem> items = Tracing(rules, aggregate, history, order).run();
    if (aggregate.customer.state == CustomerState::Active) return items;
    for (UndoItem& item : items) {
        if (item.state != State::Due) continue;
        item.state = State::Skipped;
        item.reason = "the customer was merged or deleted since";
    }
    return items;
}

}  // namespace syncline::sync
