#pragma once

#include "app/workspace.hpp"
#include "sync/run/verify.hpp"

#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace syncline::app {

/// Which records a verification has proved equal so far, in a file of the hub's folder, so that one
/// that was cut off can go on. A page is one line; holds ids and times, no values. Everything that
/// is not proved equal is not in it, and is looked at again.
class VerifyProgress {
public:
    using Proved = std::map<RemoteId, sync::RecordVerdict>;

    /// Begins a new file, or with `resume` goes on with the one that is there. One of another
    /// configuration counts as none.
    VerifyProgress(Workspace& workspace, const sync::Rules& rules, bool resume);

    const Proved& proved_in(const SystemId& system) const;
    std::size_t count() const;
    void add(const SystemId& system, std::span<const sync::RecordVerdict> page);
    /// Can it be written? Without it, only `--resume` is lost.
    bool is_kept() const { return out_.good(); }
    /// The verification came to its end.
    void remove();

private:
    void read(const std::string& head, const sync::Rules& rules);

    std::filesystem::path file_;
    std::ofstream out_;
    std::map<SystemId, Proved> proved_;
};

}  // namespace syncline::app
