#include "app/doctor.hpp"

#include "app/approval.hpp"
#include "app/configured_hub.hpp"
#include "app/hub_lock.hpp"
#include "codec/json.hpp"
#include "connect/manifest.hpp"
#include "connect/open_connection.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sys/stat.h>
#include <utility>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using State = Finding::State;
using codec::Json;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
constexpr std::uint64_t kRoomToWorry = 1024 * kMebibyte;
constexpr std::uint64_t kRoomToStop = 64 * kMebibyte;
constexpr std::chrono::hours kOldBackup{24 * 7};
constexpr std::chrono::minutes kClockMayLag{1};

Finding ok(std::string subject, std::string detail) {
    return {std::move(subject), State::Ok, std::move(detail), "", {}};
}

Finding warning(std::string subject, std::string detail, std::string remedy) {
    return {std::move(subject), State::Warning, std::move(detail), std::move(remedy), {}};
}

Finding failed(std::string subject, const Error& error, std::string remedy = "") {
    return {std::move(subject), State::Failed, error.detail, std::move(remedy), error};
}

std::string in_mebibytes(std::uint64_t bytes) {
    return std::to_string(bytes / kMebibyte) + " MiB";
}

bool is_open_to_others(const fs::path& place) {
    struct stat about {};
    constexpr mode_t kOthers = 077;
    return ::stat(place.c_str(), &about) == 0 && (about.st_mode & kOthers) != 0;
}

bool is_same_disk(const fs::path& a, const fs::path& b) {
    struct stat one {
    }, other{};
    return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 &&
           one.st_dev == other.st_dev;
}

/// Files that settings refer to as secrets.
void add_secret_files(const Json& json, const fs::path& base, std::vector<fs::path>& files) {
    if (!json.is_structured()) return;
    for (const auto& [key, value] : json.items()) {
        constexpr std::string_view kFile = "file:";
        const bool is_reference = json.is_object() && key == "$secret" && value.is_string();
        if (is_reference && value.get<std::string>().starts_with(kFile))
            files.push_back(
                (base / value.get<std::string>().substr(kFile.size())).lexically_normal()
            );
        else
            add_secret_files(value, base, files);
    }
}

class Doctor {
public:
    Doctor(const Places& places, Environment& environment, const Examination& examination)
        : places_(places), environment_(environment), examination_(examination) {}

    std::vector<Finding> examine() {
        look_at_connectors();
        auto read = ConfiguredHub::read(places_);
        if (!read) {
            found_.push_back(failed("configuration", read.error()));
            skip({"files", "secrets", "keys", "database", "disk", "clock", "backups", "waiting"});
            return std::move(found_);
        }
        configured_ = std::move(read).value();
        const std::size_t systems = hub().systems.size();
        found_.push_back(
            systems > 0 ? ok("configuration", "valid, with " + counted(systems, "system"))
                        : warning(
                              "configuration",
                              "valid, and no system is connected",
                              command() + " systems add"
                          )
        );
        look_at_files();
        look_at_secrets();
        look_at_disk();
        look_at_store();
        look_at_backups();
        look_at_process();
        if (examination_.asks_systems) look_at_systems();
        return std::move(found_);
    }

private:
    const HubSetting& hub() const { return configured_->setting(); }
    const std::string& command() const { return examination_.command; }
    std::string run(const std::string& words) const { return "`" + command() + " " + words + "`"; }

    void skip(const std::vector<std::string>& subjects) {
        for (const std::string& subject : subjects)
            found_.push_back({subject, State::Skipped, "", "", {}});
    }

    void look_at_connectors() {
        std::vector<Error> problems;
        const auto installed =
            connect::list_connectors(environment_.installation.connectors, problems);
        for (const Error& problem : problems)
            found_.push_back(failed("connectors", problem, "install " + problem.where + " again"));
        if (problems.empty())
            found_.push_back(ok("connectors", counted(installed.size(), "connector") + " installed")
            );
    }

    void look_at_files() {
        const fs::path data = hub().store_folder;
        std::error_code ignored;
        if (fs::exists(data, ignored) && is_open_to_others(data)) {
            found_.push_back(warning(
                "files", data.string() + " is open to other users", "chmod 700 " + data.string()
            ));
            return;
        }
        const std::string& key = hub().root_key.file;
        if (!key.empty() && fs::exists(key, ignored) && is_same_disk(key, data)) {
            found_.push_back(warning(
                "files",
                "the root key is on the disk of the data: whoever takes the disk reads everything",
                "keep it on another one and name it in \"keys\", or use a passphrase or a systemd "
                "credential"
            ));
            return;
        }
        found_.push_back(ok("files", "only this user reads the data; the root key is kept apart"));
    }

    void look_at_secrets() {
        std::vector<fs::path> files;
        for (const SystemSetting& system : hub().systems) {
            const auto settings = codec::parse_json(system.settings_json);
            if (settings) add_secret_files(*settings, fs::path(system.file).parent_path(), files);
        }
        constexpr std::string_view kFile = "file:";
        if (hub().root_key.passphrase.starts_with(kFile))
            files.emplace_back(hub().root_key.passphrase.substr(kFile.size()));
        std::vector<std::string> open;
        for (const fs::path& file : files) {
            if (is_open_to_others(file)) open.push_back(file.string());
        }
        if (!open.empty())
            found_.push_back(warning(
                "secrets",
                "other users read " + listed(open),
                "chmod 600, or use { \"$secret\": \"credential:NAME\" }"
            ));
        else
            found_.push_back(
                ok("secrets",
                   files.empty() ? "no file holds one"
                                 : counted(files.size(), "file") + ", none open to others")
            );
    }

    void look_at_disk() {
        std::error_code unknown;
        const fs::path data = hub().store_folder;
        const fs::space_info space = fs::space(fs::exists(data) ? data : places_.folder, unknown);
        if (unknown) {
            found_.push_back(warning("disk", "its room is not known: " + unknown.message(), ""));
            return;
        }
        const std::string room = in_mebibytes(space.available) + " are free";
        if (space.available < kRoomToStop) {
            found_.push_back(failed(
                "disk",
                {ErrorCode::NoRoom, Remedy::Retry, data.string(), room},
                "make room: the hub stops before it writes when there is none"
            ));
        } else if (space.available < kRoomToWorry) {
            found_.push_back(warning("disk", room, "make room"));
        } else {
            found_.push_back(ok("disk", room));
        }
    }

    /// A damaged database is not opened any further: whatever it says may be wrong, or end here.
    void look_at_store() {
        const fs::path data = hub().store_folder;
        if (const auto whole = store::expect_whole_database(data); !whole) {
            found_.push_back(
                failed("database", whole.error(), run("restore FILE") + ", of a backup")
            );
            skip({"keys", "clock", "waiting"});
            return;
        }
        auto opened = Workspace::open(places_, Opening::Reader, environment_.clock);
        if (!opened) {
            found_.push_back(failed("keys", opened.error()));
            skip({"database", "clock", "waiting"});
            return;
        }
        Workspace& workspace = **opened;
        found_.push_back(ok("keys", "the root key opens them"));
        const store::Counts counts = workspace.store().counts();
        found_.push_back(
            ok("database",
               "whole; " + counted(counts.records, "record") + ", " + counted(counts.links, "link"))
        );
        look_at_clock(workspace);
        look_at_what_waits(workspace);
    }

    void look_at_clock(Workspace& workspace) {
        const Timestamp last = from_unix_ms(workspace.vault().reached().unix_ms());
        const Timestamp now = environment_.clock.now();
        if (last <= now + kClockMayLag) {
            found_.push_back(ok("clock", "it is " + to_rfc3339(now)));
            return;
        }
        found_.push_back(failed(
            "clock",
            {ErrorCode::ClockImplausible,
             Remedy::Stop,
             "",
             "it says " + to_rfc3339(now) + ", and the hub was at work at " + to_rfc3339(last)},
            "set the machine's clock, best by NTP"
        ));
    }

    void look_at_what_waits(Workspace& workspace) {
        const store::Counts counts = workspace.store().counts();
        std::vector<std::string> waits, remedies;
        const auto note = [&](std::uint64_t count, const char* what, const char* words) {
            if (count == 0) return;
            waits.push_back(counted(count, what));
            remedies.push_back(run(words));
        };
        note(counts.conflicts_open, "conflict", "conflicts list");
        note(counts.reviews_open, "review", "reviews list");
        note(counts.quarantined, "item in quarantine", "quarantine list --group");
        if (waits.empty())
            found_.push_back(ok("waiting", "nothing waits for a person"));
        else
            found_.push_back(warning("waiting", listed(waits), listed(remedies)));
    }

    /// The newest backup in the folder where they are made without being told otherwise.
    void look_at_backups() {
        const fs::path folder = places_.folder / "backups";
        std::error_code none;
        std::optional<fs::file_time_type> newest;
        for (const auto& entry : fs::directory_iterator(folder, none)) {
            const auto written = entry.last_write_time(none);
            const bool is_backup = entry.path().extension() == ".db" &&
                                   entry.path().filename().string().starts_with("hub-");
            if (!none && is_backup && (!newest || written > *newest)) newest = written;
        }
        if (!newest) {
            found_.push_back(warning(
                "backups",
                "none in " + folder.string() + "; those elsewhere are not seen from here",
                run("backup")
            ));
            return;
        }
        const auto age = std::chrono::duration_cast<std::chrono::hours>(
            fs::file_time_type::clock::now() - *newest
        );
        const std::string text =
            "the newest is " +
            counted(static_cast<std::uint64_t>(std::max<std::int64_t>(age.count(), 0)), "hour") +
            " old";
        if (age > kOldBackup)
            found_.push_back(warning("backups", text, run("backup")));
        else
            found_.push_back(ok("backups", text));
    }

    void look_at_process() {
        const auto lock = HubLock::take(places_.lock());
        if (lock)
            found_.push_back(warning("process", "no hub runs here", run("run")));
        else
            found_.push_back(ok("process", "a hub runs here"));
    }

    void look_at_systems() {
        for (const sync::SystemRules& system : configured_->systems()) {
            NoLog log;
            const auto connection = connect::open_connection(
                *system.setting, environment_.installation, environment_.clock, log
            );
            const std::string subject = "system " + system.id().text();
            const std::string test = run("systems test " + system.id().text());
            std::vector<std::string> doubts;
            const TrialStep* trouble = nullptr;
            const std::vector<TrialStep> steps =
                try_system(system, configured_->fields(), *connection);
            for (const TrialStep& step : steps) {
                if (step.error && trouble == nullptr) trouble = &step;
                if (step.state == TrialStep::State::Warning) doubts.push_back(step.name);
            }
            if (trouble != nullptr)
                found_.push_back(failed(subject, *trouble->error, test));
            else if (!doubts.empty())
                found_.push_back(
                    warning(subject, "works, with remarks about " + listed(doubts), test)
                );
            else
                found_.push_back(
                    ok(subject, system.setting->observe ? "works, and is only observed" : "works")
                );
        }
    }

    const Places& places_;
    Environment& environment_;
    const Examination& examination_;
    std::unique_ptr<ConfiguredHub> configured_;
    std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> examine(
    const Places& places, Environment& environment, const Examination& examination
) {
    return Doctor(places, environment, examination).examine();
}

}  // namespace syncline::app
