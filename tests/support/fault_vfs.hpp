#pragma once

#include "support/disk_trace.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace syncline::testing {

/// The file system as SQLite sees it, over the real one: counts what is done to the files of one
/// folder, fails where it is told to, and keeps a trace from which the disk after a power cut is
/// made. fsync does not reach the real disk, which no test needs. One in a process and SQLite's
/// default from the first use; files outside the folder pass through. One thread.
class FaultVfs {
public:
    enum class Operation : std::uint8_t {
        Open,
        Delete,
        Access,
        Read,
        Write,
        Truncate,
        Sync,
        Size,
        SharedMap,
        SharedLock,
        MakeFolder,
        SyncFolder,
    };
    enum class Failure : std::uint8_t {
        Error,       ///< the error of its kind: SQLITE_IOERR_…, CANTOPEN, EIO
        Full,        ///< no room: writes and shared memory only
        ShortWrite,  ///< half of it is written; writes only
    };
    enum class Lasting : std::uint8_t { Once, ForEver };
    /// Weaker than what the hub asks for, as a control that the tests can fail.
    enum class Synchronous : std::uint8_t { AsAsked, NoExtra, Normal, Off };

    static FaultVfs& get();

    /// Watches this folder from now on: an empty trace, no fault.
    void watch(const std::filesystem::path& folder);
    void ignore();

    void count_anew();
    /// Operations since then to which `failure` applies.
    std::uint64_t operations(Failure failure) const;
    /// Fails the `at`th operation from now to which `failure` applies (from 1), and with ForEver
    /// all behind it.
    void fail(std::uint64_t at, Failure failure, Lasting lasting);
    /// Nothing works any more behind this many further operations, and nothing reaches the disk:
    /// power is lost.
    void lose_power_after(std::uint64_t operations);
    bool is_without_power() const noexcept { return is_dead_; }
    /// Files may take this many bytes together; none: no limit.
    void limit_room(std::optional<std::uint64_t> bytes) { room_ = bytes; }
    void mend();
    /// How often an operation was failed since fail().
    std::uint64_t failed() const noexcept { return failed_; }
    void weaken(Synchronous to) { synchronous_ = to; }

    const DiskTrace& trace() const noexcept { return trace_; }

    // For the file system's own functions.
    /// The path within the watched folder; nothing for files elsewhere.
    std::optional<std::string> watched(const char* path) const;
    /// Counts an operation; how it is to fail, if it is.
    std::optional<Failure> passes(Operation operation);
    bool has_room_for(std::uint64_t more) const;
    DiskTrace& record() noexcept { return trace_; }
    Synchronous synchronous() const noexcept { return synchronous_; }

private:
    FaultVfs();

    std::string folder_;
    DiskTrace trace_;
    std::uint64_t counts_[3] = {};  ///< by Failure
    std::uint64_t fail_at_ = 0;     ///< 0 = never
    Failure failure_ = Failure::Error;
    Lasting lasting_ = Lasting::Once;
    std::uint64_t failed_ = 0;
    std::uint64_t power_for_ = 0;  ///< operations until power is lost; 0 = for ever
    bool is_dead_ = false;
    std::optional<std::uint64_t> room_;
    Synchronous synchronous_ = Synchronous::AsAsked;
};

}  // namespace syncline::testing
