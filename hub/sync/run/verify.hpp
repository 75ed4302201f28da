#pragma once

#include "sync/core/invariants.hpp"
#include "sync/core/parity.hpp"
#include "sync/run/engine.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace syncline::sync {

/// What was found about one field, or with field zero about the record as a whole.
struct FieldVerdict {
    FieldId field;
    Parity parity = Parity::Equal;
    FieldValue there;  ///< where they differ: what was read, and the canonical value
    FieldValue here;
};

/// What was found about one record of a system.
struct RecordVerdict {
    RemoteId remote_id;
    Timestamp at{};  ///< when the request of the reading was sent
    std::vector<FieldVerdict> fields;
};

/// The gravest that was found about a record; a field that nobody speaks about tells nothing.
ParityClass class_of(const RecordVerdict& record);

/// Records of one system by what was found, each once.
struct SystemParity {
    SystemId system;
    std::uint64_t compared = 0;  ///< the six that follow together
    std::uint64_t equal = 0, different = 0, pending = 0, unconfirmed = 0, explained = 0, unread = 0;
    std::uint64_t missing = 0;   ///< linked, and not there any more
    std::uint64_t unknown = 0;   ///< there, and no link knows them
    std::string paused_by;       ///< not "": it was not asked
    std::optional<Error> error;  ///< it could not be asked, or not to the end

    void add(const RecordVerdict& record);
    /// Something there differs from what the hub holds, or is still owed.
    bool differs() const { return different + pending + missing + unknown > 0; }
};

struct VerifyOptions {
    /// Records that were verified before, as a resumed verification passes over them.
    std::set<RemoteId> finished;
    std::uint32_t records_per_second = 0;  ///< 0 = as fast as it goes
    /// Waits, for records_per_second. May be empty when that is 0.
    std::function<void(std::chrono::milliseconds)> wait;
    /// Called with each page that is finished: the records are final.
    std::function<void(std::span<const RecordVerdict>)> page;
};

/// Compares what systems hold with what the hub remembers. Reads systems without side effects and a
/// store that another process may be writing at the same time; writes nothing anywhere. What looks
/// like drift is looked at a second time, so that neither a reading that lagged nor a hub at work
/// beside it makes a false alarm.
/// One thread.
class Verifier {
public:
    /// As Engine::create; the store may be opened read-only.
    static Result<std::unique_ptr<Verifier>> create(EngineParts parts);
    ~Verifier();

    SystemParity verify(const SystemId& system, const VerifyOptions& options);
    /// Everything the hub remembers against what must hold of it.
    std::vector<Breach> check_invariants();
    const Rules& rules() const;

private:
    struct Body;
    explicit Verifier(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace syncline::sync
