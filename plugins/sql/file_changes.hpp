#pragma once

#include "syncline/connector.hpp"

#include <cstdint>
#include <string>

namespace sql {

/// Tells when programs write to a SQLite database, by what the kernel says of its files. With a
/// write-ahead log a program first writes there; what it wrote can be read once it has changed the
/// index of the log, of which the kernel says nothing, so that is looked at for a moment. Says
/// nothing of other machines that write to the same disk.
class FileChanges {
public:
    /// Throws Failure TRANSIENT when the folder cannot be watched.
    explicit FileChanges(const std::string& file);
    ~FileChanges();
    FileChanges(const FileChanges&) = delete;
    FileChanges& operator=(const FileChanges&) = delete;

    /// True when something was written since the last call that said so, or is within
    /// `timeout_ms`; false after that. Throws Failure CANCELLED when the hub says stop.
    bool wait(const syncline::sdk::Call& call, std::uint32_t timeout_ms);

private:
    enum class News : std::uint8_t { None, LogWritten, Changed };
    News take_events();
    std::string index_of_log() const;

    int descriptor_ = -1;
    std::string file_;
    std::string name_;
    std::string index_;  ///< of the log, when a change was told last
};

}  // namespace sql
