#pragma once

#include "base/result.hpp"
#include "base/version.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::store {

/// What is put back, and where.
struct Restoring {
    std::filesystem::path folder;  ///< of hub.db; made when it is missing
    std::filesystem::path backup;  ///< empty: hub.db stays, and only the keys are put back
    std::filesystem::path keys;    ///< a copy of the keys; empty: the folder's own stay
    std::string stamp;             ///< a replaced file becomes NAME.replaced-STAMP
    /// What the hub has come to at least; by it, it will know that hub.db was put back.
    Version reached;
    /// Told before each step, by name: a test dies there.
    std::function<void(std::string_view step)> step = [](std::string_view) {};
};

/// Replaces hub.db, and keys.db and keyring with a copy of the keys, by what backups hold. The new
/// files are made beside and durable before the first old one is moved away; from then on a restore
/// that is cut off has to be finished, and can be. Returns the replaced files under their new
/// names. NoRoom: nothing was changed. Throws Fault when the machine refuses.
/// @pre check_backup() found nothing wrong, the lock of the hub is held, nobody has the files open
Result<std::vector<std::filesystem::path>> restore(const Restoring& order);

/// Whether a restore was cut off after its first step: the files of the folder do not belong
/// together before finish_restore().
bool is_restore_unfinished(const std::filesystem::path& folder);
/// Goes on where one was cut off; nothing otherwise. Throws Fault when the machine refuses.
/// @pre the lock of the hub is held
void finish_restore(const std::filesystem::path& folder);

}  // namespace syncline::store
