// The hub's own file functions (keys are made without SQLite) under the same faults and in the same
// trace: the linker puts these in the place of the functions they are named after (--wrap).

#include "support/fault_vfs.hpp"

#include <cerrno>
#include <cstdarg>
#include <fcntl.h>
#include <map>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace syncline::testing {
namespace {

using Operation = FaultVfs::Operation;

/// An open file or folder that the trace knows.
struct Opened {
    std::string path;
    bool is_folder = false;
    std::uint64_t at = 0;
};
std::map<int, Opened>& opened() {
    static std::map<int, Opened> files;
    return files;
}

/// True when the operation is to fail; errno says how.
bool fails(Operation operation) {
    const auto failure = FaultVfs::get().passes(operation);
    if (failure) errno = *failure == FaultVfs::Failure::Full ? ENOSPC : EIO;
    return failure.has_value();
}

void record(DiskEvent::Kind kind, const std::string& path, std::uint32_t file = 0) {
    FaultVfs::get().record().add({kind, path, file, 0, {}});
}

}  // namespace
}  // namespace syncline::testing

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl50-cpp): the linker gives the names
extern "C" {

using namespace syncline::testing;

int __real_open(const char* path, int flags, ...);
int __real_close(int file);
ssize_t __real_read(int file, void* into, size_t size);
ssize_t __real_write(int file, const void* from, size_t size);
int __real_fsync(int file);
int __real_mkdir(const char* path, mode_t mode);
int __real_unlink(const char* path);

int __wrap_open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    const auto watched = FaultVfs::get().watched(path);
    if (watched && fails(Operation::Open)) return -1;
    const int file = __real_open(path, flags, mode);
    if (!watched || file < 0) return file;
    const bool is_folder = (flags & O_DIRECTORY) != 0;
    if (!is_folder) FaultVfs::get().record().open(*watched, /*create=*/true);
    opened()[file] = {*watched, is_folder, 0};
    return file;
}

int __wrap_close(int file) {
    opened().erase(file);
    return __real_close(file);
}

ssize_t __wrap_read(int file, void* into, size_t size) {
    if (opened().contains(file) && fails(Operation::Read)) return -1;
    return __real_read(file, into, size);
}

ssize_t __wrap_write(int file, const void* from, size_t size) {
    const auto known = opened().find(file);
    if (known == opened().end()) return __real_write(file, from, size);
    if (const auto failure = FaultVfs::get().passes(Operation::Write)) {
        errno = *failure == FaultVfs::Failure::Error ? EIO : ENOSPC;
        if (*failure != FaultVfs::Failure::ShortWrite || size < 2) return -1;
        size /= 2;  // as POSIX allows: the caller goes on with the rest
    }
    if (!FaultVfs::get().has_room_for(size)) {
        errno = ENOSPC;
        return -1;
    }
    const ssize_t written = __real_write(file, from, size);
    if (written <= 0) return written;
    const auto* bytes = static_cast<const std::uint8_t*>(from);
    DiskTrace& trace = FaultVfs::get().record();
    trace.add(
        {DiskEvent::Kind::Write,
         {},
         trace.open(known->second.path, /*create=*/false),
         known->second.at,
         syncline::Bytes(bytes, bytes + written)}
    );
    known->second.at += static_cast<std::uint64_t>(written);
    return written;
}

int __wrap_fsync(int file) {
    const auto known = opened().find(file);
    if (known == opened().end()) return __real_fsync(file);
    const Opened& what = known->second;
    if (fails(what.is_folder ? Operation::SyncFolder : Operation::Sync)) return -1;
    if (what.is_folder)
        record(DiskEvent::Kind::SyncFolder, what.path);
    else
        record(
            DiskEvent::Kind::Sync, {}, FaultVfs::get().record().open(what.path, /*create=*/false)
        );
    return 0;
}

int __wrap_mkdir(const char* path, mode_t mode) {
    const auto watched = FaultVfs::get().watched(path);
    if (watched && fails(Operation::MakeFolder)) return -1;
    const int made = __real_mkdir(path, mode);
    if (watched && made == 0) record(DiskEvent::Kind::MakeFolder, *watched);
    return made;
}

int __wrap_unlink(const char* path) {
    const auto watched = FaultVfs::get().watched(path);
    if (watched && fails(Operation::Delete)) return -1;
    const int gone = __real_unlink(path);
    if (watched && gone == 0) record(DiskEvent::Kind::Delete, *watched);
    return gone;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,cert-dcl50-cpp)
