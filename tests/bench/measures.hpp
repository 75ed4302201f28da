#pragma once

#include "bench/cost.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

namespace syncline::bench {

/// What is measured, and how much of it.
struct Sizes {
    std::size_t import = 100'000;         ///< customers taken in
    std::size_t customers = 10'000;       ///< of each of the four systems an edit goes through
    std::size_t edits = 10'000;           ///< made at once
    std::size_t single_edits = 300;       ///< made one by one in a running hub
    std::size_t small = 10'000;           ///< customers of the small hub,
    std::size_t middle = 100'000;         ///< of the middle one,
    std::size_t large = 0;                ///< and of the large one; 0: left out
    std::size_t scale_edits = 2'000;      ///< made in each of the three
    std::size_t matched = 5'000;          ///< new records that are customers of the middle hub
    std::size_t peer_customers = 20'000;  ///< in each of the two databases of a peer
    std::size_t peer_edits = 10'000;      ///< in each, at once
    std::size_t peer_conflicts = 1'000;   ///< of them to the same field in both
    std::size_t peer_rounds = 2;
    std::size_t peer_single_edits = 200;
};

/// Figures by their name, as `--json` writes them; "a/b" is member b of an object a.
using Figures = std::map<std::string, double>;

/// Each makes what it needs below `folder`, prints what it finds, and adds its figures. Throws when
/// the hub did not do what was asked of it.
void measure_import(const Sizes& sizes, const std::filesystem::path& folder, Figures& figures);
void measure_propagation(const Sizes& sizes, const std::filesystem::path& folder, Figures& figures);
void measure_latency(const Sizes& sizes, const std::filesystem::path& folder, Figures& figures);
/// Memory, and what an edit and a look-up cost, by the number of customers.
void measure_scale(const Sizes& sizes, const std::filesystem::path& folder, Figures& figures);

}  // namespace syncline::bench
