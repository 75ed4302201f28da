#pragma once

#include "base/bytes.hpp"
#include "support/fakes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace syncline::testing {

/// A folder's files by their path within it. A folder in it is a path that ends in '/'.
using DiskImage = std::map<std::string, Bytes>;

DiskImage read_image(const std::filesystem::path& folder);
/// Makes `folder` hold exactly these files.
void write_image(const std::filesystem::path& folder, const DiskImage& image);

/// One thing done to a disk that a power cut may undo as long as nothing made it durable.
struct DiskEvent {
    enum class Kind : std::uint8_t {
        Create,      ///< `path` names the new content `file` from now on
        Delete,      ///< `path` names nothing
        MakeFolder,  ///< `path`, without '/'
        Write,
        Truncate,
        Sync,        ///< fsync of a content
        SyncFolder,  ///< fsync of the folder `path`: the names in it are durable
    };
    Kind kind = Kind::Write;
    std::string path;
    std::uint32_t file = 0;
    std::uint64_t at = 0;  ///< offset of a write, new size of a truncation
    Bytes bytes;
};

/// Everything done to a folder in order, over what was durable at the beginning. A content keeps
/// its number when its name goes.
class DiskTrace {
public:
    explicit DiskTrace(DiskImage begin = {});

    /// The content that a path names; makes a new one with its event when there is none.
    std::uint32_t open(const std::string& path, bool create);
    bool knows(const std::string& path) const { return names_.contains(path); }
    void add(DiskEvent event);
    const std::vector<DiskEvent>& events() const noexcept { return events_; }

    /// What a disk could show after power was lost behind the first `count` events: what was
    /// synced, and of the rest what the seed says: all, nothing, whole writes, or single sectors of
    /// 512 bytes kept, lost or turned to garbage. Names that were made or deleted in a folder that
    /// was not synced since may be in either state, each by itself.
    DiskImage after_power_cut(std::size_t count, std::uint64_t seed) const;
    /// The harshest of them: everything that was not synced is lost.
    DiskImage only_durable(std::size_t count) const;

private:
    enum class Fate : std::uint8_t { AllLost, AllKept, WholeWrites, Sectors, Garbage };
    DiskImage rebuild(std::size_t count, Fate data, Fate names, SeededRandom& random) const;

    DiskImage begin_;
    std::vector<DiskEvent> events_;
    std::map<std::string, std::uint32_t> names_;  ///< as the running program sees them
    std::uint32_t files_ = 0;
};

}  // namespace syncline::testing
