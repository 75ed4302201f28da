#pragma once

#include "syncline/connector.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace files {

/// How a file looks from outside: as long as this stays, it is taken to be the same.
struct Look {
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;  ///< since 1970; of whole seconds where nothing finer is told
    std::uint64_t inode = 0;       ///< 0 = not told
    bool operator==(const Look&) const = default;
};

struct Entry {
    std::string name;
    Look look;
};

/// A folder in which files are exchanged. What fails throws Failure, with the place in the message:
/// CONFIG when the folder is not there, TRANSIENT for what may pass.
class Folder {
public:
    Folder() = default;
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    virtual ~Folder() = default;

    /// Around every use; see Use.
    virtual void open(const syncline::sdk::Call&) {}
    virtual void close() noexcept {}

    /// Regular files with usable names, in no order.
    virtual std::vector<Entry> list(const syncline::sdk::Call& call) = 0;
    /// The whole file. Nothing when it is gone or no longer looks so, also after it was read.
    virtual std::optional<std::string> read(
        const syncline::sdk::Call& call, const Entry& entry
    ) = 0;
    virtual bool has(const std::string& name) = 0;
    /// Writes a file so that a reader sees the whole file or none: under another name, made
    /// durable, then renamed. TRANSIENT: nothing is there; IN_DOUBT: nobody knows.
    virtual void write(
        const syncline::sdk::Call& call, const std::string& name, const std::string& bytes
    ) = 0;
    /// Moves a file into a folder below this one; an older file of that name there keeps it. False
    /// when another file stands under the name by now: that one stays.
    virtual bool put_away(const Entry& entry, const std::string& below) = 0;
};

/// A folder while it is used.
class Use {
public:
    Use(Folder& folder, const syncline::sdk::Call& call) : folder_(folder) { folder_.open(call); }
    ~Use() { folder_.close(); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

private:
    Folder& folder_;
};

std::unique_ptr<Folder> local_folder(std::string path);

/// Can a file of this name be one that was sent? Not hidden, not one of those that are being
/// written (.part, .tmp, .filepart), and a name that can be shown.
bool is_usable_name(std::string_view name);

/// "name.csv", 2 -> "name~2.csv"
std::string copy_name(const std::string& name, int copy);

/// "corrections-{utc}-{sequence}.csv" -> the first such name that no file in the folder has.
/// TRANSIENT when it is taken and has no {sequence}.
std::string free_name(Folder& folder, const std::string& pattern, std::int64_t unix_ms);

}  // namespace files
