#pragma once

#include "model/field.hpp"
#include "model/field_value.hpp"
#include "model/settings.hpp"
#include "model/stamp.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace syncline::merge {

/// One of several values that compete for a field.
struct Contender {
    FieldValue value;
    Origin origin;
    EditInterval interval;
};

/// What a policy says about a set of contenders.
struct Verdict {
    enum class Kind : std::uint8_t {
        Winner,     ///< contenders[winner] stands
        Merged,     ///< `merged` stands: no contender alone
        Contested,  ///< a person decides; `winner` is the provisional value by declared order
    };
    Kind kind = Kind::Winner;
    std::size_t winner = 0;
    FieldValue merged;
    Rule rule = Rule::None;
};

/// Decides between values. Pure and total: the same set of contenders gives the same value,
/// whatever their order in the span.
///
/// - Cleared contenders lose to values unless the policy makes the clearing system the authority.
/// - Authority: the best-listed system's value; nobody listed: the `otherwise` policy.
/// - Newest: the value that is not provably older than any other; several such: undecided, and then
///   the declared order of systems or a person (`on_undecided`; by default a person for identity,
///   finance and consent).
/// - Keep: `standing` (its index) stays; without one, the declared order.
/// - Union: of a set's elements; for other fields as Newest.
/// - Review: a person.
/// A person's value (Origin::User) ranks before every system.
/// @pre contenders is not empty; standing < contenders.size() or kNoStanding
inline constexpr std::size_t kNoStanding = static_cast<std::size_t>(-1);
Verdict choose(
    const Field& field,
    const PolicySetting& policy,
    std::span<const SystemId> order,
    std::span<const Contender> contenders,
    std::size_t standing
);

/// The most specific of `policies` for a field: an exact path before a pattern, a longer pattern
/// before a shorter one, "*" last. A built-in newest policy when none fits.
const PolicySetting& policy_for(const Field& field, std::span<const PolicySetting> policies);

}  // namespace syncline::merge
