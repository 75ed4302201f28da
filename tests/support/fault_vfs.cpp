#include "support/fault_vfs.hpp"

#include "base/assert.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

namespace syncline::testing {
namespace {

using Operation = FaultVfs::Operation;
using Failure = FaultVfs::Failure;

sqlite3_vfs* real = nullptr;  ///< SQLite's own for this machine

/// SQLite allocates szOsFile bytes: this, and behind it the file of the real VFS.
struct File {
    sqlite3_file base;
    std::uint32_t content;  ///< its number in the trace
    bool is_watched;
    bool is_recorded;       ///< its name lasts: neither shared memory nor temporary
    bool syncs_folder_too;  ///< as SQLite's unix VFS does at the first fsync of a journal or WAL
    char folder[240];       ///< within the watched one
};
constexpr int kFileBytes = (static_cast<int>(sizeof(File)) + 15) / 16 * 16;

sqlite3_file* inner(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kFileBytes);
}
File& outer(sqlite3_file* file) {
    return *reinterpret_cast<File*>(file);
}

int error_of(Operation operation, Failure failure) {
    if (failure == Failure::Full)
        return operation == Operation::SharedMap ? SQLITE_IOERR_SHMSIZE : SQLITE_FULL;
    switch (operation) {
        case Operation::Open:
            return SQLITE_CANTOPEN;
        case Operation::Delete:
            return SQLITE_IOERR_DELETE;
        case Operation::Access:
            return SQLITE_IOERR_ACCESS;
        case Operation::Read:
            return SQLITE_IOERR_READ;
        case Operation::Write:
            return SQLITE_IOERR_WRITE;
        case Operation::Truncate:
            return SQLITE_IOERR_TRUNCATE;
        case Operation::Size:
            return SQLITE_IOERR_FSTAT;
        case Operation::SharedMap:
            return SQLITE_IOERR_SHMMAP;
        case Operation::SharedLock:
            return SQLITE_IOERR_SHMLOCK;
        default:
            return SQLITE_IOERR_FSYNC;
    }
}

/// SQLITE_OK, or the error with which this operation on a watched file fails.
int pass(const File& file, Operation operation) {
    if (!file.is_watched) return SQLITE_OK;
    const auto failure = FaultVfs::get().passes(operation);
    return failure ? error_of(operation, *failure) : SQLITE_OK;
}

int close_file(sqlite3_file* file) {
    return inner(file)->pMethods->xClose(inner(file));
}

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
    if (const int code = pass(outer(file), Operation::Read); code != SQLITE_OK) return code;
    return inner(file)->pMethods->xRead(inner(file), into, size, at);
}

int write_through(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    const int code = inner(file)->pMethods->xWrite(inner(file), from, size, at);
    if (code == SQLITE_OK && outer(file).is_recorded) {
        const auto* bytes = static_cast<const std::uint8_t*>(from);
        FaultVfs::get().record().add(
            {DiskEvent::Kind::Write,
             {},
             outer(file).content,
             static_cast<std::uint64_t>(at),
             Bytes(bytes, bytes + size)}
        );
    }
    return code;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    if (!outer(file).is_watched) return inner(file)->pMethods->xWrite(inner(file), from, size, at);
    FaultVfs& vfs = FaultVfs::get();
    if (const auto failure = vfs.passes(Operation::Write)) {
        if (*failure == Failure::ShortWrite) write_through(file, from, size / 2, at);
        return *failure == Failure::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    sqlite3_int64 now = 0;
    inner(file)->pMethods->xFileSize(inner(file), &now);
    const std::int64_t more = at + size - now;
    if (more > 0 && !vfs.has_room_for(static_cast<std::uint64_t>(more))) return SQLITE_FULL;
    return write_through(file, from, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (const int code = pass(outer(file), Operation::Truncate); code != SQLITE_OK) return code;
    const int code = inner(file)->pMethods->xTruncate(inner(file), size);
    if (code == SQLITE_OK && outer(file).is_recorded) {
        FaultVfs::get().record().add(
            {DiskEvent::Kind::Truncate,
             {},
             outer(file).content,
             static_cast<std::uint64_t>(size),
             {}}
        );
    }
    return code;
}

int sync_file(sqlite3_file* file, int) {
    if (const int code = pass(outer(file), Operation::Sync); code != SQLITE_OK) return code;
    if (!outer(file).is_recorded) return SQLITE_OK;
    DiskTrace& trace = FaultVfs::get().record();
    trace.add({DiskEvent::Kind::Sync, {}, outer(file).content, 0, {}});
    if (std::exchange(outer(file).syncs_folder_too, false))
        trace.add({DiskEvent::Kind::SyncFolder, outer(file).folder, 0, 0, {}});
    return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    if (const int code = pass(outer(file), Operation::Size); code != SQLITE_OK) return code;
    return inner(file)->pMethods->xFileSize(inner(file), size);
}

int lock_file(sqlite3_file* file, int level) {
    return inner(file)->pMethods->xLock(inner(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return inner(file)->pMethods->xUnlock(inner(file), level);
}
int check_reserved(sqlite3_file* file, int* out) {
    return inner(file)->pMethods->xCheckReservedLock(inner(file), out);
}

/// Sees each PRAGMA before SQLite does: `synchronous` is made weaker in place when a control asks
/// for it.
void weaken_pragma(char** words) {
    if (words[1] == nullptr || words[2] == nullptr) return;
    if (std::strcmp(words[1], "synchronous") != 0) return;
    const bool is_extra = std::strcmp(words[2], "EXTRA") == 0;
    switch (FaultVfs::get().synchronous()) {
        case FaultVfs::Synchronous::AsAsked:
            return;
        case FaultVfs::Synchronous::NoExtra:
            if (is_extra) std::strcpy(words[2], "2");
            return;
        case FaultVfs::Synchronous::Normal:
            std::strcpy(words[2], "1");
            return;
        case FaultVfs::Synchronous::Off:
            std::strcpy(words[2], "0");
            return;
    }
}

int file_control(sqlite3_file* file, int what, void* about) {
    if (what == SQLITE_FCNTL_PRAGMA && outer(file).is_watched)
        weaken_pragma(static_cast<char**>(about));
    return inner(file)->pMethods->xFileControl(inner(file), what, about);
}
int sector_size(sqlite3_file* file) {
    return inner(file)->pMethods->xSectorSize(inner(file));
}
int characteristics(sqlite3_file* file) {
    return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

int map_shared(sqlite3_file* file, int page, int size, int extend, volatile void** mapped) {
    if (const int code = pass(outer(file), Operation::SharedMap); code != SQLITE_OK) return code;
    return inner(file)->pMethods->xShmMap(inner(file), page, size, extend, mapped);
}
int lock_shared(sqlite3_file* file, int at, int count, int flags) {
    if ((flags & SQLITE_SHM_LOCK) != 0) {  // letting go cannot fail
        if (const int code = pass(outer(file), Operation::SharedLock); code != SQLITE_OK)
            return code;
    }
    return inner(file)->pMethods->xShmLock(inner(file), at, count, flags);
}
void barrier_shared(sqlite3_file* file) {
    inner(file)->pMethods->xShmBarrier(inner(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
    return inner(file)->pMethods->xShmUnmap(inner(file), remove);
}

/// Version 2: no memory-mapped reading, which would pass by.
constexpr sqlite3_io_methods kMethods{
    2,
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    size_of_file,
    lock_file,
    unlock_file,
    check_reserved,
    file_control,
    sector_size,
    characteristics,
    map_shared,
    lock_shared,
    barrier_shared,
    unmap_shared,
    nullptr,
    nullptr};

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    auto& opened = *new (file) File{};
    const auto path = FaultVfs::get().watched(name);
    opened.is_watched = path.has_value();
    if (const int code = pass(opened, Operation::Open); code != SQLITE_OK) return code;
    const int code = real->xOpen(real, name, inner(file), flags, out_flags);
    if (inner(file)->pMethods == nullptr) return code;
    opened.base.pMethods = &kMethods;
    if (code != SQLITE_OK || !path) return code;
    opened.is_recorded = true;
    opened.content = FaultVfs::get().record().open(*path, /*create=*/true);
    constexpr int kJournals =
        SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    opened.syncs_folder_too = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0;
    const std::string folder = folder_of(*path);
    SYNCLINE_ASSERT(folder.size() < sizeof opened.folder);
    std::strcpy(opened.folder, folder.c_str());
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
    FaultVfs& vfs = FaultVfs::get();
    const auto path = vfs.watched(name);
    if (path) {
        if (const auto failure = vfs.passes(Operation::Delete))
            return error_of(Operation::Delete, *failure);
    }
    const int code = real->xDelete(real, name, 0);
    if (!path || code != SQLITE_OK) return code;
    if (vfs.record().knows(*path)) vfs.record().add({DiskEvent::Kind::Delete, *path, 0, 0, {}});
    if (sync_folder != 0) {
        if (const auto failure = vfs.passes(Operation::SyncFolder); failure)
            return SQLITE_IOERR_DIR_FSYNC;
        vfs.record().add({DiskEvent::Kind::SyncFolder, folder_of(*path), 0, 0, {}});
    }
    return code;
}

int access_file(sqlite3_vfs*, const char* name, int flags, int* out) {
    FaultVfs& vfs = FaultVfs::get();
    if (vfs.watched(name)) {
        if (const auto failure = vfs.passes(Operation::Access))
            return error_of(Operation::Access, *failure);
    }
    return real->xAccess(real, name, flags, out);
}

/// Everything else is the real VFS's.
sqlite3_vfs wrapped() {
    sqlite3_vfs vfs = *real;
    vfs.szOsFile = kFileBytes + real->szOsFile;
    vfs.zName = "fault";
    vfs.pNext = nullptr;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    return vfs;
}

}  // namespace

FaultVfs::FaultVfs() {
    real = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs vfs = wrapped();
    SYNCLINE_ASSERT(sqlite3_vfs_register(&vfs, /*makeDflt=*/1) == SQLITE_OK);
}

FaultVfs& FaultVfs::get() {
    static FaultVfs vfs;
    return vfs;
}

void FaultVfs::watch(const std::filesystem::path& folder) {
    mend();
    folder_ = folder.string() + "/";
    trace_ = DiskTrace(std::filesystem::exists(folder) ? read_image(folder) : DiskImage{});
    count_anew();
}

void FaultVfs::count_anew() {
    std::fill(std::begin(counts_), std::end(counts_), 0);
}

void FaultVfs::ignore() {
    mend();
    folder_.clear();
    trace_ = DiskTrace();
}

std::optional<std::string> FaultVfs::watched(const char* path) const {
    if (path == nullptr || folder_.empty()) return std::nullopt;
    const std::string text = path;
    if (text.starts_with(folder_)) return text.substr(folder_.size());
    if (text + "/" == folder_) return "";
    return std::nullopt;
}

std::uint64_t FaultVfs::operations(Failure failure) const {
    return counts_[static_cast<std::size_t>(failure)];
}

void FaultVfs::fail(std::uint64_t at, Failure failure, Lasting lasting) {
    fail_at_ = operations(failure) + at;
    failure_ = failure;
    lasting_ = lasting;
    failed_ = 0;
}

void FaultVfs::lose_power_after(std::uint64_t operations) {
    power_for_ = operations;
}

void FaultVfs::mend() {
    fail_at_ = 0;
    power_for_ = 0;
    is_dead_ = false;
    room_.reset();
}

std::optional<Failure> FaultVfs::passes(Operation operation) {
    const auto applies = [&](Failure failure) {
        if (failure == Failure::Error || operation == Operation::Write) return true;
        return failure == Failure::Full && operation == Operation::SharedMap;
    };
    for (const Failure failure : {Failure::Error, Failure::Full, Failure::ShortWrite})
        counts_[static_cast<std::size_t>(failure)] += applies(failure) ? 1U : 0U;
    if (power_for_ > 0 && --power_for_ == 0) is_dead_ = true;
    if (is_dead_) return Failure::Error;
    if (fail_at_ == 0 || !applies(failure_)) return std::nullopt;
    const std::uint64_t now = operations(failure_);
    if (now < fail_at_ || (now > fail_at_ && lasting_ == Lasting::Once)) return std::nullopt;
    ++failed_;
    return failure_;
}

bool FaultVfs::has_room_for(std::uint64_t more) const {
    if (!room_) return true;
    std::uint64_t taken = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
        std::error_code ignored;
        if (entry.is_regular_file(ignored)) taken += entry.file_size(ignored);
    }
    return taken + more <= *room_;
}

}  // namespace syncline::testing
