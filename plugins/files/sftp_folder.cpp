#include "sftp_folder.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <optional>
#include <utility>

namespace files {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiece = 32'768;
constexpr std::size_t kLongestName = 1'024;
constexpr long kFileMode = 0640;
constexpr long kFolderMode = 0750;

/// Tells the hub now and then, while a long file is transferred, that all is well.
class Heartbeat {
public:
    explicit Heartbeat(const Call& call) : call_(call) {}
    void beat() {
        call_.throw_if_cancelled();
        constexpr std::chrono::seconds kEvery{10};
        if (Clock::now() - last_ < kEvery) return;
        call_.now_unix_ms();
        last_ = Clock::now();
    }

private:
    const Call& call_;
    Clock::time_point last_ = Clock::now();
};

struct CloseHandle {
    void operator()(LIBSSH2_SFTP_HANDLE* handle) const noexcept {
        ::libssh2_sftp_close_handle(handle);
    }
};
using Handle = std::unique_ptr<LIBSSH2_SFTP_HANDLE, CloseHandle>;

/// How a regular file looks; nothing for what is none, or tells too little.
std::optional<Look> look_of(const LIBSSH2_SFTP_ATTRIBUTES& attributes) {
    constexpr unsigned long kNeeded =
        LIBSSH2_SFTP_ATTR_SIZE | LIBSSH2_SFTP_ATTR_PERMISSIONS | LIBSSH2_SFTP_ATTR_ACMODTIME;
    if ((attributes.flags & kNeeded) != kNeeded || !LIBSSH2_SFTP_S_ISREG(attributes.permissions))
        return std::nullopt;
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    return Look{attributes.filesize, static_cast<std::int64_t>(attributes.mtime) * kNanoseconds, 0};
}

class SftpFolder final : public Folder {
public:
    SftpFolder(const SftpSettings& settings, std::string path)
        : connection_(settings), path_(std::move(path)) {}

    void open(const Call& call) override { connection_.open(call); }
    void close() noexcept override { connection_.close(); }

    std::vector<Entry> list(const Call& call) override {
        const Handle folder(::libssh2_sftp_open_ex(
            sftp(), path_.c_str(), size_of(path_), 0, 0, LIBSSH2_SFTP_OPENDIR
        ));
        if (!folder) fail(path_, "cannot be read", SYNCLINE_E_CONFIG);
        std::vector<Entry> entries;
        Heartbeat heart(call);
        for (std::array<char, kLongestName> name{};;) {
            heart.beat();
            LIBSSH2_SFTP_ATTRIBUTES attributes{};
            const int got = ::libssh2_sftp_readdir_ex(
                folder.get(), name.data(), name.size(), nullptr, 0, &attributes
            );
            if (got == LIBSSH2_ERROR_BUFFER_TOO_SMALL) continue;
            if (got < 0) fail(path_, "cannot be read");
            if (got == 0) return entries;
            const std::string text(name.data(), static_cast<std::size_t>(got));
            const auto look = look_of(attributes);
            if (look && is_usable_name(text)) entries.push_back({text, *look});
        }
    }

    std::optional<std::string> read(const Call& call, const Entry& entry) override {
        const std::string file = path_to(entry.name);
        if (look_at(file) != entry.look) return std::nullopt;
        const Handle open = open_file(file, LIBSSH2_FXF_READ, 0);
        if (!open && connection_.answer() == LIBSSH2_FX_NO_SUCH_FILE) return std::nullopt;
        if (!open) fail(file, "cannot be read");
        std::string bytes;
        std::string piece(kPiece, '\0');
        Heartbeat heart(call);
        while (bytes.size() <= entry.look.size) {
            heart.beat();
            const ssize_t got = ::libssh2_sftp_read(open.get(), piece.data(), piece.size());
            if (got < 0) fail(file, "cannot be read");
            if (got == 0) break;
            bytes.append(piece, 0, static_cast<std::size_t>(got));
        }
        if (bytes.size() != entry.look.size || look_at(file) != entry.look) return std::nullopt;
        return bytes;
    }

    bool has(const std::string& name) override { return exists(path_to(name)); }

    void write(const Call& call, const std::string& name, const std::string& bytes) override {
        const std::string file = path_to(name);
        const std::string partial = file + ".part";
        fill(call, partial, bytes);
        if (rename(partial, file)) return;
        // Without an answer nobody knows; a file that is refused is not there.
        if (connection_.answer() == 0) fail(file, "may be there or not", SYNCLINE_E_IN_DOUBT);
        const std::string why = connection_.reason();
        ::libssh2_sftp_unlink_ex(sftp(), partial.c_str(), size_of(partial));
        throw Failure(SYNCLINE_E_TRANSIENT, place(file) + " cannot be written: " + why);
    }

    bool put_away(const Entry& entry, const std::string& below) override {
        const std::string file = path_to(entry.name);
        if (look_at(file) != entry.look) return false;
        const std::string target = path_to(below);
        if (!exists(target))
            ::libssh2_sftp_mkdir_ex(sftp(), target.c_str(), size_of(target), kFolderMode);
        std::string name = target + "/" + entry.name;
        for (int copy = 2; exists(name); ++copy)
            name = target + "/" + copy_name(entry.name, copy);
        if (!rename(file, name)) fail(file, "was read and cannot be moved");
        return true;
    }

private:
    LIBSSH2_SFTP* sftp() const { return connection_.sftp(); }
    static unsigned size_of(const std::string& path) { return static_cast<unsigned>(path.size()); }
    std::string path_to(const std::string& name) const {
        return path_.ends_with('/') ? path_ + name : path_ + "/" + name;
    }
    std::string place(const std::string& path) const { return connection_.host() + ":" + path; }

    Handle open_file(const std::string& file, unsigned long how, long mode) const {
        return Handle(::libssh2_sftp_open_ex(
            sftp(), file.c_str(), size_of(file), how, mode, LIBSSH2_SFTP_OPENFILE
        ));
    }

    /// Whatever stands there, without following a link; nothing when there is nothing.
    std::optional<LIBSSH2_SFTP_ATTRIBUTES> attributes_of(const std::string& path) const {
        LIBSSH2_SFTP_ATTRIBUTES attributes{};
        const int got = ::libssh2_sftp_stat_ex(
            sftp(), path.c_str(), size_of(path), LIBSSH2_SFTP_LSTAT, &attributes
        );
        if (got == 0) return attributes;
        if (connection_.answer() != LIBSSH2_FX_NO_SUCH_FILE) fail(path, "cannot be looked at");
        return std::nullopt;
    }
    bool exists(const std::string& path) const { return attributes_of(path).has_value(); }
    std::optional<Look> look_at(const std::string& file) const {
        const auto attributes = attributes_of(file);
        return attributes ? look_of(*attributes) : std::nullopt;
    }

    /// As version 3 of the protocol has it: nothing that is there is replaced.
    bool rename(const std::string& from, const std::string& to) const {
        return ::libssh2_sftp_rename_ex(
                   sftp(), from.c_str(), size_of(from), to.c_str(), size_of(to), 0
               ) == 0;
    }

    void fill(const Call& call, const std::string& file, const std::string& bytes) const {
        const Handle open =
            open_file(file, LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_TRUNC, kFileMode);
        if (!open) fail(file, "cannot be written");
        Heartbeat heart(call);
        for (std::size_t at = 0; at < bytes.size();) {
            heart.beat();
            const ssize_t put = ::libssh2_sftp_write(
                open.get(), bytes.data() + at, std::min(bytes.size() - at, kPiece)
            );
            if (put < 0) fail(file, "cannot be written");
            at += static_cast<std::size_t>(put);
        }
        // Durable where the server knows the request.
        if (::libssh2_sftp_fsync(open.get()) != 0 && connection_.answer() == 0)
            fail(file, "cannot be written");
    }

    /// `otherwise`: the outcome when the server answered that the place is not there. Of a folder,
    /// CONFIG, a denial is one for good.
    [[noreturn]] void fail(
        const std::string& path, const char* what, syncline_status otherwise = SYNCLINE_E_TRANSIENT
    ) const {
        const unsigned long answer = connection_.answer();
        const bool is_missing =
            answer == LIBSSH2_FX_NO_SUCH_FILE || answer == LIBSSH2_FX_NO_SUCH_PATH;
        const bool is_denied = answer == LIBSSH2_FX_PERMISSION_DENIED;
        std::string why = connection_.reason();
        if (is_missing) why = "there is no such place";
        if (is_denied) why = "the server denies it";
        syncline_status status = SYNCLINE_E_TRANSIENT;
        if (is_missing || otherwise == SYNCLINE_E_IN_DOUBT) status = otherwise;
        if (is_denied && otherwise == SYNCLINE_E_CONFIG) status = SYNCLINE_E_PERMISSION;
        throw Failure(status, place(path) + " " + what + ": " + why);
    }

    SftpConnection connection_;
    const std::string path_;
};

}  // namespace

std::unique_ptr<Folder> sftp_folder(const SftpSettings& settings, std::string path) {
    return std::make_unique<SftpFolder>(settings, std::move(path));
}

}  // namespace files
