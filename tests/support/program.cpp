#include "support/program.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace syncline::testing {
namespace {

std::atomic<unsigned> next_number{1};

std::vector<std::string> environment_with(const Program::Variables& variables) {
    std::vector<std::string> texts;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!variables.contains(text.substr(0, text.find('=')))) texts.push_back(text);
    }
    for (const auto& [name, value] : variables)
        texts.push_back(name + "=" + value);
    return texts;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

Program::Program(
    const std::vector<std::string>& command,
    const std::filesystem::path& scratch,
    const Variables& variables
) {
    std::filesystem::create_directories(scratch);
    const std::string number = std::to_string(next_number++);
    out_ = scratch / ("out." + number);
    err_ = scratch / ("err." + number);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, out_.c_str(), kFlags, 0600);
    ::posix_spawn_file_actions_addopen(&files, 2, err_.c_str(), kFlags, 0600);
    std::vector<std::string> arguments = command;
    std::vector<std::string> environment = environment_with(variables);
    const int failed = ::posix_spawnp(
        &pid_,
        command.front().c_str(),
        &files,
        nullptr,
        pointers_to(arguments).data(),
        pointers_to(environment).data()
    );
    ::posix_spawn_file_actions_destroy(&files);
    if (failed != 0) throw std::runtime_error("cannot start " + command.front());
}

Program::~Program() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

Ended Program::wait(std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    pid_ = -1;
    Ended ended;
    if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    ended.out = read_file(out_);
    ended.err = read_file(err_);
    return ended;
}

void Program::signal(int number) const {
    ::kill(pid_, number);
}

std::string Program::out() const {
    return read_file(out_);
}

Ended run_program(
    const std::vector<std::string>& command,
    const std::filesystem::path& scratch,
    const Program::Variables& variables
) {
    return Program(command, scratch, variables).wait();
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

}  // namespace syncline::testing
