#include "vault/private_file.hpp"

#include "base/fault.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace syncline::vault {
namespace {

/// An open file, closed at the end.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const noexcept { return number_; }

private:
    int number_;
};

[[noreturn]] void fail(const char* doing, const std::filesystem::path& file) {
    const int why = errno;
    throw Fault(std::string(doing) + " " + file.string() + ": " + std::strerror(why));
}

Error refused(ErrorCode code, const std::filesystem::path& file, std::string detail) {
    return {code, Remedy::Reconfigure, file.string(), std::move(detail)};
}

void sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail("cannot make durable", folder);
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    const std::filesystem::path parent = file.parent_path();
    return parent.empty() ? "." : parent;
}

void write_all(int descriptor, const std::filesystem::path& file, ByteView content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("cannot write", file);
        content = content.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0) fail("cannot make durable", file);
}

}  // namespace

void make_private_folder(const std::filesystem::path& folder) {
    if (folder.empty() || std::filesystem::is_directory(folder)) return;
    make_private_folder(folder.parent_path());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail("cannot make", folder);
    sync_folder(folder_of(folder));
}

Result<void> create_private_file(
    const std::filesystem::path& file, unsigned mode, ByteView content
) {
    const Descriptor opened(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    );
    if (opened.get() < 0 && errno == EEXIST) {
        return refused(
            ErrorCode::ConfigInvalid,
            file,
            "this file exists already, and keys are never overwritten; move it away first"
        );
    }
    if (opened.get() < 0) fail("cannot make", file);
    try {
        write_all(opened.get(), file, content);
        sync_folder(folder_of(file));
    } catch (...) {
        remove_private_file(file);
        throw;
    }
    return {};
}

void remove_private_file(const std::filesystem::path& file) noexcept {
    ::unlink(file.c_str());
}

Result<Bytes> read_private_file(const std::filesystem::path& file, std::size_t limit) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0 && errno == ENOENT) {
        return refused(
            ErrorCode::KeyMissing, file, "there is no such file; restore it from its backup"
        );
    }
    if (opened.get() < 0) fail("cannot open", file);
    struct stat status {};
    if (::fstat(opened.get(), &status) != 0) fail("cannot examine", file);
    if ((status.st_mode & 077U) != 0)
        return refused(
            ErrorCode::ConfigInvalid, file, "others may read this key file; set its mode to 0400"
        );
    if (status.st_uid != ::geteuid() && ::geteuid() != 0)
        return refused(ErrorCode::ConfigInvalid, file, "this key file belongs to another user");

    Bytes content(limit + 1);
    std::size_t size = 0;
    while (size < content.size()) {
        const ssize_t count = ::read(opened.get(), content.data() + size, content.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot read", file);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size > limit) return refused(ErrorCode::ConfigInvalid, file, "this is not a key file");
    content.resize(size);
    return content;
}

}  // namespace syncline::vault
