#pragma once

#include "sync/core/aggregate.hpp"

#include <span>
#include <string>
#include <vector>

namespace syncline::sync {

/// Whose value a field has after a merge.
struct MergedField {
    FieldId field;
    bool from_loser = false;
    bool is_undecided = false;  ///< no policy could tell: the surviving customer's value stands
    Rule rule = Rule::None;     ///< by which it was decided; None: the two agree, or one is silent
};

/// Makes two customers one. Field by field the policy decides over what both say, unless `taken`
/// names the side; where it cannot, the survivor's value stands. What lost is journalled. The
/// loser's records, writes in flight and open questions move to the survivor: in a system where
/// both have a record, the loser's becomes a secondary one, and a person is asked to merge them
/// there. The loser's row stays as it was, as an alias, and the event in `effects.merges` keeps
/// what is needed to take all this back.
/// @pre both are active and different
std::vector<MergedField> merge_customers(
    const Rules& rules,
    Aggregate& survivor,
    Aggregate& loser,
    std::span<const MergedField> taken,
    const std::string& user,
    Moment moment,
    Effects& effects,
    Effects& loser_effects
);

/// Which records are to leave, and what they and their customer were.
struct Split {
    MergeEvent event;  ///< its links leave
    Customer loser;    ///< as it was when it was merged
};

/// Takes a merge back: the records that came with it leave `whole` again for the customer they
/// belonged to, in `apart`. Each side has again what it said, with what its own records said since;
/// values that the hub copied across do not stay behind, because only what people authored counts.
/// What a user set since stays with `whole`; those fields are returned, for review.
/// @pre split.event stands; `apart` is empty
std::vector<FieldId> unmerge_customers(
    const Rules& rules,
    Aggregate& whole,
    Split split,
    const std::string& user,
    Moment moment,
    Aggregate& apart,
    Effects& effects,
    Effects& apart_effects
);

/// A record leaves its customer and begins one of its own, with what it says.
/// @pre the link belongs to `whole`; `apart` is empty but for an unused customer id
void split_off(
    const Rules& rules,
    Aggregate& whole,
    const LinkId& link,
    const std::string& user,
    Moment moment,
    Aggregate& apart,
    Effects& effects,
    Effects& apart_effects
);

/// The system merged a record away into one that is another customer's here.
void ask_about_remote_merge(
    Aggregate& aggregate, const Link& gone, const Link& heir, Moment moment, Effects& effects
);

}  // namespace syncline::sync
