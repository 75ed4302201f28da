#include "file_changes.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Call;
using syncline::sdk::Failure;
using Clock = std::chrono::steady_clock;

/// So long after a write into the log its index may change.
constexpr std::chrono::milliseconds kUntilCommitted{200};
constexpr std::uint32_t kLookMs = 1;

}  // namespace

FileChanges::FileChanges(const std::string& file)
    : descriptor_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      file_(file),
      name_(std::filesystem::path(file).filename()),
      index_(index_of_log()) {
    // The folder, because files come and go in it: the log, and a database that is put in the place
    // of another.
    const auto folder = std::filesystem::absolute(file).parent_path();
    constexpr std::uint32_t kEvents = IN_MODIFY | IN_MOVED_TO | IN_DELETE;
    if (descriptor_ >= 0 && ::inotify_add_watch(descriptor_, folder.c_str(), kEvents) >= 0) return;
    const std::string why = std::strerror(errno);
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Failure(SYNCLINE_E_TRANSIENT, "the folder of the database cannot be watched: " + why);
}

FileChanges::~FileChanges() {
    ::close(descriptor_);
}

bool FileChanges::wait(const Call& call, std::uint32_t timeout_ms) {
    const auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);
    Clock::time_point written{};
    for (;;) {
        const News news = take_events();
        std::string index = index_of_log();
        const auto now = Clock::now();
        if (news == News::LogWritten) written = now;
        const bool has_waited = written != Clock::time_point{} && now - written > kUntilCommitted;
        if (news == News::Changed || index != index_ || has_waited) {
            index_ = std::move(index);
            return true;
        }
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - now).count();
        if (left <= 0) return written != Clock::time_point{};
        const auto patience = static_cast<std::uint32_t>(left);
        call.wait_readable(descriptor_, written == Clock::time_point{} ? patience : kLookMs);
    }
}

/// What its header says; "" without a log. Closing the file lets go of every lock that this process
/// has on it, so no connection may be open in the meantime.
std::string FileChanges::index_of_log() const {
    constexpr std::size_t kHeaderBytes = 96;
    std::string header(kHeaderBytes, '\0');
    const int index = ::open((file_ + "-shm").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (index < 0) return {};
    const ssize_t size = ::pread(index, header.data(), header.size(), 0);
    ::close(index);
    header.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return header;
}

FileChanges::News FileChanges::take_events() {
    alignas(inotify_event) std::array<char, 4'096> buffer{};
    News news = News::None;
    for (;;) {
        const ssize_t size = ::read(descriptor_, buffer.data(), buffer.size());
        if (size <= 0) return news;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const std::string name =
                event.len > 0 ? std::string(buffer.data() + at + sizeof event) : std::string();
            // That a log is made or removed says nothing: readers do that too.
            const bool is_changed =
                name == name_ || name == name_ + "-journal" || (event.mask & IN_Q_OVERFLOW) != 0;
            const bool is_log = name == name_ + "-wal" && (event.mask & IN_MODIFY) != 0;
            if (is_changed)
                news = News::Changed;
            else if (is_log && news == News::None)
                news = News::LogWritten;
            at += sizeof event + event.len;
        }
    }
}

}  // namespace sql
