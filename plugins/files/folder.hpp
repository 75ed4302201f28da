#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace files {

/// Files in `folder` whose names fit a pattern such as "customers-*.csv", in the order of their names.
/// Hidden files and files still being written (".part") are left out.
std::vector<std::filesystem::path> matching_files(
    const std::filesystem::path& folder, const std::string& pattern
);

/// The whole file in UTF-8, without a byte order mark. Throws Failure (TRANSIENT) when it cannot be
/// read.
std::string read_text(const std::filesystem::path& file, const std::string& encoding);

/// Writes text so that a reader sees the whole file or none: under another name, made durable, then
/// renamed. Throws Failure (TRANSIENT: nothing is there).
void write_text(
    const std::filesystem::path& file, const std::string& text, const std::string& encoding
);

/// Moves a file into a folder below its own; an older file of that name there keeps it.
void move_to(const std::filesystem::path& file, const std::string& folder);

/// "corrections-{utc}-{sequence}.csv" -> the first such name that no file in `folder` has.
std::filesystem::path free_name(
    const std::filesystem::path& folder, const std::string& pattern, std::int64_t unix_ms
);

}  // namespace files
