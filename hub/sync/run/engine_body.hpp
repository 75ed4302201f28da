#pragma once

#include "sync/run/associate.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/owed.hpp"
#include "sync/run/thresholds.hpp"
#include "sync/run/workbench.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace syncline::sync {

/// What an engine is made of: engine.cpp makes its passes, engine_by_hand.cpp does what people
/// decide.
struct Engine::Body {
    Body(EngineParts parts, std::unique_ptr<CompiledRules> compiled)
        : bench(std::move(parts), std::move(compiled)) {}

    /// What a pass knows once everything is read and decided, before anything is written.
    struct Prepared {
        PassReport report;
        Association association;
        OwedBySystem owed;
        std::map<SystemId, Waiting> waiting;  ///< of what is owed
    };

    Prepared prepare(const PassOptions& options);
    bool awaits_first_contact(const PassOptions& options);
    PassReport stand_still(const PassOptions& options, const Error& why);
    void write(Prepared& prepared, bool within_thresholds);
    void begin_sums_anew(const SystemId& system);
    void conclude(Prepared& prepared, const PassOptions& options);
    void conclude(SystemReport& report, const PassOptions& options);
    void record_run(const PassReport& report, Timestamp started, const std::string& kind);
    Result<Aggregate> load_one(const CustomerId& id);
    Result<Case> open_case(const CaseId& id);
    Result<void> expect_as_shown(const CaseId& id, std::uint64_t version);

    Workbench bench;
};

}  // namespace syncline::sync
