#pragma once

#include "bench/measures.hpp"

#include <filesystem>
#include <string>

namespace syncline::bench {

/// Which packages the comparison lacks, as apt-get takes them; "" when all are there.
std::string missing_for_peers(bool with_bucardo);

/// Edits in two PostgreSQL databases at once, of which some are to the same field on both sides,
/// carried by the hub and, unless it is left out, by Bucardo: one after the other on one server, in
/// `sizes.peer_rounds` rounds. Throws when edits are lost.
void measure_peers(
    const Sizes& sizes, bool with_bucardo, const std::filesystem::path& folder, Figures& figures
);

}  // namespace syncline::bench
