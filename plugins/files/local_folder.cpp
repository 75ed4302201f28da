#include "folder.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace files {
namespace {

namespace fs = std::filesystem;
using syncline::sdk::Call;
using syncline::sdk::Failure;

[[noreturn]] void fail(const fs::path& file, const char* what) {
    throw Failure(SYNCLINE_E_TRANSIENT, file.string() + " " + what + ": " + std::strerror(errno));
}

/// Closes at the end of its block.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return number_; }

private:
    int number_;
};

Look look_of(const struct stat& status) {
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    return {
        static_cast<std::uint64_t>(status.st_size),
        status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec,
        status.st_ino};
}

/// A regular file that has no other name: a second one may be that of a file of ours.
bool is_plain(const struct stat& status) {
    return S_ISREG(status.st_mode) && status.st_nlink == 1;
}

/// How a plain file looks; nothing for what is none. Links are not followed.
std::optional<Look> look_at(const fs::path& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0 || !is_plain(status)) return std::nullopt;
    return look_of(status);
}

class LocalFolder final : public Folder {
public:
    explicit LocalFolder(std::string path) : path_(std::move(path)) {}

    std::vector<Entry> list(const Call&) override {
        std::error_code failed;
        std::vector<Entry> entries;
        for (const auto& entry : fs::directory_iterator(path_, failed)) {
            const std::string name = entry.path().filename().string();
            if (!is_usable_name(name)) continue;
            if (const auto look = look_at(entry.path())) entries.push_back({name, *look});
        }
        if (failed)
            throw Failure(
                SYNCLINE_E_CONFIG,
                "folder " + path_.string() + " cannot be read: " + failed.message()
            );
        return entries;
    }

    std::optional<std::string> read(const Call& call, const Entry& entry) override {
        const fs::path file = path_ / entry.name;
        const Descriptor open(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (open < 0 && (errno == ENOENT || errno == ELOOP)) return std::nullopt;
        if (open < 0) fail(file, "cannot be read");
        const auto looks_so = [&] {
            struct stat status {};
            return ::fstat(open, &status) == 0 && is_plain(status) && look_of(status) == entry.look;
        };
        if (!looks_so()) return std::nullopt;
        std::string bytes;
        bytes.reserve(entry.look.size);
        constexpr std::size_t kPiece = 1U << 20U;
        std::string piece(kPiece, '\0');
        while (bytes.size() <= entry.look.size) {
            call.throw_if_cancelled();
            const ssize_t got = ::read(open, piece.data(), piece.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail(file, "cannot be read");
            if (got == 0) break;
            bytes.append(piece, 0, static_cast<std::size_t>(got));
        }
        if (bytes.size() != entry.look.size || !looks_so() || look_at(file) != entry.look)
            return std::nullopt;
        return bytes;
    }

    bool has(const std::string& name) override {
        std::error_code failed;
        return fs::exists(path_ / name, failed);
    }

    void write(const Call&, const std::string& name, const std::string& bytes) override {
        const fs::path file = path_ / name;
        const fs::path partial = file.string() + ".part";
        if (!is_durable(partial, bytes) || ::rename(partial.c_str(), file.c_str()) != 0) {
            const int reason = errno;
            ::unlink(partial.c_str());
            errno = reason;
            fail(file, "cannot be written");
        }
        const Descriptor folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (folder >= 0) ::fsync(folder);  // the new name, too, outlives a power cut
    }

    bool put_away(const Entry& entry, const std::string& below) override {
        const fs::path file = path_ / entry.name;
        if (look_at(file) != entry.look) return false;
        const fs::path target = path_ / below;
        std::error_code failed;
        fs::create_directories(target, failed);
        fs::path name = target / entry.name;
        for (int copy = 2; fs::exists(name, failed); ++copy)
            name = target / copy_name(entry.name, copy);
        fs::rename(file, name, failed);
        if (failed)
            throw Failure(
                SYNCLINE_E_TRANSIENT,
                file.string() + " was read and cannot be moved: " + failed.message()
            );
        return true;
    }

private:
    static bool is_durable(const fs::path& file, const std::string& bytes) {
        constexpr mode_t kMode = 0640;
        const Descriptor open(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode)
        );
        if (open < 0) return false;
        std::size_t written = 0;
        while (written < bytes.size()) {
            const ssize_t n = ::write(open, bytes.data() + written, bytes.size() - written);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return false;
            written += static_cast<std::size_t>(n);
        }
        return ::fsync(open) == 0;
    }

    const fs::path path_;
};

}  // namespace

std::unique_ptr<Folder> local_folder(std::string path) {
    return std::make_unique<LocalFolder>(std::move(path));
}

}  // namespace files
