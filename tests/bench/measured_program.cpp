#include "bench/measured_program.hpp"

#include "bench/process_cpu.hpp"
#include "bench/stopwatch.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

MeasuredProgram::MeasuredProgram(const std::vector<std::string>& command, fs::path scratch)
    : scratch_(std::move(scratch)) {
    fs::create_directories(scratch_.parent_path());
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    const std::string out = scratch_.string() + ".out";
    const std::string err = scratch_.string() + ".err";
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, out.c_str(), kFlags, 0600);
    ::posix_spawn_file_actions_addopen(&files, 2, err.c_str(), kFlags, 0600);
    std::vector<std::string> words = command;
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int failed =
        ::posix_spawnp(&pid_, words.front().c_str(), &files, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (failed != 0) throw std::runtime_error("cannot start " + command.front());
}

MeasuredProgram::~MeasuredProgram() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

Cost MeasuredProgram::wait(std::size_t count, int exit_code) {
    int status = 0;
    rusage used{};
    while (::wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != exit_code) {
        throw std::runtime_error(
            "the hub ended with status " + std::to_string(status) + ": " +
            text_of(scratch_.string() + ".err") + text_of(scratch_.string() + ".out")
        );
    }
    Cost cost;
    cost.cpu_seconds = seconds_of(used);
    cost.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    cost.count = count;
    cost.peak_rss_mb = used.ru_maxrss / 1024;
    return cost;
}

Cost MeasuredProgram::stop(std::size_t count) {
    ::kill(pid_, SIGINT);
    return wait(count);
}

double MeasuredProgram::cpu_now() const {
    return cpu_of_tree(pid_);
}

std::int64_t MeasuredProgram::rss_mb() const {
    std::istringstream pages(text_of("/proc/" + std::to_string(pid_) + "/statm"));
    std::int64_t size = 0, resident = 0;
    pages >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / (1024 * 1024);
}

std::string MeasuredProgram::out() const {
    return text_of(scratch_.string() + ".out");
}

}  // namespace syncline::bench
