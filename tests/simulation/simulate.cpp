// `./dev simulate`: runs seeds and ends in one line of figures. Exit 1 when an invariant was
// broken.

#include "simulation/simulation.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace {

struct Options {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 1'000;
    bool trace = false;
    bool shrink = false;
};

bool read(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const bool has_value = i + 1 < argc;
        if (word == "--trace")
            options.trace = true;
        else if (word == "--shrink")
            options.shrink = true;
        else if (word == "--first-seed" && has_value)
            options.first_seed = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--seeds" && has_value)
            options.seeds = std::strtoull(argv[++i], nullptr, 10);
        else
            return false;
    }
    return options.seeds > 0;
}

/// Leaves out as many events of a failing seed as it can, and prints what is left of it.
void shrink(std::uint64_t seed) {
    using syncline::testing::Simulation;
    std::set<int> without;
    const auto fails = [&](const std::set<int>& dropped) {
        return !Simulation(seed, Simulation::Trace::HashOnly, dropped).run().violations.empty();
    };
    const int events = Simulation(seed).run().events;
    for (int size = events / 2; size > 0; size /= 2) {
        for (int at = 0; at < events; at += size) {
            std::set<int> fewer = without;
            for (int i = at; i < at + size; ++i)
                fewer.insert(i);
            if (fewer != without && fails(fewer)) without = std::move(fewer);
        }
    }
    const auto outcome = Simulation(seed, Simulation::Trace::Keep, without).run();
    for (const std::string& event : outcome.trace)
        std::printf("%s\n", event.c_str());
    for (const std::string& violation : outcome.violations)
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str());
    std::printf("%d of %d events are left\n", events - static_cast<int>(without.size()), events);
}

}  // namespace

int main(int argc, char** argv) {
    using syncline::testing::Simulation;
    using Clock = std::chrono::steady_clock;
    Options options;
    if (!read(argc, argv, options)) {
        std::fputs("usage: simulate [--first-seed N] [--seeds K] [--trace] [--shrink]\n", stderr);
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
        if (options.shrink && !outcome.violations.empty()) shrink(seed);
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
