#include "sync/run/drift_watch.hpp"

#include "sync/core/attempts.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/thresholds.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace syncline::sync {
namespace {

/// Of fewer records their people may well have ended a field.
constexpr std::uint64_t kRecordsThatNamedIt = 3;
/// What counts when the configuration names no threshold for emptied fields.
constexpr ThresholdSetting kClearsOfAReading{0, 20};

bool is_empty(const RawFields& raw) {
    return std::all_of(raw.begin(), raw.end(), [](const auto& entry) {
        return entry.second.text.empty();
    });
}

/// Does a record say something else in a field than when it was last read?
bool differs(const SystemRules& system, FieldId field, const Link& link, const Observation& seen) {
    const LinkField* entry = link.fields.find(field);
    const RawFields raw = system.mapping->select(field, seen.fields);
    return !raw.empty() && entry != nullptr && entry->shadow && entry->shadow->raw != raw;
}

std::string of(std::uint64_t some, std::uint64_t all) {
    return std::to_string(some) + " of " + std::to_string(all) + " records";
}

}  // namespace

DriftWatch::DriftWatch(Workbench& bench, const Station& station, bool believes_emptied)
    : bench_(bench),
      system_(bench.rules().at(station.setting->id)),
      looks_for_earlier_(station.earlier == Earlier::Discard),
      believes_emptied_(believes_emptied) {
    std::vector<QuarantineItem> over;
    for (QuarantineItem& item : holds(bench.store())) {
        const Hold kind = *hold_of(item);
        if (item.system != system_.id() || kind == Hold::Remapped || kind == Hold::AddsText)
            continue;
        const bool is_approved =
            kind == Hold::Emptied && (item.retry_requested || believes_emptied);
        if (is_approved) approved_.insert(item.field);
        (is_approved ? over : standing_).push_back(std::move(item));
    }
    if (!over.empty()) release_holds(bench, over);
}

/// Counted when something was emptied, and not before: most readings need no such number.
std::uint64_t DriftWatch::clears_allowed() {
    if (clears_allowed_) return *clears_allowed_;
    const ThresholdSetting& set = bench_.rules().hub->clears;
    const auto links = bench_.store().link_count(system_.id(), system_.setting->entity);
    const bool is_set = set.count > 0 || set.percent > 0;
    clears_allowed_ = allowed_by(is_set ? set : kClearsOfAReading, links);
    return *clears_allowed_;
}

void DriftWatch::see(const Link* link, const Observation& observation) {
    if (observation.kind != Observation::Kind::Present || !observation.problem.empty()) return;
    ++records_;
    if (link == nullptr || link->state != LinkState::Active) return;
    ++linked_;
    if (is_earlier(system_, *link, observation)) {
        if (looks_for_earlier_ && is_restored(*link, observation)) ++went_back_;
        return;  // out of date, or a person said what it means
    }
    if (looks_for_earlier_ && !tells_its_age(system_, observation)) probe(*link, observation);
    for (const mapping::MappedField& mapped : system_.mapping->fields())
        see_field(mapped, *link, observation);
}

/// An earlier version with an order is proof. An earlier time is none, where a clock may have been
/// set back: then what differs must all have been known before.
bool DriftWatch::is_restored(const Link& link, const Observation& seen) {
    switch (meaning_of_earlier(system_, link, seen)) {
        case Earlier::Discard:
            return false;
        case Earlier::Compare:
            return true;
        case Earlier::Take:
            break;
    }
    return holds_what_was_known(link, seen);
}

/// Does the record differ from what was read of it, and only in what its history knows?
bool DriftWatch::holds_what_was_known(const Link& link, const Observation& seen) {
    const std::vector<Change> history = bench_.store().history(link.customer);
    std::size_t known = 0;
    for (const mapping::MappedField& mapped : system_.mapping->fields()) {
        if (!differs(system_, mapped.field, link, seen)) continue;
        const RawFields raw = system_.mapping->select(mapped.field, seen.fields);
        const auto value = system_.mapping->read(mapped.field, raw);
        const Field& field = bench_.rules().fields->at(mapped.field);
        if (!value || !was_known(field, *value, history)) return false;
        ++known;
    }
    return known > 0;
}

/// Only a few: the history of a record is read for it.
void DriftWatch::probe(const Link& link, const Observation& seen) {
    if (probed_ == kRecordsProbed) return;
    const auto& fields = system_.mapping->fields();
    const bool is_changed =
        std::any_of(fields.begin(), fields.end(), [&](const mapping::MappedField& mapped) {
            return differs(system_, mapped.field, link, seen);
        });
    if (!is_changed || !shows_the_time_after(system_, link.read_at, seen)) return;
    ++probed_;
    if (holds_what_was_known(link, seen)) ++probed_and_known_;
}

bool DriftWatch::went_back() const {
    if (went_back_ >= kRecordsThatWentBack) return true;
    return probed_and_known_ >= kRecordsThatWentBack && 4 * probed_and_known_ > 3 * probed_;
}

void DriftWatch::see_field(
    const mapping::MappedField& mapped, const Link& link, const Observation& seen
) {
    const LinkField* entry = link.fields.find(mapped.field);
    if (entry == nullptr || !entry->shadow || entry->shadow->raw.empty()) return;
    const RawFields& known = entry->shadow->raw;
    Tally& tally = fields_[mapped.field];
    ++tally.expected;
    const bool is_named = std::all_of(known.begin(), known.end(), [&](const auto& part) {
        return seen.fields.contains(part.first);
    });
    if (!is_named) ++tally.missing;
    if (is_empty(known)) return;
    ++tally.had_value;
    const RawFields shown = system_.mapping->select(mapped.field, seen.fields);
    if (!shown.empty() && is_empty(shown)) ++tally.emptied;
}

void DriftWatch::judge_batch() {
    for (const auto& [field, tally] : fields_) {
        const bool is_approved = believes_emptied_ || approved_.contains(field);
        if (is_approved || !is_over(Hold::Emptied, tally)) continue;
        hold_unless_held(
            Hold::Emptied,
            field,
            path_of(field) + " is empty now in " + of(tally.emptied, tally.had_value) +
                " that had it, and the threshold allows " + std::to_string(clears_allowed()) +
                "; nothing was emptied elsewhere. It goes on when the values are back, or when "
                "somebody approves that they are emptied everywhere: by a plan, or by trying this "
                "item again"
        );
    }
}

void DriftWatch::count(const AbsorbResult& absorbed) {
    for (const auto& [field, line] : absorbed.lines) {
        if (line == AbsorbLine::Unchanged || line == AbsorbLine::AnsweredByAck) continue;
        Tally& tally = fields_[field];
        ++tally.judged;
        if (line == AbsorbLine::Invalid) ++tally.unreadable;
        if (!is_over(Hold::Unreadable, tally)) continue;
        hold_unless_held(
            Hold::Unreadable,
            field,
            path_of(field) +
                " cannot be read in most records since lately: its type may have changed in the "
                "system. Mend the mapping; it goes on when most values can be read"
        );
    }
    for (const FieldId field : absorbed.held) {
        ++fields_[field].judged;
        ++fields_[field].unreadable;
    }
}

bool DriftWatch::is_over(Hold kind, const Tally& tally) {
    switch (kind) {
        case Hold::Unreadable:
            return tally.unreadable > kUnreadableSetAside && 2 * tally.unreadable > tally.judged &&
                   5 * tally.unreadable > records_;
        case Hold::Emptied:
            return tally.emptied > 0 && tally.emptied > clears_allowed();
        case Hold::Missing:
            return tally.expected >= kRecordsThatNamedIt && tally.missing == tally.expected &&
                   2 * tally.expected > linked_;
        case Hold::AddsText:
        case Hold::BrokenConditions:
        case Hold::Restored:
        case Hold::RestoredHub:
        case Hold::Clock:
        case Hold::Remapped:
            return false;
    }
    return false;
}

void DriftWatch::judge_missing() {
    for (const auto& [field, tally] : fields_) {
        if (!is_over(Hold::Missing, tally)) continue;
        hold_unless_held(
            Hold::Missing,
            field,
            path_of(field) + " was named in " + of(tally.expected, linked_) +
                " and is in none now: it was removed or renamed in the system, or the hub's "
                "account may not see it. Nothing is taken as emptied, and nothing written to it"
        );
    }
}

void DriftWatch::conclude(bool is_complete_listing) {
    if (went_back()) {
        hold_unless_held(Hold::Restored, {}, reason_of_going_back());
        return;
    }
    if (!is_complete_listing || records_ == 0) return;
    judge_missing();
    std::vector<QuarantineItem> over;
    for (const QuarantineItem& item : standing_) {
        const Hold kind = *hold_of(item);
        if (item.field == FieldId{}) continue;
        const Tally& tally = fields_[item.field];
        const bool was_seen = tally.expected > tally.missing || tally.judged > tally.unreadable ||
                              kind == Hold::Missing;
        if (was_seen && !is_over(kind, tally)) over.push_back(item);
    }
    if (!over.empty()) release_holds(bench_, over);
}

std::string DriftWatch::unbelieved() const {
    if (went_back()) return reason_of_going_back();
    if (system_.held.empty()) return {};
    for (const QuarantineItem& item : holds(bench_.store())) {
        if (item.system == system_.id() && hold_of(item) == Hold::Emptied) return item.reason;
    }
    return {};
}

std::string DriftWatch::reason_of_going_back() const {
    const bool is_told = went_back_ >= kRecordsThatWentBack;
    return (is_told ? of(went_back_, linked_) + " are older there than what was read before"
                    : of(probed_and_known_, probed_) +
                          " that changed there hold again what they held before") +
           ": the system was restored from a backup. "
           "Nothing is taken from it or written to it. To write the newer values back, make a plan "
           "and apply it; to take what it holds now, try this item again";
}

std::string DriftWatch::path_of(FieldId field) const {
    return bench_.rules().fields->at(field).path;
}

void DriftWatch::hold_unless_held(Hold kind, FieldId field, const std::string& reason) {
    if (system_.held.contains(field) || system_.went_back) return;
    hold(bench_, system_.id(), kind, field, reason);
}

}  // namespace syncline::sync
