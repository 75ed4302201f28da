#pragma once

#include "base/result.hpp"
#include "vault/sqlite.hpp"

#include <filesystem>

/// hub.db as a file.
namespace syncline::store {

std::filesystem::path database_in(const std::filesystem::path& folder);

/// Makes an empty file if there is none, for its owner only. Throws Fault when the machine refuses.
void create_for_owner(const std::filesystem::path& file);

/// Opens hub.db to look: not a byte of it is changed, whatever a crash left.
vault::sqlite::Database open_to_look(const std::filesystem::path& file);

/// PayloadMalformed, saying of what, when pages are damaged or rows name others that are not there.
Result<void> expect_whole(vault::sqlite::Database& database, const std::filesystem::path& file);

/// Copies a database into an empty file, within one read transaction: the copy is of one moment,
/// and who writes does not wait. Rows are copied and not pages, so that what is damaged does not
/// become a backup. Throws Fault when the machine refuses.
void copy_rows(vault::sqlite::Database& source, const std::filesystem::path& empty_file);

}  // namespace syncline::store
