#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace syncline::testing {

/// What a program did.
struct Ended {
    int exit_code = -1;  ///< -1 when a signal ended it
    int signal = 0;
    std::string out;
    std::string err;
};

/// A program started in the background, its output in files. Killed when it goes out of scope.
class Program {
public:
    using Variables = std::map<std::string, std::string>;

    /// `scratch`: a folder for its output.
    Program(
        const std::vector<std::string>& command,
        const std::filesystem::path& scratch,
        const Variables& variables = {}
    );
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// Waits for its end; kills it after `patience` (and then signal is SIGKILL).
    Ended wait(std::chrono::seconds patience = std::chrono::seconds{120});
    void signal(int number) const;
    std::string out() const;

private:
    pid_t pid_ = -1;
    std::filesystem::path out_;
    std::filesystem::path err_;
};

/// Runs a program to its end.
Ended run_program(
    const std::vector<std::string>& command,
    const std::filesystem::path& scratch,
    const Program::Variables& variables = {}
);

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace syncline::testing
