#include "connect/child_process.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace syncline::connect {
namespace {

constexpr int kChildDescriptor = 3;
constexpr unsigned kLastDescriptor = ~0U;

/// Runs between fork and exec: async-signal-safe calls only.
[[noreturn]] void become_host(int socket, const char* program, bool quiet) {
    // The channel first: its number may be one of those that are replaced below.
    if (socket == kChildDescriptor)
        ::fcntl(socket, F_SETFD, 0);
    else
        ::dup2(socket, kChildDescriptor);
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, 0);
    if (quiet) {
        ::dup2(null, 1);
        ::dup2(null, 2);
    } else {
        ::dup2(2, 1);
    }
    ::close_range(kChildDescriptor + 1, kLastDescriptor, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGINT, SIG_IGN);  // Ctrl-C reaches the whole group; the hub ends its children itself
    // The hub's environment may hold secrets: the child gets one of its own.
    const std::array<const char*, 2> arguments{program, nullptr};
    const std::array<const char*, 3> environment{"LC_ALL=C.UTF-8", "TZ=UTC", nullptr};
    ::execve(
        program,
        const_cast<char* const*>(arguments.data()),
        const_cast<char* const*>(environment.data())
    );
    ::_exit(127);
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return std::string("signal ") + ::strsignal(WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "the host program cannot be run";
    return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& program) {
    if (::access(program.c_str(), X_OK) != 0) {
        return Error{
            ErrorCode::PluginUnusable,
            Remedy::Reconfigure,
            program.string(),
            "the connector host is missing; it is installed beside syncline"};
    }
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return Error{ErrorCode::PluginUnusable, Remedy::Retry, "socketpair", std::strerror(errno)};
    }
    const char* output = std::getenv("SYNCLINE_CONNECTOR_OUTPUT");
    const bool quiet = output == nullptr || std::string_view(output) != "inherit";
    const pid_t pid = ::fork();
    if (pid == 0) become_host(ends[1], program.c_str(), quiet);
    ::close(ends[1]);
    Channel channel(ends[0]);
    if (pid < 0) {
        return Error{ErrorCode::PluginUnusable, Remedy::Retry, "fork", std::strerror(errno)};
    }
    return ChildProcess(pid, std::move(channel));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), channel_(std::move(other.channel_)) {}

ChildProcess::~ChildProcess() {
    constexpr std::chrono::milliseconds kGrace{2'000};
    end(kGrace);
}

std::string ChildProcess::end(std::chrono::milliseconds grace) {
    if (pid_ <= 0) return "ended";
    channel_.reset();  // the host ends when its channel does
    const auto deadline = std::chrono::steady_clock::now() + grace;
    int status = 0;
    pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    while (ended == 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        ended = ::waitpid(pid_, &status, WNOHANG);
    }
    if (ended == 0) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    pid_ = -1;
    return how_it_ended(status);
}

}  // namespace syncline::connect
