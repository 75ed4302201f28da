#include "store/sqlite/restore.hpp"

#include "app/commands/backup_text.hpp"
#include "app/commands/commands.hpp"
#include "app/exit_code.hpp"
#include "app/failpoint.hpp"
#include "app/hub_keys.hpp"
#include "app/hub_lock.hpp"
#include "app/log_file.hpp"
#include "app/root_key.hpp"
#include "base/fault.hpp"
#include "codec/configuration.hpp"
#include "model/catalogue.hpp"
#include "store/sqlite/backup.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

struct Options {
    std::string file;
    std::string keys;
    bool dry_run = false;
    bool yes = false;
    bool incomplete = false;
};

bool opens(const HubSetting& hub, Clock& clock) {
    const auto root = root_key_of(hub);
    if (!root) return false;
    try {
        return vault::Vault::open(hub.store_folder, *root, hub.id, clock).has_value();
    } catch (const Fault&) {  // a keys.db that is no database is as good as lost
        return false;
    }
}

/// Old keys in place of newer ones would lose the customers that are newer than they.
Result<void> expect_keys_lost(const HubSetting& hub, Clock& clock) {
    if (!opens(hub, clock)) return {};
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        "--keys",
        "the hub has its keys, in " + hub.store_folder +
            ", and a copy may know fewer customers; leave --keys out. If these keys are not to be "
            "used, move keys.db away first"};
}

Error unopened_error(const Json& report) {
    std::string count;
    for (const Json& entry : report["unopened"])
        count += (count.empty() ? "" : ", ") + to_string(entry["customers"]) + " " +
                 entry["error"].get<std::string>();
    return {
        ErrorCode::KeyMissing,
        Remedy::Reject,
        report["file"].get<std::string>(),
        "customers cannot be opened with these keys (" + count +
            "), and nothing was restored. Give newer keys with --keys, or add --incomplete: the "
            "hub then sets these customers aside"};
}

std::string what_follows(const std::string& command) {
    return "What the hub did since then it does not know any more; what it wrote stays in the "
           "systems. So when it starts it reads every system and writes nothing. Then look at `" +
           command + " plan -o plan.json` and write it with `" + command +
           " apply plan.json`; or let it write by itself: `" + command +
           " quarantine retry` of the items that `status` names.\n";
}

/// Asks on a terminal; elsewhere --yes is needed.
bool is_confirmed(const Options& options, const std::string& text) {
    if (options.yes) return true;
    if (::isatty(STDIN_FILENO) == 0) {
        print_note(
            text + "syncline: nobody to ask here; add --yes to restore this without being asked"
        );
        return false;
    }
    std::fputs((text + "Restore it? [y/N] ").c_str(), stdout);
    std::fflush(stdout);
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

/// Above everything that the hub can have committed, so that it notices that it was put back.
Version mark_after(const store::BackupNote& note, Timestamp now) {
    const Version clock{static_cast<std::uint64_t>(to_unix_ms(now)) << 16U};
    return std::max(clock, Version{note.high_water.number + 1});
}

std::string done_text(const Json& document, const std::string& follows) {
    std::string text = document.contains("made_at")
                           ? "The hub is what it was at " + document["made_at"].get<std::string>()
                           : "The hub has its keys again";
    text += ".\n";
    for (const Json& file : document["replaced"])
        text += "What was there is in " + file.get<std::string>() + "\n";
    return text + follows;
}

Result<HubKeys> open_keys_to_restore(
    Session& session, const Options& options, const HubSetting& hub
) {
    Clock& clock = session.environment->clock;
    if (!options.keys.empty()) {
        if (auto lost = expect_keys_lost(hub, clock); !lost) return lost.error();
    }
    auto opened = open_keys(session.places(), options.keys, clock);
    if (opened || opened.error().code != ErrorCode::KeyMissing ||
        opened.error().where == hub.root_key.file)
        return opened;
    Error refused = opened.error();
    refused.detail =
        "the hub's own keys are not there; add --keys FILE, a copy that `backup --keys` made";
    return refused;
}

/// Everything that can be wrong is found here, before anything is asked or changed.
Result<Json> look(Session& session, const Options& options, const HubSetting& hub, Version& mark) {
    Clock& clock = session.environment->clock;
    if (options.file.empty() && options.keys.empty()) {
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            "restore",
            "name a backup; or, with --keys alone, a copy of the keys"};
    }
    SYNCLINE_TRY(HubKeys keys, open_keys_to_restore(session, options, hub));
    const bool is_data = !options.file.empty();
    const fs::path file = is_data ? fs::path(options.file) : fs::path(hub.store_folder) / "hub.db";
    SYNCLINE_TRY(
        const store::BackupReport report,
        is_data ? store::check_backup(file, keys.vault, clock)
                : store::check_hub(hub.store_folder, keys.vault, clock)
    );
    Json document = report_document(report, file);
    if (!is_data) {
        for (const char* key : {"made_at", "records", "links", "bytes"})
            document.erase(key);
    }
    if (!report.unopened.empty() && !options.incomplete) return unopened_error(document);
    mark = mark_after(report.note, clock.now());
    document["keys"] = options.keys.empty() ? Json(nullptr) : Json(options.keys);
    return document;
}

Result<int> restore(Session& session, const Options& options, Format format) {
    const Places places = session.places();
    SYNCLINE_TRY(
        const HubSetting hub, codec::read_configuration(places.folder, Catalogue::customer())
    );
    std::optional<HubLock> lock;
    if (!options.dry_run) {
        auto taken = HubLock::take(places.lock());
        if (!taken) {
            Error refused = taken.error();
            refused.detail += "; stop it, then restore";
            return refused;
        }
        lock.emplace(std::move(taken).value());
        store::finish_restore(hub.store_folder);
    }
    Version mark;
    SYNCLINE_TRY(Json document, look(session, options, hub, mark));
    const std::string text = checked_text(document);
    const std::string follows =
        options.file.empty() ? std::string() : what_follows(command_of(session));
    if (options.dry_run) {
        document["state"] = "not restored";
        print(document, format, text + "Nothing was restored.\n");
        return kDone;
    }
    if (!is_confirmed(options, text + follows)) return kUsage;
    store::Restoring order;
    order.folder = hub.store_folder;
    order.backup = options.file;
    order.keys = options.keys;
    order.stamp = to_file_stamp(session.environment->clock.now());
    order.reached = mark;
    if (auto point = failpoint_from_environment()) order.step = std::move(point);
    SYNCLINE_TRY(const std::vector<fs::path> replaced, store::restore(order));
    std::error_code none;
    fs::remove(places.verify_progress(), none);  // of what the hub does not know any more
    LogFile(places.log(), hub.log, session.environment->clock)
        .write(
            LogLevel::Warning,
            "hub_restored",
            {{"data", !options.file.empty()}, {"keys", !options.keys.empty()}}
        );
    document["state"] = "restored";
    document["replaced"] = Json::array();
    for (const fs::path& file : replaced)
        document["replaced"].push_back(file.string());
    print(document, format, done_text(document, follows));
    return kDone;
}

}  // namespace

void add_restore_command(CLI::App& app, Session& session) {
    CLI::App* command =
        app.add_subcommand("restore", "Put a backup in the place of the hub's data");
    const auto options = std::make_shared<Options>();
    command->add_option("file", options->file, "The backup; none: only the keys");
    command->add_option("--keys", options->keys, "Where the keys are lost too: a copy of them")
        ->type_name("FILE");
    command->add_flag("--dry-run", options->dry_run, "Only check the backup");
    command->add_flag(
        "--incomplete", options->incomplete, "Also when customers cannot be opened with these keys"
    );
    command->add_flag("-y,--yes", options->yes, "Do not ask");
    add_format(*command, session);
    command->callback([&session, options] {
        session.command = [&session, options] {
            const auto format = session.format();
            if (!format) return fail(format.error());
            const auto code = restore(session, *options, *format);
            return code ? *code : fail(code.error());
        };
    });
}

}  // namespace syncline::app
