#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::sandbox {

/// Who may read a file that the sandbox writes.
enum class FileAccess : std::uint8_t { Everyone, OwnerOnly };

/// Writes the whole file or nothing: a reader never sees half of it. Fault when the disk refuses.
void write_atomically(const std::filesystem::path& file, std::string_view text, FileAccess access);
/// The file's text without white space at its ends; nothing when there is no such file.
std::optional<std::string> read_trimmed(const std::filesystem::path& file);

}  // namespace syncline::sandbox
