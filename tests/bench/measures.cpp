#include "bench/measures.hpp"

#include "bench/bench_hub.hpp"
#include "bench/customers.hpp"
#include "bench/floor.hpp"
#include "bench/percentile.hpp"
#include "sandbox/sqlite.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

void print(const char* what, const Cost& cost) {
    std::printf(
        "  %-28s %8zu in %7.2f s, %7.2f s CPU, %7.1f us CPU each",
        what,
        cost.count,
        cost.wall_seconds,
        cost.cpu_seconds,
        cost.cpu_us_each()
    );
    if (cost.peak_rss_mb > 0)
        std::printf(", at most %lld MB", static_cast<long long>(cost.peak_rss_mb));
    std::printf("\n");
    std::fflush(stdout);
}

Cost mean(const Cost& one, const Cost& other) {
    Cost both = one;
    both.cpu_seconds = (one.cpu_seconds + other.cpu_seconds) / 2;
    both.wall_seconds = (one.wall_seconds + other.wall_seconds) / 2;
    return both;
}

void heading(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

void expect_edited(
    const BenchHub& hub,
    const std::string& system,
    std::size_t edits,
    std::size_t customers,
    std::size_t salt
) {
    const std::size_t found = hub.count_edited(system, edits, customers, salt);
    if (found == edits) return;
    throw std::runtime_error(
        "system " + system + " has " + std::to_string(found) + " of " + std::to_string(edits) +
        " edits"
    );
}

/// Waits until the customer's row bears the number; seconds since `begun`.
double visible_after(
    sandbox::Statement& look, std::int64_t id, const std::string& phone, Steady::time_point begun
) {
    const std::string last = phone.substr(phone.size() - 7);
    for (;;) {
        look.bind(1, id);
        std::string held = look.step() ? look.text(0) : "";
        look.execute();
        std::erase(held, ' ');
        const double seconds = std::chrono::duration<double>(Steady::now() - begun).count();
        if (held.ends_with(last)) return seconds;
        if (seconds > 60) throw std::runtime_error("an edit did not arrive within a minute");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/// What an edit costs in a hub of so many customers.
struct AtSize {
    Cost edits;
    std::int64_t rss_mb = 0;
    double match_us = 0;
};

AtSize measure_at(std::size_t customers, const Sizes& sizes, const fs::path& folder) {
    BenchHub hub(folder);
    hub.add_system("a", customers);
    hub.add_system("b", customers);
    print("both systems taken in", hub.converge(2 * customers));
    AtSize found;
    const std::size_t edits = std::min(sizes.scale_edits, customers);
    hub.edit("a", edits, customers, 1);
    found.edits = hub.converge(edits);
    expect_edited(hub, "b", edits, customers, 1);
    print("edits", found.edits);
    {
        const auto running = hub.start();
        hub.edit("a", edits, customers, 2);
        const auto patience = Steady::now() + std::chrono::minutes(5);
        while (hub.count_edited("b", edits, customers, 2) < edits) {
            if (Steady::now() > patience) throw std::runtime_error("edits do not arrive");
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        found.rss_mb = running->rss_mb();
        running->stop(1);
    }
    const std::size_t matched = std::min(sizes.matched, customers);
    const Cost nothing = hub.converge(1);
    hub.add_system("c", matched);
    Cost look_ups = hub.converge(matched);
    look_ups.cpu_seconds -= nothing.cpu_seconds;
    print("records of a third system", look_ups);
    found.match_us = look_ups.cpu_us_each();
    std::printf("  running hub: %lld MB\n", static_cast<long long>(found.rss_mb));
    return found;
}

}  // namespace

void measure_import(const Sizes& sizes, const fs::path& folder, Figures& figures) {
    heading("Import of " + std::to_string(sizes.import) + " customers from SQL");
    Floor floor(folder / "floor.sqlite");
    const Cost before = floor.import(sizes.import);
    print("floor", before);
    BenchHub hub(folder / "import");
    hub.add_system("a", sizes.import);
    const Cost cost = hub.converge(sizes.import);
    print("hub and connector", cost);
    const Cost after = floor.import(sizes.import);
    print("floor", after);
    const double ratio = mean(before, after).cpu_us_each() / cost.cpu_us_each();
    std::printf(
        "  %.2f of the floor; %.0f bytes stored for each customer\n",
        ratio,
        static_cast<double>(hub.stored_bytes()) / static_cast<double>(sizes.import)
    );
    figures["import_vs_floor"] = ratio;
    figures["import_us"] = cost.cpu_us_each();
    figures["import_floor_us"] = mean(before, after).cpu_us_each();
    figures["import_rss_mb"] = static_cast<double>(cost.peak_rss_mb);
}

void measure_propagation(const Sizes& sizes, const fs::path& folder, Figures& figures) {
    heading(
        std::to_string(sizes.edits) + " edits of " + std::to_string(sizes.customers) +
        " customers, propagated to three systems"
    );
    BenchHub hub(folder / "propagation");
    for (const char* system : {"a", "b", "c", "d"})
        hub.add_system(system, sizes.customers);
    print("the four taken in", hub.converge(4 * sizes.customers));
    Floor floor(folder / "floor.sqlite");
    floor.import(sizes.customers);
    const Cost before = floor.edit(sizes.customers, sizes.edits);
    print("floor", before);
    hub.edit("a", sizes.edits, sizes.customers, 1);
    const Cost cost = hub.converge(sizes.edits);
    print("hub and connectors", cost);
    for (const char* system : {"b", "c", "d"})
        expect_edited(hub, system, sizes.edits, sizes.customers, 1);
    const Cost after = floor.edit(sizes.customers, sizes.edits);
    print("floor", after);
    const double ratio = mean(before, after).cpu_us_each() / cost.cpu_us_each();
    std::printf("  %.3f of the floor\n", ratio);
    figures["propagate_vs_floor"] = ratio;
    figures["propagate_us"] = cost.cpu_us_each();
    figures["propagate_floor_us"] = mean(before, after).cpu_us_each();
}

void measure_latency(const Sizes& sizes, const fs::path& folder, Figures& figures) {
    constexpr std::size_t kCustomers = 1'000;
    heading("From an edit in one system until it is seen in the other, in a running hub");
    BenchHub hub(folder / "latency");
    hub.add_system("a", kCustomers);
    hub.add_system("b", kCustomers);
    hub.converge(2 * kCustomers);
    const auto running = hub.start();
    sandbox::Database from(hub.database("a"));
    sandbox::Database to(hub.database("b"));
    auto change = from.prepare("UPDATE customers SET phone = ? WHERE id = ?");
    auto look = to.prepare("SELECT phone FROM customers WHERE id = ?");
    std::vector<double> seconds;
    for (std::size_t i = 0; i < sizes.single_edits; ++i) {
        const auto id = static_cast<std::int64_t>(i % kCustomers + 1);
        const std::string phone = other_phone(static_cast<std::int64_t>(i));
        change.bind(1, phone).bind(2, id);
        const auto begun = Steady::now();
        change.execute();
        seconds.push_back(visible_after(look, id, phone, begun));
        // Not in step with whatever the hub does regularly.
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 37 * i % 101));
    }
    running->stop(1);
    figures["latency_p50_ms"] = 1e3 * percentile(seconds, 0.5);
    figures["latency_p99_ms"] = 1e3 * percentile(seconds, 0.99);
    std::printf(
        "  %zu edits: half within %.1f ms, 99 of 100 within %.1f ms\n",
        seconds.size(),
        figures["latency_p50_ms"],
        figures["latency_p99_ms"]
    );
}

void measure_scale(const Sizes& sizes, const fs::path& folder, Figures& figures) {
    struct Size {
        const char* name;
        std::size_t customers;
    };
    const Size all[] = {{"10k", sizes.small}, {"100k", sizes.middle}, {"1m", sizes.large}};
    for (const Size& size : all) {
        if (size.customers == 0) continue;
        heading("A hub of " + std::to_string(size.customers) + " customers");
        const AtSize found = measure_at(size.customers, sizes, folder / size.name);
        const std::string name = size.name;
        figures["rss_mb_" + name] = static_cast<double>(found.rss_mb);
        figures["edit_us_" + name] = found.edits.cpu_us_each();
        figures["match_us_" + name] = found.match_us;
        fs::remove_all(folder / size.name);
    }
    for (const std::string name : {"100k", "1m"}) {
        if (figures.contains("edit_us_" + name) && figures.contains("edit_us_10k"))
            figures["edit_cost_" + name + "_vs_10k"] =
                figures["edit_us_" + name] / figures["edit_us_10k"];
    }
}

}  // namespace syncline::bench
