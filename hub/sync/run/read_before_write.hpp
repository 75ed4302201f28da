#pragma once

#include "model/delivery.hpp"
#include "sync/run/engine.hpp"
#include "sync/run/workbench.hpp"

#include <cstdint>
#include <vector>

namespace syncline::sync {

/// Why a record is written.
enum class Purpose : std::uint8_t {
    Owed,      ///< it is to hold what stands
    Approved,  ///< the same, and a person approved this write
    Back,      ///< it is to hold again what it held before, if it still holds what `before` says
};

/// For a system that cannot make a write depend on what it replaces: reads the records once more,
/// takes in what they show, and derives the updates anew from that. What comes back is what may be
/// written now: no field whose difference from what was known is not explained yet, and none that
/// was not in `deliveries`. A write back keeps the fields in which the record still holds what its
/// `before` says. Creates come back as they are. Nothing when the system cannot be asked,
/// which is then in the report. An edit made between this reading and the write is lost there; no
/// client can prevent that (docs/explanation/writing.md).
std::vector<Delivery> read_before_write(
    Workbench& bench,
    const Station& station,
    std::vector<Delivery> deliveries,
    Purpose purpose,
    SystemReport& report
);

}  // namespace syncline::sync
