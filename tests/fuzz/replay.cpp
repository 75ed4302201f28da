// Runs a fuzz target without a fuzzer: every seed, then mutations of them in an order that is
// always the same, until the time is up. An input that ends the process is left as a file.

#include "fuzz/fuzz.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <iterator>
#include <random>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongest = 4'096;

std::string input;      ///< the one that runs
std::string left_file;  ///< where it is left when it ends the process

/// Only what a signal handler may do.
void leave_input(int signal) {
    const int file = ::open(left_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const bool written = file >= 0 && ::write(file, input.data(), input.size()) >= 0;
    constexpr std::string_view kNote = "the input is left as ";
    const auto say = [](std::string_view text) {
        return ::write(STDERR_FILENO, text.data(), text.size()) >= 0;
    };
    if (written && !(say(kNote) && say(left_file) && say("\n"))) std::_Exit(1);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run() {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::vector<std::string> seeds_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<std::string> seeds;
    for (const fs::path& file : files) {
        std::ifstream in(file, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return seeds;
}

/// Makes new inputs of old ones. std::mt19937 gives the same numbers everywhere.
class Mutator {
public:
    explicit Mutator(const std::vector<std::string>& seeds) : seeds_(seeds) {}

    std::string next() {
        std::string text = seeds_[below(seeds_.size())];
        for (std::size_t steps = 1 + below(4); steps > 0; --steps)
            change(text);
        text.resize(std::min(text.size(), kLongest));
        return text;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

    std::string some_of(const std::string& text) {
        const std::size_t from = below(text.size());
        return text.substr(from, 1 + below(32));
    }

    void change(std::string& text) {
        const std::size_t at = below(text.size());
        switch (below(6)) {
            case 0:
                if (!text.empty()) text[at] = static_cast<char>(random_());
                break;
            case 1:
                if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                break;
            case 2:
                text.erase(at, 1 + below(16));
                break;
            case 3:
                text.insert(at, some_of(text));
                break;
            case 4:
                text.insert(at, some_of(seeds_[below(seeds_.size())]));
                break;
            default:
                text.insert(at, 1 + below(3), static_cast<char>(random_()));
                break;
        }
    }

    const std::vector<std::string>& seeds_;
    std::mt19937 random_{2026};
};

}  // namespace

/// replay SEEDS [SECONDS]
int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const std::vector<std::string> seeds = seeds_in(argv[1]);
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds in %s\n", argv[1]);
        return 2;
    }
    left_file = "crash-" + fs::path(argv[0]).filename().string();
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL})
        std::signal(signal, leave_input);
    const std::chrono::duration<double> time(argc > 2 ? std::atof(argv[2]) : 1.0);
    const auto end = std::chrono::steady_clock::now() + time;
    std::size_t count = 0;
    for (const std::string& seed : seeds) {
        input = seed;
        run();
        ++count;
    }
    for (Mutator mutator(seeds); std::chrono::steady_clock::now() < end; ++count) {
        input = mutator.next();
        run();
    }
    std::printf("%zu inputs\n", count);
    return 0;
}
