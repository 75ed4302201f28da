// `./dev simulate`: runs seeds and ends in one line of figures. Exit 1 when an invariant was
// broken.

#include "simulation/simulation.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

struct Options {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 1'000;
    bool trace = false;
};

bool read(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const bool has_value = i + 1 < argc;
        if (word == "--trace")
            options.trace = true;
        else if (word == "--first-seed" && has_value)
            options.first_seed = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--seeds" && has_value)
            options.seeds = std::strtoull(argv[++i], nullptr, 10);
        else
            return false;
    }
    return options.seeds > 0;
}

}  // namespace

int main(int argc, char** argv) {
    using syncline::testing::Simulation;
    using Clock = std::chrono::steady_clock;
    Options options;
    if (!read(argc, argv, options)) {
        std::fputs("usage: simulate [--first-seed N] [--seeds K] [--trace]\n", stderr);
        return 2;
    }
    std::uint64_t edits = 0, faults = 0, violations = 0;
    double simulated = 0;
    const auto begun = Clock::now();
    for (std::uint64_t i = 0; i < options.seeds; ++i) {
        const std::uint64_t seed = options.first_seed + i;
        const auto trace = options.trace ? Simulation::Trace::Keep : Simulation::Trace::HashOnly;
        const auto outcome = Simulation(seed, trace).run();
        for (const std::string& event : outcome.trace)
            std::printf("%s\n", event.c_str());
        if (options.trace)
            std::printf(
                "seed %llu: trace %016llx\n",
                static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(outcome.trace_hash)
            );
        for (const std::string& violation : outcome.violations)
            std::printf(
                "seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str()
            );
        edits += outcome.edits;
        faults += outcome.faults;
        violations += outcome.violations.size();
        simulated += std::chrono::duration<double>(outcome.simulated).count();
    }
    const double real = std::chrono::duration<double>(Clock::now() - begun).count();
    std::printf(
        "%llu seeds, %llu edits, %llu faults, %llu violations, %.0f:1 simulated to real time, "
        "%.0f edits+faults per second\n",
        static_cast<unsigned long long>(options.seeds),
        static_cast<unsigned long long>(edits),
        static_cast<unsigned long long>(faults),
        static_cast<unsigned long long>(violations),
        simulated / real,
        static_cast<double>(edits + faults) / real
    );
    return violations == 0 ? 0 : 1;
}
