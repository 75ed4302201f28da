#include "store/sqlite/backup.hpp"

#include "app/commands/backup_text.hpp"
#include "app/commands/commands.hpp"
#include "app/exit_code.hpp"
#include "app/hub_keys.hpp"
#include "app/root_key.hpp"
#include "vault/key_backup.hpp"
#include "vault/part_file.hpp"
#include "vault/private_file.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

struct Options {
    std::string target;
    std::string keys;
    bool replace = false;
};

/// "hub-20261125T115513Z.db" in a folder, or the file that was named.
fs::path file_for(const std::string& target, const char* name, Timestamp now) {
    std::error_code none;
    if (!fs::is_directory(target, none)) return target;
    return fs::path(target) / (std::string(name) + "-" + to_file_stamp(now) + ".db");
}

bool is_same_disk(const fs::path& one, const fs::path& other) {
    struct stat first {
    }, second{};
    return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev;
}

/// A copy of the keys in a file of its own. After that of the data: so every key that the data
/// needs is in it.
Result<Json> back_up_keys(const HubSetting& hub, const fs::path& file, vault::Existing existing) {
    std::error_code none;
    if (existing == vault::Existing::Replaced && fs::exists(file, none) &&
        !vault::keyring_of_copy(file)) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            file.string(),
            "this is no copy of the keys, and only such are replaced; name another file"};
    }
    SYNCLINE_TRY(const std::uint64_t room, vault::size_of_keys(hub.store_folder));
    SYNCLINE_TRY(vault::PartFile part, vault::PartFile::create(file, existing, room));
    SYNCLINE_TRY(const std::uint64_t count, vault::copy_keys(hub.store_folder, part.path()));
    const std::uint64_t bytes = fs::file_size(part.path());
    part.publish();
    return Json{{"file", fs::absolute(file).string()}, {"data_keys", count}, {"bytes", bytes}};
}

void give_advice(const Session& session, const HubSetting& hub, const Json& made) {
    const fs::path file = made["file"].get<std::string>();
    if (is_same_disk(file, hub.store_folder))
        print_note("syncline: the backup is on the disk of the hub; copy it to another one");
    if (made["keys"].is_null()) {
        print_note(
            "syncline: the keys are not in the backup, so that whoever finds it reads no customer. "
            "It opens with " +
            root_key_text(hub) + ", and with data keys that `" + command_of(session) +
            " backup --keys FILE` copies into a file of their own; keep each of the three elsewhere"
        );
    } else if (file.parent_path() == fs::path(made["keys"]["file"].get<std::string>()).parent_path()) {
        print_note(
            "syncline: backup and keys lie in one folder; keep them apart, and " +
            root_key_text(hub) + " from both: who has all three reads every customer"
        );
    }
}

Result<int> back_up(Session& session, const Options& options, Format format) {
    Clock& clock = session.environment->clock;
    SYNCLINE_TRY(const HubKeys keys, open_keys(session.places(), {}, clock));
    const Timestamp now = clock.now();
    std::string target = options.target;
    if (target.empty()) {
        target = (session.places().folder / "backups").string();
        vault::make_private_folder(target);
    }
    const auto existing = options.replace ? vault::Existing::Replaced : vault::Existing::Refused;
    const fs::path file = fs::absolute(file_for(target, "hub", now));
    const fs::path keys_file =
        options.keys.empty() ? fs::path() : fs::absolute(file_for(options.keys, "keys", now));
    if (keys_file.lexically_normal() == file.lexically_normal()) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            "--keys",
            "data and keys are never in one file; name another one"};
    }
    SYNCLINE_TRY(
        const store::BackupNote note,
        store::back_up(keys.hub.store_folder, file, existing, keys.vault, clock)
    );
    Json made = note_document(note, file);
    made["keys"] = nullptr;
    if (!keys_file.empty()) {
        SYNCLINE_TRY(made["keys"], back_up_keys(keys.hub, keys_file, existing));
    }
    print(made, format, backup_text(made));
    if (!session.quiet) give_advice(session, keys.hub, made);
    return kDone;
}

Result<int> verify(
    Session& session, const std::string& file, const std::string& keys_file, Format format
) {
    Clock& clock = session.environment->clock;
    SYNCLINE_TRY(HubKeys keys, open_keys(session.places(), keys_file, clock));
    SYNCLINE_TRY(const store::BackupReport report, store::check_backup(file, keys.vault, clock));
    const Json document = report_document(report, file);
    print(document, format, checked_text(document));
    return report.unopened.empty() ? kDone : kRecordsInError;
}

int with_format(Session& session, const std::function<Result<int>(Format)>& action) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto done = action(*format);
    return done ? *done : fail(done.error());
}

}  // namespace

void add_backup_commands(CLI::App& app, Session& session) {
    CLI::App* backup =
        app.add_subcommand("backup", "Copy the hub's data into one file, also while the hub runs");
    const auto options = std::make_shared<Options>();
    backup->add_option("target", options->target, "A file, or a folder; backups/ of the hub");
    backup->add_option("--keys", options->keys, "Copy the keys too, into this other file or folder")
        ->type_name("FILE");
    backup->add_flag("--replace", options->replace, "Replace files that exist");
    add_format(*backup, session);
    backup->callback([&session, backup, options] {
        if (!backup->get_subcommands().empty()) return;
        session.command = [&session, options] {
            return with_format(session, [&](Format format) {
                return back_up(session, *options, format);
            });
        };
    });

    CLI::App* check = backup->add_subcommand("verify", "Whether a backup is whole and opens");
    const auto file = std::make_shared<std::string>();
    const auto keys = std::make_shared<std::string>();
    check->add_option("file", *file, "The backup")->required();
    check->add_option("--keys", *keys, "Open it with this copy of the keys")->type_name("FILE");
    add_format(*check, session);
    check->callback([&session, file, keys] {
        session.command = [&session, file, keys] {
            return with_format(session, [&](Format format) {
                return verify(session, *file, *keys, format);
            });
        };
    });
}

}  // namespace syncline::app
