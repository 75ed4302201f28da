#pragma once

#include "base/time.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <string>

namespace syncline {

/// When a foreign edit can have happened, by the hub's clock: not before `earliest`, not after
/// `latest`. One edit is provably newer than another only when their intervals do not meet
/// (sync-semantics: edit intervals instead of timestamps).
struct EditInterval {
    Timestamp earliest{};  ///< the epoch: unknown
    Timestamp latest{};

    /// Proved: every moment of this interval lies after every moment of `other`.
    bool is_after(const EditInterval& other) const { return earliest > other.latest; }
    friend bool operator==(const EditInterval&, const EditInterval&) = default;
};

/// Who made a canonical value.
struct Origin {
    enum class Kind : std::uint8_t { System, User, Rule };
    Kind kind = Kind::Rule;
    std::string name;  ///< the system, the user's name, or the rule's

    static Origin of(const SystemId& system) { return {Kind::System, system.text()}; }
    static Origin of_user(std::string user) { return {Kind::User, std::move(user)}; }
    bool is(const SystemId& system) const { return kind == Kind::System && name == system.text(); }
    friend bool operator==(const Origin&, const Origin&) = default;
};

/// By which rule a value stands (or lost). Stored as its number: never renumber.
enum class Rule : std::uint8_t {
    None = 0,
    FirstValue = 1,       ///< nobody had said anything before
    OnlyChange = 2,       ///< one side changed, the others had not
    SameChange = 3,       ///< both sides made the same change
    Authority = 4,        ///< the policy names this system first
    Newest = 5,           ///< provably the later edit
    NewestUndecided = 6,  ///< order of the edits unknowable: declared order of systems decided
    Keep = 7,             ///< policy: the standing value stays
    Union = 8,
    NullGuard = 9,      ///< a clear competing with a value loses
    Review = 10,        ///< left for a person
    User = 11,          ///< a person decided in the hub
    Adoption = 12,      ///< first contact: decided over all contributions at once
    LateOwnWrite = 13,  ///< a write of ours surfaced late
    Drift = 14,         ///< a system that may not author this field changed it
    Default = 15,       ///< no system had it; the mapping's default
    Merge = 16,         ///< two customers were merged: the other one's value stands
    Unmerge = 17,       ///< a merge was taken back: the value is its own again
    Undo = 18,          ///< a run was undone
    Restore = 19,       ///< a person took back an earlier value
    Delete = 20,        ///< the customer was deleted: its status says so where it stays
};
constexpr Rule kLastRule = Rule::Delete;
std::string_view name(Rule rule);

}  // namespace syncline
