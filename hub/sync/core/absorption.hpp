#pragma once

#include "merge/policy.hpp"
#include "sync/core/absorb.hpp"

#include <optional>
#include <string>
#include <vector>

namespace syncline::sync {

/// One observation being absorbed. Lives for one call.
class Absorption {
public:
    Absorption(
        const Rules& rules,
        Aggregate& aggregate,
        Link& link,
        const Observation& observation,
        const AbsorbOptions& options,
        Moment moment,
        Effects& effects
    )
        : rules_(rules),
          system_(rules.at(link.system)),
          aggregate_(aggregate),
          link_(link),
          observation_(observation),
          options_(options),
          moment_(moment),
          effects_(effects) {}

    AbsorbResult run();

private:
    bool is_stale() const;
    bool is_answer_since() const;
    void take_back();
    bool may_be_old(const LinkField& entry) const;
    std::optional<RawFields> held(FieldId field) const;
    bool counts_after_all(const LinkField& entry) const;
    bool is_overruled(const Field& field, const FieldValue& value) const;
    bool is_held(FieldId field, const RawFields& raw) const;
    std::optional<RawFields> shown(const mapping::MappedField& mapped) const;
    void free_value(FieldId field, const RawFields& raw);
    AbsorbLine absorb_field(const mapping::MappedField& mapped, const RawFields& raw);
    AbsorbLine foreign_difference(
        const mapping::MappedField& mapped,
        const Field& field,
        LinkField& entry,
        const RawFields& raw
    );
    AbsorbLine foreign_edit(
        const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
    );
    AbsorbLine concurrent(
        const Field& field, LinkField& entry, const RawFields& raw, const FieldValue& value
    );
    AbsorbLine hold_for_a_person(
        const Field& field,
        LinkField& entry,
        const RawFields& raw,
        const FieldValue& value,
        const std::string& reason
    );
    std::optional<AbsorbLine> answered_by_ack(
        FieldId field, LinkField& entry, const RawFields& raw
    );
    AbsorbLine unchanged(FieldId field, LinkField& entry);
    AbsorbLine take_own_write(
        FieldId field, LinkField& entry, const RawFields& raw, const Attempt& attempt
    );
    void refuse(FieldId field, LinkField& entry, const RawFields& raw);
    void see(FieldId field, LinkField& entry, const RawFields& raw, Base base);
    void see_own(FieldId field, LinkField& entry, const RawFields& raw, Version version);
    void quarantine(FieldId field, const RawFields& raw, const Error& error, Direction direction);
    void release(FieldId field);
    bool is_only_change(const Field& field, const FieldState& canonical, const LinkField& entry)
        const;
    bool has_no_room_for_all(const Field& field, const FieldValue& value) const;
    bool is_agreed(const Field& field, const FieldValue& value) const;
    std::vector<merge::Contender> rivals_of(const Field& field) const;
    bool held_a_part(const Field& field, const LinkField& entry) const;
    bool holds_a_part_only(const Field& field, const FieldValue& value) const;
    Timestamp held_until(const LinkField& entry) const;
    EditInterval interval_of(const LinkField& entry) const;
    const FieldState* standing(FieldId field) const {
        return aggregate_.customer.fields.find(field);
    }
    Origin origin() const { return Origin::of(link_.system); }

    const Rules& rules_;
    const SystemRules& system_;
    Aggregate& aggregate_;
    Link& link_;
    const Observation& observation_;
    const AbsorbOptions& options_;
    Moment moment_;
    Effects& effects_;
};

}  // namespace syncline::sync
