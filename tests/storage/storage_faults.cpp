// `./dev storage-faults`: loses power at many points and ends in one line of figures. Exit 1 when
// something that was acknowledged is lost.

#include "storage/power_loss.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using syncline::testing::PowerLossOutcome;

struct Options {
    std::uint64_t first_seed = 1;
    std::uint64_t points = 1'000'000;
    std::uint64_t processes = 2;
};

bool read(int argc, char** argv, Options& options) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view word = argv[i];
        const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
        if (word == "--first-seed")
            options.first_seed = value;
        else if (word == "--points")
            options.points = value;
        else if (word == "--processes")
            options.processes = value;
        else
            return false;
    }
    return argc % 2 == 1 && options.points > 0 && options.processes > 0;
}

/// Seeds `first`, `first + step`, … of 5,000 points each, until there are enough.
int lose_power(std::uint64_t first, std::uint64_t step, std::uint64_t points) {
    constexpr std::uint64_t kPointsOfASeed = 5'000;
    PowerLossOutcome sum;
    const auto begun = std::chrono::steady_clock::now();
    for (std::uint64_t seed = first; sum.points < points; seed += step) {
        const auto outcome =
            syncline::testing::lose_power(seed, std::min(kPointsOfASeed, points - sum.points));
        sum.points += outcome.points;
        sum.operations += outcome.operations;
        sum.acknowledged += outcome.acknowledged;
        sum.lost += outcome.lost;
        sum.damaged += outcome.damaged;
        for (const std::string& finding : outcome.findings)
            std::printf("seed %llu, %s\n", static_cast<unsigned long long>(seed), finding.c_str());
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf(
        "%llu points of power loss in hubs of %llu operations, %llu lost, %llu damaged, %.0f "
        "points "
        "per second\n",
        static_cast<unsigned long long>(sum.points),
        static_cast<unsigned long long>(sum.operations),
        static_cast<unsigned long long>(sum.lost),
        static_cast<unsigned long long>(sum.damaged),
        static_cast<double>(sum.points) / took.count()
    );
    std::fflush(stdout);
    return sum.lost + sum.damaged == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!read(argc, argv, options)) {
        std::fputs("usage: storage_faults [--points N] [--first-seed S] [--processes P]\n", stderr);
        return 2;
    }
    std::vector<pid_t> children;
    for (std::uint64_t i = 0; i < options.processes; ++i) {
        const pid_t child = ::fork();
        if (child < 0) return 2;
        if (child == 0) {
            const std::uint64_t share =
                options.points / options.processes + (i < options.points % options.processes);
            return lose_power(options.first_seed + i, options.processes, share);
        }
        children.push_back(child);
    }
    int code = 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) code = 1;
    }
    return code;
}
