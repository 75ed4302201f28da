#pragma once

#include "codec/json.hpp"
#include "store/sqlite/backup.hpp"

#include <filesystem>
#include <string>

namespace syncline::app {

/// What a backup says of itself, as documents show it.
codec::Json note_document(const store::BackupNote& note, const std::filesystem::path& file);
/// The same with what opening its rows showed.
codec::Json report_document(const store::BackupReport& report, const std::filesystem::path& file);

/// The lines of `backup`, for people.
std::string backup_text(const codec::Json& made);
/// The lines of `backup verify`.
std::string checked_text(const codec::Json& report);

}  // namespace syncline::app
