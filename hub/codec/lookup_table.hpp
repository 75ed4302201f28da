#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace syncline::codec {

/// Rows of remote and own text. Of those with one own text, the one that is written comes first.
using LookupTable = std::vector<std::pair<std::string, std::string>>;

/// Reads the file of a lens lookup: CSV whose first line is "remote,own" or "remote,own,primary",
/// or, with a name that ends in .json, an object of remote to own text
/// (docs/reference/lenses.md, lookup). ConfigInvalid, with the file and the line in `where`, for
/// one that cannot be read, for a remote text twice and for an own text twice without a primary.
Result<LookupTable> read_lookup_table(const std::filesystem::path& path);

}  // namespace syncline::codec
