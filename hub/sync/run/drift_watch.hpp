#pragma once

#include "sync/core/absorb.hpp"
#include "sync/run/holds.hpp"
#include "sync/run/workbench.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace syncline::sync {

/// Unreadable values of one field that are set aside one by one; more than these, and most of a
/// listing, are one trouble of the mapping.
inline constexpr std::uint64_t kUnreadableSetAside = 20;
/// Records seen at an earlier state than before, in one listing, that mean a restored backup.
inline constexpr std::uint64_t kRecordsThatWentBack = 3;
/// Where nothing tells the age of a reading, as many changed records of it are held against their
/// history: a person changes one back, a backup nearly all.
inline constexpr std::uint64_t kRecordsProbed = 8;

/// Watches one reading of a system for what is wrong in all records at once: a field that vanished,
/// that cannot be read, that was emptied; a system that went back to an earlier state.
class DriftWatch {
public:
    /// `believes_emptied`: a person approves what a plan shows, also that a field is emptied.
    DriftWatch(Workbench& bench, const Station& station, bool believes_emptied);

    /// Before a record is absorbed: `link` as it is remembered, null for one that is new.
    void see(const Link* link, const Observation& observation);
    /// After the records of a batch were seen, and before the first is absorbed.
    void judge_batch();
    /// After a record was absorbed.
    void count(const AbsorbResult& absorbed);
    /// At the end of the reading: begins and ends holds.
    void conclude(bool is_complete_listing);

    /// Did the system go back to an earlier state, by what was seen so far?
    bool went_back() const;
    /// What the reading showed and a person has to say something about; "" = nothing.
    std::string unbelieved() const;

private:
    struct Tally {
        std::uint64_t expected = 0;    ///< records that had the field named
        std::uint64_t missing = 0;     ///< of these: it is not named any more
        std::uint64_t had_value = 0;   ///< records in which it was not empty
        std::uint64_t emptied = 0;     ///< of these: it is empty now
        std::uint64_t judged = 0;      ///< readings of it that were not as before
        std::uint64_t unreadable = 0;  ///< of these: could not be read
    };

    bool is_restored(const Link& link, const Observation& seen);
    bool holds_what_was_known(const Link& link, const Observation& seen);
    void probe(const Link& link, const Observation& seen);
    void see_field(const mapping::MappedField& mapped, const Link& link, const Observation& seen);
    std::string path_of(FieldId field) const;
    std::string reason_of_going_back() const;
    void judge_missing();
    bool is_over(Hold kind, const Tally& tally);
    std::uint64_t clears_allowed();
    void hold_unless_held(Hold kind, FieldId field, const std::string& reason);

    Workbench& bench_;
    const SystemRules& system_;
    const bool looks_for_earlier_;
    const bool believes_emptied_;
    std::uint64_t records_ = 0;
    std::uint64_t linked_ = 0;
    std::uint64_t went_back_ = 0;
    std::uint64_t probed_ = 0;
    std::uint64_t probed_and_known_ = 0;  ///< of these: all that differs was known before
    std::map<FieldId, Tally> fields_;
    std::set<FieldId> approved_;  ///< emptied, and a person said that it is so
    std::vector<QuarantineItem> standing_;
    std::optional<std::uint64_t> clears_allowed_;
};

}  // namespace syncline::sync
