#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>

namespace syncline::vault {

enum class Existing : std::uint8_t {
    Refused,   ///< a file of that name stays as it is
    Replaced,  ///< the new file takes its place once it is complete
};

/// A file for its owner only (0600) that has its name only once it is complete: until publish() it
/// is NAME.part, and goes when this object does. Of two processes that make one file, one is
/// refused; what a killed process left is begun anew.
class PartFile {
public:
    /// Makes an empty NAME.part. NotFound: no such folder; UsageInvalid: the name is taken, or is
    /// a folder's; NoRoom: the disk has less than `room` bytes; AlreadyRunning: another process
    /// makes this file. Throws Fault when the machine refuses.
    static Result<PartFile> create(
        const std::filesystem::path& file, Existing existing, std::uint64_t room
    );
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    ~PartFile();

    /// Where to write. What is written is closed before publish().
    const std::filesystem::path& path() const noexcept { return part_; }
    /// Makes content and name durable. Throws Fault when the machine refuses; then there is no file
    /// of that name, or the one that was.
    void publish();

private:
    PartFile(std::filesystem::path file, std::filesystem::path part, int descriptor);

    std::filesystem::path file_;
    std::filesystem::path part_;
    int descriptor_;  ///< holds the lock; closed after whoever wrote: SQLite's locks end with it
};

/// NoRoom when the disk of a folder has less than `room` bytes.
Result<void> expect_room(const std::filesystem::path& folder, std::uint64_t room);
/// Renames, over an existing file too, durably. Throws Fault when the machine refuses.
void move_durably(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes a file that exists. Throws Fault when the machine refuses.
void remove_durably(const std::filesystem::path& file);
/// Makes the content of a file durable. Throws Fault when the machine refuses.
void sync_file(const std::filesystem::path& file);

}  // namespace syncline::vault
