#include "vault/part_file.hpp"

#include "base/fault.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace syncline::vault {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* doing, const fs::path& file) {
    const int why = errno;
    throw Fault(std::string(doing) + " " + file.string() + ": " + std::strerror(why));
}

Error refused(ErrorCode code, const fs::path& file, std::string detail) {
    return {code, Remedy::Reject, file.string(), std::move(detail)};
}

fs::path folder_of(const fs::path& file) {
    const fs::path parent = file.parent_path();
    return parent.empty() ? "." : parent;
}

std::string in_megabytes(std::uint64_t bytes) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    return std::to_string((bytes + kMegabyte - 1) / kMegabyte) + " MB";
}

/// Another process may have published or removed the file between opening and locking it.
bool is_still(const fs::path& part, int descriptor) {
    struct stat named {
    }, opened{};
    return ::stat(part.c_str(), &named) == 0 && ::fstat(descriptor, &opened) == 0 &&
           named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/// Opened, locked and emptied; nothing when another process has it.
int open_alone(const fs::path& part) {
    for (;;) {
        const int descriptor =
            ::open(part.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (descriptor < 0) fail("cannot make", part);
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor);
            return -1;
        }
        if (is_still(part, descriptor)) {
            if (::ftruncate(descriptor, 0) == 0 && ::fchmod(descriptor, 0600) == 0)
                return descriptor;
            ::close(descriptor);
            fail("cannot write", part);
        }
        ::close(descriptor);
    }
}

void sync_path(const fs::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) fail("cannot open", path);
    const int failed = ::fsync(descriptor);
    ::close(descriptor);
    if (failed != 0) fail("cannot make durable", path);
}

}  // namespace

Result<void> expect_room(const fs::path& folder, std::uint64_t room) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) fail("cannot examine", folder);
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free >= room) return {};
    return refused(
        ErrorCode::NoRoom,
        folder,
        "this takes " + in_megabytes(room) + ", and the disk has " + in_megabytes(free) +
            " free; make room, or name a folder on another disk"
    );
}

Result<PartFile> PartFile::create(const fs::path& file, Existing existing, std::uint64_t room) {
    std::error_code none;
    const fs::path folder = folder_of(file);
    if (!fs::is_directory(folder, none))
        return refused(ErrorCode::NotFound, folder, "there is no such folder; make it first");
    if (fs::is_directory(file, none))
        return refused(ErrorCode::UsageInvalid, file, "this is a folder; name a file");
    if (existing == Existing::Refused && fs::exists(fs::symlink_status(file, none))) {
        return refused(
            ErrorCode::UsageInvalid,
            file,
            "this file exists already; name another one, or add --replace to replace it"
        );
    }
    if (auto enough = expect_room(folder, room); !enough) return enough.error();
    const fs::path part = file.string() + ".part";
    const int descriptor = open_alone(part);
    if (descriptor < 0)
        return refused(ErrorCode::AlreadyRunning, part, "another process makes this file just now");
    return PartFile(file, part, descriptor);
}

PartFile::PartFile(fs::path file, fs::path part, int descriptor)
    : file_(std::move(file)), part_(std::move(part)), descriptor_(descriptor) {}

PartFile::PartFile(PartFile&& other) noexcept
    : file_(std::move(other.file_)),
      part_(std::move(other.part_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

PartFile::~PartFile() {
    if (descriptor_ < 0) return;
    ::unlink(part_.c_str());
    ::close(descriptor_);
}

void PartFile::publish() {
    if (::fsync(descriptor_) != 0) fail("cannot make durable", part_);
    move_durably(part_, file_);
    ::close(std::exchange(descriptor_, -1));
}

void move_durably(const fs::path& from, const fs::path& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) fail("cannot rename", from);
    sync_path(folder_of(to), O_RDONLY | O_DIRECTORY);
}

void remove_durably(const fs::path& file) {
    if (::unlink(file.c_str()) != 0) fail("cannot remove", file);
    sync_path(folder_of(file), O_RDONLY | O_DIRECTORY);
}

void sync_file(const fs::path& file) {
    sync_path(file, O_RDONLY);
}

}  // namespace syncline::vault
