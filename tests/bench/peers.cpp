#include "bench/peers.hpp"

#include "bench/bucardo.hpp"
#include "bench/edited_pair.hpp"
#include "bench/percentile.hpp"
#include "bench/syncline_peer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;
using testing::PostgresqlServer;

/// A program with the databases that it keeps equal, and what it took.
struct Contestant {
    std::unique_ptr<EditedPair> pair;
    std::unique_ptr<Peer> peer;
    double wall_seconds = 0;
    double cpu_seconds = 0;         ///< of the program
    double server_cpu_seconds = 0;  ///< of PostgreSQL meanwhile, edits and triggers included
    std::size_t rows = 0;
    Outcome outcome;  ///< of the last round
    std::size_t kept = 0;
    std::vector<double> latencies;

    double rows_per_second() const { return static_cast<double>(rows) / wall_seconds; }
    double cpu_us_each() const {
        return (cpu_seconds + server_cpu_seconds) / static_cast<double>(rows) * 1e6;
    }
};

double seconds_since(Steady::time_point begun) {
    return std::chrono::duration<double>(Steady::now() - begun).count();
}

/// Waits until the program has done what it does behind the edits: it reads its own writes, tidies
/// up. It is quiet when it takes less than 5 % of a core for a second.
void wait_until_quiet(const Peer& peer) {
    constexpr int kPatience = 60;
    for (int second = 0; second < kPatience; ++second) {
        const double before = peer.cpu_now();
        std::this_thread::sleep_for(std::chrono::seconds(1));
        if (peer.cpu_now() - before < 0.05) return;
    }
    throw std::runtime_error(peer.name() + " does not come to rest");
}

/// Looks seldom enough to take little from what is measured, and often enough to be a few percent
/// late at most.
void wait_until_equal(const Contestant& one, const Editing& editing, std::size_t round) {
    constexpr std::chrono::milliseconds kLeast{20};
    constexpr int kShare = 20;
    const auto begun = Steady::now();
    while (!one.pair->are_equal(editing, round)) {
        const auto waited = Steady::now() - begun;
        if (waited > std::chrono::minutes(10))
            throw std::runtime_error(one.peer->name() + ": the databases do not become equal");
        std::this_thread::sleep_for(std::max<Steady::duration>(kLeast, waited / kShare));
    }
}

void race(Contestant& one, const Editing& editing, std::size_t round) {
    one.peer->start();
    wait_until_quiet(*one.peer);
    const double cpu = one.peer->cpu_now();
    const double server_cpu = one.pair->server_cpu_now();
    const auto begun = Steady::now();
    const double editing_seconds = one.pair->edit(editing, round);
    wait_until_equal(one, editing, round);
    const double wall = seconds_since(begun);
    wait_until_quiet(*one.peer);
    one.wall_seconds += wall;
    one.rows += editing.rows();
    const double used = one.peer->cpu_now() - cpu;
    const double server_used = one.pair->server_cpu_now() - server_cpu;
    one.cpu_seconds += used;
    one.server_cpu_seconds += server_used;
    one.outcome = one.pair->outcome(editing, round);
    std::printf(
        "  %-9s equal after %6.2f s (the edits alone: %.2f s), %6.0f rows/s; "
        "CPU %6.2f s, and %5.2f s of PostgreSQL\n",
        one.peer->name().c_str(),
        wall,
        editing_seconds,
        static_cast<double>(editing.rows()) / wall,
        used,
        server_used
    );
    std::fflush(stdout);
    one.peer->stop();
}

/// Edits one by one, on either side in turn, and looks up who lost in the last round.
void ask_and_wait(Contestant& one, const Sizes& sizes, std::size_t first_number) {
    one.peer->start();
    wait_until_quiet(*one.peer);
    one.kept = one.peer->count_kept(one.outcome.lost);
    wait_until_quiet(*one.peer);
    for (std::size_t i = 0; i < sizes.peer_single_edits; ++i) {
        one.latencies.push_back(
            one.pair->edit_one(i % 2, i % sizes.peer_customers + 1, first_number + i)
        );
        // Not in step with whatever a program does regularly.
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 37 * i % 101));
    }
    one.peer->stop();
}

void report(const Contestant& one, Figures& figures) {
    const std::string name = one.peer->name();
    const std::string own = "peers/" + name + "/";
    const std::size_t conflicts = one.outcome.lost.size();
    figures[own + "rows_per_s"] = one.rows_per_second();
    figures[own + "wall_s"] = one.wall_seconds;
    figures[own + "cpu_s"] = one.cpu_seconds;
    figures[own + "postgresql_cpu_s"] = one.server_cpu_seconds;
    figures[own + "cpu_us"] = one.cpu_us_each();
    figures[own + "latency_p50_ms"] = 1e3 * percentile(one.latencies, 0.5);
    figures[own + "latency_p99_ms"] = 1e3 * percentile(one.latencies, 0.99);
    figures[own + "conflicts"] = static_cast<double>(conflicts);
    figures[own + "conflicts_first_stands"] = static_cast<double>(one.outcome.stand[0]);
    figures[own + "conflicts_second_stands"] = static_cast<double>(one.outcome.stand[1]);
    figures[own + "conflicts_kept"] = static_cast<double>(one.kept);
    std::printf(
        "  %-9s %.0f rows/s, %.0f us CPU each with PostgreSQL's; one edit: half within %.0f ms, 99 "
        "of 100 within %.0f ms\n"
        "            of %zu conflicts the first side stands in %zu, the second in %zu; what lost "
        "is "
        "on record of %zu\n"
        "            (%s)\n",
        name.c_str(),
        one.rows_per_second(),
        one.cpu_us_each(),
        figures[own + "latency_p50_ms"],
        figures[own + "latency_p99_ms"],
        conflicts,
        one.outcome.stand[0],
        one.outcome.stand[1],
        one.kept,
        one.peer->rule().c_str()
    );
    std::fflush(stdout);
}

template <class Program>
Contestant contestant(const std::string& name, const Sizes& sizes, const fs::path& folder) {
    Contestant made;
    made.pair = std::make_unique<EditedPair>(
        std::array<std::string, 2>{name + "_a", name + "_b"}, sizes.peer_customers
    );
    made.peer = std::make_unique<Program>(*made.pair, folder / name);
    return made;
}

}  // namespace

std::string missing_for_peers(bool with_bucardo) {
    std::string missing = PostgresqlServer::is_installed() ? "" : "postgresql";
    if (with_bucardo && !Bucardo::is_installed())
        missing += (missing.empty() ? "" : " ") + std::string(Bucardo::kPackages);
    return missing;
}

void measure_peers(
    const Sizes& sizes, bool with_bucardo, const fs::path& folder, Figures& figures
) {
    const Editing editing{sizes.peer_edits, sizes.peer_conflicts};
    std::printf(
        "%zu edits in each of two PostgreSQL databases of %zu customers, %zu of them to the same "
        "field on both sides, in transactions of %zu rows\n",
        editing.edits,
        sizes.peer_customers,
        editing.conflicting,
        editing.in_transaction
    );
    std::fflush(stdout);
    PostgresqlServer::wait_for_the_disk();
    std::vector<Contestant> all;
    if (with_bucardo) all.push_back(contestant<Bucardo>("bucardo", sizes, folder));
    all.push_back(contestant<SynclinePeer>("syncline", sizes, folder));
    for (std::size_t round = 0; round < sizes.peer_rounds; ++round) {
        for (Contestant& one : all)
            race(one, editing, round);
    }
    for (Contestant& one : all) {
        ask_and_wait(one, sizes, EditedPair::first_number_of(sizes.peer_rounds));
        report(one, figures);
    }
    const Contestant& hub = all.back();
    if (hub.kept != hub.outcome.lost.size())
        throw std::runtime_error("what lost a conflict is not on record");
    if (!with_bucardo) return;
    const Contestant& other = all.front();
    figures["vs_bucardo"] = hub.rows_per_second() / other.rows_per_second();
    figures["cpu_vs_bucardo"] = other.cpu_us_each() / hub.cpu_us_each();
    std::printf(
        "  %.3f of Bucardo's rows per second, %.3f by CPU time\n",
        figures["vs_bucardo"],
        figures["cpu_vs_bucardo"]
    );
}

}  // namespace syncline::bench
