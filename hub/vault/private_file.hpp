#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <filesystem>

namespace syncline::vault {

/// Makes `folder` and what is missing above it, durably; the folders made are for the current user
/// only (0700). Throws Fault when the machine refuses.
void make_private_folder(const std::filesystem::path& folder);

/// Writes a file that does not exist yet, with this mode, and makes it durable before it returns.
/// ConfigInvalid when there is one: keys are never overwritten. Throws Fault when the machine
/// refuses; then there is none.
Result<void> create_private_file(
    const std::filesystem::path& file, unsigned mode, ByteView content
);

/// For what was created a moment ago and cannot be used.
void remove_private_file(const std::filesystem::path& file) noexcept;

/// Reads a whole file of at most `limit` bytes. KeyMissing: there is none. ConfigInvalid: it
/// belongs to somebody else, others may read it, or it is longer.
Result<Bytes> read_private_file(const std::filesystem::path& file, std::size_t limit);

}  // namespace syncline::vault
