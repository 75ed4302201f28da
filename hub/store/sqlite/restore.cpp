#include "store/sqlite/restore.hpp"

#include "base/fault.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/hub_file.hpp"
#include "vault/key_backup.hpp"
#include "vault/key_store.hpp"
#include "vault/part_file.hpp"
#include "vault/private_file.hpp"
#include "vault/sqlite.hpp"

#include <fstream>
#include <system_error>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;
using Step = std::function<void(std::string_view)>;

/// In the order in which they are replaced. The keys first: the mark in them must be there before
/// the hub.db that it is about.
constexpr const char* kNames[] = {"keyring", "keys.db", "hub.db"};
/// A log or journal that were left beside another database would be played into it.
constexpr const char* kSideFiles[] = {"-journal", "-wal", "-shm", ""};

/// Says that the staged files are complete: from here on the restore is finished, not given up.
fs::path marker_in(const fs::path& folder) {
    return folder / "restore.unfinished";
}
fs::path staged(const fs::path& folder, const char* name) {
    return folder / (std::string(name) + ".restored");
}
fs::path replaced(const fs::path& folder, const char* name, const std::string& stamp) {
    return folder / (std::string(name) + ".replaced-" + stamp);
}

bool is_there(const fs::path& file) {
    std::error_code none;
    return fs::exists(fs::symlink_status(file, none));
}

struct Marker {
    std::string stamp;
    Version reached;
};

Marker read_marker(const fs::path& folder) {
    Marker marker;
    std::ifstream in(marker_in(folder));
    if (!(in >> marker.stamp >> marker.reached.number))
        throw Fault("cannot read " + marker_in(folder).string());
    return marker;
}

Result<void> leave_marker(const fs::path& folder, const Marker& marker) {
    SYNCLINE_TRY(
        vault::PartFile part,
        vault::PartFile::create(marker_in(folder), vault::Existing::Refused, 0)
    );
    std::ofstream out(part.path());
    out << marker.stamp << ' ' << marker.reached.number << '\n';
    out.close();
    if (!out) throw Fault("cannot write " + part.path().string());
    part.publish();
    return {};
}

/// hub.db as the backup has it, without the note.
void stage_data(const fs::path& backup, const fs::path& file) {
    create_for_owner(file);
    {
        sqlite::Database source(backup, sqlite::OpenMode::ReadOnly);
        copy_rows(source, file);
    }
    {
        sqlite::Database copy(file, sqlite::OpenMode::ReadWrite);
        copy.set_journal_mode("off");
        copy.execute(std::string("DROP TABLE ") + kNoteTable);
    }
    vault::sync_file(file);
}

void stage_keys(const fs::path& copy, const fs::path& folder) {
    vault::unpack_keys(copy, staged(folder, "keys.db"), staged(folder, "keyring"));
    vault::sync_file(staged(folder, "keys.db"));
}

void move_away(const fs::path& folder, const char* name, const std::string& stamp) {
    for (const char* side : kSideFiles) {
        const fs::path file = folder / (std::string(name) + side);
        if (is_there(file))
            vault::move_durably(file, replaced(folder, name, stamp).string() + side);
    }
}

void finish(const fs::path& folder, const Step& step) {
    const Marker marker = read_marker(folder);
    for (const char* name : kNames) {
        if (!is_there(staged(folder, name))) continue;  // done, or not part of it
        if (std::string_view(name) == "hub.db") {
            step("restore.mark");
            vault::KeyStore::note_reached_in(folder / "keys.db", marker.reached);
        }
        step("restore.move");
        move_away(folder, name, marker.stamp);
        step("restore.place");
        vault::move_durably(staged(folder, name), folder / name);
    }
    step("restore.end");
    vault::remove_durably(marker_in(folder));
}

/// A stamp that no replaced file has yet.
std::string free_stamp(const fs::path& folder, const std::string& wanted) {
    std::string stamp = wanted;
    for (int number = 2;; ++number) {
        bool taken = false;
        for (const char* name : kNames)
            taken = taken || is_there(replaced(folder, name, stamp));
        if (!taken) return stamp;
        stamp = wanted + "-" + std::to_string(number);
    }
}

}  // namespace

Result<std::vector<fs::path>> restore(const Restoring& order) {
    const fs::path& folder = order.folder;
    vault::make_private_folder(folder);
    for (const char* name : kNames) {  // of one that was cut off before its marker
        for (const char* side : kSideFiles)
            vault::remove_private_file(staged(folder, name).string() + side);
    }
    std::uint64_t room = order.backup.empty() ? 0 : fs::file_size(order.backup);
    if (!order.keys.empty()) room += fs::file_size(order.keys);
    if (auto enough = vault::expect_room(folder, room); !enough) return enough.error();
    const Marker marker{free_stamp(folder, order.stamp), order.reached};
    order.step("restore.stage");
    if (!order.backup.empty()) stage_data(order.backup, staged(folder, "hub.db"));
    if (!order.keys.empty()) stage_keys(order.keys, folder);
    order.step("restore.marker");
    if (auto left = leave_marker(folder, marker); !left) return left.error();
    finish(folder, order.step);
    std::vector<fs::path> moved;
    for (const char* name : kNames) {
        if (is_there(replaced(folder, name, marker.stamp)))
            moved.push_back(replaced(folder, name, marker.stamp));
    }
    return moved;
}

bool is_restore_unfinished(const fs::path& folder) {
    return is_there(marker_in(folder));
}

void finish_restore(const fs::path& folder) {
    if (is_restore_unfinished(folder)) finish(folder, [](std::string_view) {});
}

}  // namespace syncline::store
