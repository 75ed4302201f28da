#pragma once

#include "sync/run/engine.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace syncline::app {

/// Prints what a running hub does, one plain line a change: `09:30:00 erp:17 changed
/// phones.main.number`. No customer data. Many changes of one kind in one pass are summed up, and
/// the same trouble is told once until it is over.
class ProgressLines {
public:
    explicit ProgressLines(bool quiet) : quiet_(quiet) {}
    void tell(const sync::Progress& progress);
    /// At the end of a pass: what was summed up; troubles that are over.
    void end_pass(const sync::PassReport& report);

private:
    void line(const std::string& text) const;
    bool is_told_already(const sync::Progress& progress);

    bool quiet_;
    std::map<sync::Progress::Kind, std::size_t> told_;
    std::map<SystemId, std::string> troubles_;
};

/// "read 400, linked 390, created 12 …" of one system, for summaries.
std::string summary_of(const sync::SystemReport& report);

}  // namespace syncline::app
