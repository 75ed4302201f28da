#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace files {

/// Files in `folder` whose names fit a pattern such as "customers-*.csv", in the order of their
/// names. Hidden files, files still being written (".part") and what is no regular file are left
/// out.
std::vector<std::filesystem::path> matching_files(
    const std::filesystem::path& folder, const std::string& pattern
);

/// Text of an encoding that Poco knows as UTF-8, and back. Nothing when it is malformed, or has a
/// character that the encoding lacks.
std::optional<std::string> decoded(const std::string& bytes, const std::string& encoding);
std::optional<std::string> encoded(const std::string& text, const std::string& encoding);

/// The whole file without a byte order mark. Throws Failure (TRANSIENT) when it cannot be read.
std::string read_bytes(const std::filesystem::path& file);

/// Writes a file so that a reader sees the whole file or none: under another name, made durable,
/// then renamed. Throws Failure (TRANSIENT: nothing is there).
void write_bytes(const std::filesystem::path& file, const std::string& bytes);

/// Moves a file into a folder below its own; an older file of that name there keeps it.
void move_to(const std::filesystem::path& file, const std::string& folder);

/// "corrections-{utc}-{sequence}.csv" -> the first such name that no file in `folder` has.
std::filesystem::path free_name(
    const std::filesystem::path& folder, const std::string& pattern, std::int64_t unix_ms
);

}  // namespace files
