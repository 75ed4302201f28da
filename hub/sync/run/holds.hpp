#pragma once

#include "store/store.hpp"
#include "sync/run/workbench.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::sync {

/// A trouble of a whole system, or of one mapped field in all its records: one item in quarantine
/// that names neither record nor customer (docs/explanation/drift.md).
enum class Hold : std::uint8_t {
    Unreadable,        ///< most values of the field cannot be read since lately
    Emptied,           ///< the field was emptied in more records than the threshold allows
    AddsText,          ///< the system adds the same text to whatever is written to the field
    Missing,           ///< a complete listing does not name the field any more
    BrokenConditions,  ///< the system refuses conditional writes whose condition holds
    Restored,          ///< the system went back to an earlier state
    RestoredHub,       ///< the hub's own memory did
    Clock,             ///< of no system: the clock of the hub's machine is implausible
    Remapped,          ///< the field is mapped otherwise, and a person is to look at what follows
};

/// What an item holds; nothing when it is about a record.
std::optional<Hold> hold_of(const QuarantineItem& item);

/// Everything that holds a system or a field of it, of all systems.
std::vector<QuarantineItem> holds(store::Store& store);

/// Puts what is held into the rules: without it, they are those of the configuration alone.
void heed_holds(Rules& rules, store::Store& store);
/// When somebody wants conditional writes tried again: the system is asked anew what it can do.
void try_conditions_again(Workbench& bench, Station& station);

/// When somebody wants the texts taken that a system added: once, as what its people typed.
void take_added_text(Workbench& bench, Station& station);

/// When hub.db was put back to an earlier state, all systems are held at once, in one commit: they
/// are read, completely and as at first contact, and nothing is written.
void hold_if_hub_went_back(Workbench& bench);
/// Begins a hold, or says its reason again. Heeded at once.
void hold(
    Workbench& bench, const SystemId& system, Hold kind, FieldId field, const std::string& reason
);
/// Ends holds, and has everything of the systems read that was not taken meanwhile.
void release_holds(Workbench& bench, const std::vector<QuarantineItem>& items);

}  // namespace syncline::sync
