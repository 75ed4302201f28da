#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <filesystem>

/// Copies of the keys: keys.db with the keyring beside it in one file. Without the root key, which
/// is never in it, nothing in the file can be used.
namespace syncline::vault {

/// How many bytes a copy takes, about. KeyMissing when there is no keys.db.
Result<std::uint64_t> size_of_keys(const std::filesystem::path& folder);

/// Copies the keys of `folder` into an empty file, beside a hub that runs. Keys that nobody was
/// given yet are marked as given in the copy: the hub goes on to give them out, and no key is given
/// out twice after the copy was put back (docs/decisions/0003-data-keys.md). Returns how many data
/// keys there are.
Result<std::uint64_t> copy_keys(
    const std::filesystem::path& folder, const std::filesystem::path& empty_file
);

/// The keyring in a copy of the keys. NotFound: no such file; PayloadMalformed: it is no such copy,
/// or is damaged.
Result<Bytes> keyring_of_copy(const std::filesystem::path& copy);

/// Makes the keys.db and the keyring out of a copy, as two files that do not exist yet.
/// @pre keyring_of_copy() has a keyring
void unpack_keys(
    const std::filesystem::path& copy,
    const std::filesystem::path& keys_file,
    const std::filesystem::path& keyring_file
);

}  // namespace syncline::vault
