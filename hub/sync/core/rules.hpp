#pragma once

#include "mapping/system_mapping.hpp"
#include "model/customer.hpp"
#include "model/field.hpp"
#include "model/link.hpp"
#include "model/settings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace syncline::sync {

/// How a remote's version tokens compare.
enum class TokenOrder : std::uint8_t {
    Ordered,  ///< a larger one is later; as numbers when both are digits
    Opaque,   ///< equality only
    None,
};

/// What the core must know of one connected system.
struct SystemRules {
    const SystemSetting* setting = nullptr;           ///< never null
    const mapping::SystemMapping* mapping = nullptr;  ///< never null
    TokenOrder token_order = TokenOrder::None;
    bool conditional_write = false;
    bool deferred = false;  ///< a write shows its effect much later
    bool can_write = false;
    bool can_delete = false;
    /// Fields of which something is wrong in all records. Nothing is written to them, and of a
    /// reading only what can be read and is not emptied is taken.
    std::set<FieldId> held;
    /// Of these, fields to which the system adds a text of its own: nothing is taken but our
    /// writes.
    std::set<FieldId> adds_text;
    bool breaks_conditions = false;  ///< it refuses conditional writes whose condition holds
    bool went_back = false;  ///< it shows an earlier state: nothing is taken from it or written
    /// The hub itself went back: what differs is compared as at first contact, and nothing written.
    bool hub_went_back = false;
    std::chrono::milliseconds max_inflight{60'000};
    std::chrono::milliseconds stale_window{0};  ///< how old what is read may be

    /// Can a reading show what was there before a reading made earlier, with nothing to tell it by?
    bool may_read_stale() const {
        return stale_window.count() != 0 && token_order != TokenOrder::Ordered;
    }

    bool may_be_written() const { return !went_back && !hub_went_back; }

    const SystemId& id() const { return setting->id; }
};

/// Everything that decides besides the data: fields, policies, systems. Borrowed, immutable.
struct Rules {
    const FieldTable* fields = nullptr;  ///< never null
    const HubSetting* hub = nullptr;     ///< never null
    std::vector<SystemRules> systems;
    /// Fields that a system maps otherwise since lately: no value of theirs is replaced anywhere
    /// before a person released it.
    std::set<FieldId> unreleased;

    const SystemRules* find(const SystemId& system) const;
    /// @pre the system is configured
    const SystemRules& at(const SystemId& system) const;
};

/// Does the customer satisfy the condition? A path nobody configured is "not there".
bool satisfies(const Condition& condition, const Customer& customer, const FieldTable& fields);
/// Does this system take part in this customer, by its scope? (`linked_only` is judged elsewhere.)
bool in_scope(const SystemRules& system, const Customer& customer, const FieldTable& fields);

/// What a record says in one field, our own writes too; nothing when that is unknown or unreadable.
std::optional<FieldValue> reading_of(
    const SystemRules& system, FieldId field, const LinkField& entry
);
/// What a record says, field by field, as far as it can be read.
FlatMap<FieldId, FieldValue> readings_of(const Rules& rules, const Link& link);

/// Orders two tokens of one system: below 0 when `a` is provably earlier than `b`. 0 when equal or
/// when their order is unknowable.
int compare_tokens(TokenOrder order, const std::string& a, const std::string& b);

}  // namespace syncline::sync
