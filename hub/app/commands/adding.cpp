// `systems add`: from nothing to a system that is observed.

#include "app/approval.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/plan_text.hpp"
#include "app/configured_hub.hpp"
#include "app/dialog.hpp"
#include "app/exit_code.hpp"
#include "app/new_system.hpp"
#include "app/setting_files.hpp"
#include "app/settings_form.hpp"
#include "app/system_trial.hpp"
#include "codec/configuration.hpp"
#include "connect/manifest.hpp"
#include "connect/open_connection.hpp"
#include "model/catalogue.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

struct Options {
    std::string id;
    std::string title;
    std::string connector;
    std::vector<std::string> set;   ///< "database.sqlite=erp.db"
    std::vector<std::string> map;   ///< "phones.main.number=tel"
    std::vector<std::string> owns;  ///< "commercial.credit_limit"
    bool map_known = false;
    bool update = false, create = false, linked_only = false;
};

Error misused(std::string where, std::string detail) {
    return {ErrorCode::UsageInvalid, Remedy::Reject, std::move(where), std::move(detail)};
}

/// One run of the command: the answers so far, from options and from the person.
class Addition {
public:
    Addition(Session& session, const Options& options, HubSetting hub)
        : session_(session),
          options_(options),
          hub_(std::move(hub)),
          folder_(session.places().folder),
          asks_(Dialog::has_person()) {}

    /// Everything up to the files, with nothing written but secrets that were typed.
    Result<void> gather() {
        for (const auto step :
             {&Addition::name_it,
              &Addition::choose_connector,
              &Addition::fill_settings,
              &Addition::reach,
              &Addition::map_fields,
              &Addition::give_rights,
              &Addition::name_owned}) {
            if (auto done = (this->*step)(); !done) return done;
        }
        return {};
    }

    /// Writes the files; when the hub does not take them, hub.json is as before and the system's
    /// file is kept under another name.
    Result<void> write() {
        const std::string name = "systems/" + system_.id + ".json";
        const fs::path file = folder_ / name;
        const fs::path hub_file = folder_ / "hub.json";
        std::ifstream in(hub_file, std::ios::binary);
        const std::string before{
            std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        SYNCLINE_TRY(const std::string after, with_system(before, hub_, system_.id, name, owned_));
        if (auto done = write_new_file(file, system_file_text(system_)); !done) return done;
        auto done = after == before ? Result<void>() : replace_file(hub_file, after);
        if (done) {
            auto taken = ConfiguredHub::read(session_.places());
            if (taken) return {};
            done = taken.error();
        }
        if (after != before) {
            if (auto restored = replace_file(hub_file, before); !restored) return restored;
        }
        std::error_code failed;
        fs::rename(file, file.string() + ".draft", failed);
        Error refused = done.error();
        refused.detail += "\nthe file is kept as " + file.string() +
                          ".draft: mend it, and call it " + file.filename().string();
        return refused;
    }

    const NewSystem& system() const { return system_; }
    const std::vector<std::string>& owned() const { return owned_; }
    bool asks() const { return asks_; }
    std::string rung() const { return rung_for(hub_, system_.mapping); }

private:
    Result<void> name_it() {
        const auto refuse = [&](const std::string& answer) {
            return what_is_wrong_with_system(hub_, answer);
        };
        if (options_.id.empty()) {
            if (!asks_) return misused("NAME", "nobody to ask here; name the system");
            SYNCLINE_TRY(
                system_.id, dialog_.ask("Name of the system; it can never change", "", refuse)
            );
        } else {
            system_.id = options_.id;
            if (const std::string wrong = refuse(system_.id); !wrong.empty())
                return misused(system_.id, wrong);
        }
        system_.title = options_.title;
        if (system_.title.empty() && asks_) {
            SYNCLINE_TRY(system_.title, dialog_.ask("What people call it", system_.id));
        }
        if (system_.title.empty()) system_.title = system_.id;
        return {};
    }

    Result<void> choose_connector() {
        const fs::path& installed = session_.environment->installation.connectors;
        std::string name = options_.connector;
        if (name.empty()) {
            if (!asks_)
                return misused(
                    "--connector", "nobody to ask here; `syncline connectors list` shows them"
                );
            std::vector<Error> problems;
            std::vector<std::pair<std::string, std::string>> options;
            for (const connect::Manifest& manifest : connect::list_connectors(installed, problems))
                options.emplace_back(manifest.alias, manifest.title);
            SYNCLINE_TRY(name, dialog_.choose("What kind of system is it?", options));
        }
        SYNCLINE_TRY(manifest_, connect::find_connector(installed, name));
        system_.connector = manifest_.alias;
        return {};
    }

    Result<void> fill_settings() {
        for (const std::string& assignment : options_.set) {
            if (auto done = set_setting(system_.settings, manifest_.settings, assignment); !done)
                return done;
        }
        if (options_.set.empty() && asks_) {
            const KeepSecret keep = [&](const std::string& setting, const std::string& secret) {
                return keep_secret(setting, secret);
            };
            SYNCLINE_TRY(
                system_.settings, ask_settings(dialog_, manifest_.settings, "customer", keep)
            );
        }
        // A person names files from where they stand; the file starts from its own folder.
        for (const std::string& pointer : manifest_.path_settings) {
            const Json::json_pointer place(pointer);
            if (!system_.settings.contains(place) || !system_.settings[place].is_string()) continue;
            const fs::path given = system_.settings[place].get<std::string>();
            system_.settings[place] = fs::absolute(given).lexically_normal().string();
        }
        return {};
    }

    Result<std::string> keep_secret(const std::string& setting, const std::string& secret) {
        std::string name = system_.id + "." + setting.substr(setting.rfind('.') + 1);
        const fs::path file = folder_ / "secrets" / name;
        std::error_code failed;
        fs::remove(file, failed);  // of an earlier try
        if (auto done = write_new_file(file, secret + "\n"); !done) return done.error();
        fs::permissions(file.parent_path(), fs::perms::owner_all, failed);
        return "file:../secrets/" + name;
    }

    SystemSetting draft() const {
        SystemSetting setting;
        setting.id = SystemId{system_.id};
        setting.connector = system_.connector;
        setting.settings_json = codec::to_line(system_.settings);
        setting.default_country = hub_.default_country;
        setting.file = (folder_ / "systems" / (system_.id + ".json")).string();
        return setting;
    }

    /// Settings that do not reach it are asked for again.
    Result<void> reach() {
        for (;;) {
            const SystemSetting setting = draft();
            NoLog log;
            const auto connection = connect::open_connection(
                setting, session_.environment->installation, session_.environment->clock, log
            );
            auto reached = connection->check();
            if (reached) {
                auto can = connection->discover(setting.entity);
                if (can) {
                    can_ = *std::move(can);
                    if (asks_)
                        print_note(
                            "✓ the system answers, and has " +
                            counted(can_.fields.size(), "field") + " to map"
                        );
                    return {};
                }
                reached = can.error();
            }
            if (!asks_) return reached;
            print_note("✗ it is not reached:");
            print_error(reached.error());
            SYNCLINE_TRY(const bool again, dialog_.confirm("Try other settings?", true));
            if (!again) return reached;
            const KeepSecret keep = [&](const std::string& name, const std::string& secret) {
                return keep_secret(name, secret);
            };
            SYNCLINE_TRY(
                system_.settings, ask_settings(dialog_, manifest_.settings, "customer", keep)
            );
        }
    }

    Result<void> map_fields() {
        for (const std::string& pair : options_.map) {
            const std::size_t at = pair.find('=');
            if (at == std::string::npos || at == 0 || at + 1 == pair.size())
                return misused("--map " + pair, "a field is mapped as FIELD=REMOTE");
            if (auto added = add_field(pair.substr(0, at), pair.substr(at + 1)); !added)
                return added;
        }
        if (options_.map_known) add_known();
        if (options_.map.empty() && !options_.map_known && asks_) {
            if (auto asked = ask_mapping(); !asked) return asked;
        }
        if (!system_.mapping.empty()) return {};
        return misused(
            "--map",
            "no field is mapped; map some with --map FIELD=REMOTE, or with --map-known those whose "
            "names say what they are"
        );
    }

    bool is_taken(const std::string& field) const {
        return std::any_of(
            system_.mapping.begin(),
            system_.mapping.end(),
            [&](const ProposedField& entry) { return entry.field == field; }
        );
    }

    Result<void> add_field(const std::string& field, const std::string& remote) {
        if (const std::string wrong = what_is_wrong_with_field(field); !wrong.empty())
            return misused("--map " + field, wrong);
        const auto found =
            std::find_if(can_.fields.begin(), can_.fields.end(), [&](const auto& it) {
                return it.name == remote;
            });
        ProposedField entry{field, remote, usual_lens(field), true};
        if (found != can_.fields.end()) entry.is_writable = found->writable;
        system_.mapping.push_back(std::move(entry));
        return {};
    }

    void add_known() {
        const auto is_mapped = [&](const std::string& remote) {
            return std::any_of(
                system_.mapping.begin(),
                system_.mapping.end(),
                [&](const ProposedField& entry) { return entry.remote == remote; }
            );
        };
        for (ProposedField& proposed : propose_mapping(can_)) {
            if (!is_taken(proposed.field) && !is_mapped(proposed.remote))
                system_.mapping.push_back(std::move(proposed));
        }
    }

    std::string what_is_wrong_with_field(const std::string& field) const {
        const Catalogue& catalogue = Catalogue::customer();
        if (catalogue.leaf(field) != nullptr)
            return is_taken(field) ? "another field is mapped to this one already" : "";
        const std::string near = catalogue.suggestion(field);
        return "the record has no field \"" + field + "\"" +
               (near.empty() ? "; see docs/reference/customer.md"
                             : "; did you mean \"" + near + "\"?");
    }

    Result<void> ask_mapping() {
        if (can_.fields.empty())
            return misused(
                system_.connector,
                "this connector does not know the fields of its system; name them with --map "
                "FIELD=REMOTE"
            );
        print_note(
            "What is each field? Enter takes the proposal in brackets, - leaves the field out."
        );
        for (const connect::Capabilities::RemoteField& remote : can_.fields) {
            auto proposed = propose_field(remote);
            const bool is_free = proposed && !is_taken(proposed->field);
            SYNCLINE_TRY(
                const std::string answer,
                dialog_.ask(
                    "  " + remote.name + (remote.writable ? "" : " (cannot be written)"),
                    is_free ? proposed->field : "-",
                    [&](const std::string& field) {
                        return field == "-" ? "" : what_is_wrong_with_field(field);
                    }
                )
            );
            if (answer == "-") continue;
            system_.mapping.push_back({answer, remote.name, usual_lens(answer), remote.writable});
        }
        return {};
    }

    Result<void> give_rights() {
        system_.rights.update = options_.update;
        system_.rights.create = options_.create;
        system_.linked_only = options_.linked_only;
        if (!asks_ || options_.update || options_.create || !can_.can_write) return {};
        SYNCLINE_TRY(
            system_.rights.update, dialog_.confirm("May the hub change its records?", true)
        );
        if (!system_.rights.update) return {};
        SYNCLINE_TRY(
            system_.rights.create,
            dialog_.confirm("May the hub make records there, of customers it does not know?", false)
        );
        system_.linked_only = !system_.rights.create;
        return {};
    }

    std::string what_is_wrong_with_owned(const std::vector<std::string>& owned) const {
        for (const std::string& path : owned) {
            if (!is_taken(path)) return "the system has no mapped field \"" + path + "\"";
        }
        return "";
    }

    Result<void> name_owned() {
        owned_ = options_.owns;
        if (asks_ && owned_.empty() && !hub_.systems.empty()) {
            SYNCLINE_TRY(
                const std::string answer,
                dialog_.ask(
                    "Fields about which this system is right, whoever edits later; separated by "
                    "commas, empty for none",
                    "",
                    [&](const std::string& given) {
                        return what_is_wrong_with_owned(comma_separated(given));
                    }
                )
            );
            owned_ = comma_separated(answer);
        }
        if (const std::string wrong = what_is_wrong_with_owned(owned_); !wrong.empty())
            return misused("--owns", wrong);
        return {};
    }

    Session& session_;
    const Options& options_;
    const HubSetting hub_;
    const fs::path folder_;
    const bool asks_;
    Dialog dialog_;
    connect::Manifest manifest_;
    connect::Capabilities can_;
    NewSystem system_;
    std::vector<std::string> owned_;
};

const char* mark_of(TrialStep::State state) {
    switch (state) {
        case TrialStep::State::Ok:
            return "✓ ";
        case TrialStep::State::Warning:
            return "! ";
        case TrialStep::State::Failed:
            return "✗ ";
        case TrialStep::State::Skipped:
            return "- ";
    }
    return "";
}

/// What a test of the new system finds, and the exit code that follows.
int tell_trial(Session& session, const std::string& id, Json& document) {
    const auto hub = ConfiguredHub::read(session.places());
    if (!hub) return fail(hub.error());
    const auto rules = (*hub)->system(id);
    if (!rules) return fail(rules.error());
    NoLog log;
    const auto connection = connect::open_connection(
        *(*rules)->setting, session.environment->installation, session.environment->clock, log
    );
    int code = kDone;
    document["steps"] = Json::array();
    for (const TrialStep& step : try_system(**rules, (*hub)->fields(), *connection)) {
        document["steps"].push_back(
            {{"step", step.name}, {"state", std::string(name(step.state))}, {"detail", step.detail}}
        );
        print_note(mark_of(step.state) + step.name + ": " + step.detail);
        if (step.error && code == kDone) code = exit_code_of(*step.error);
    }
    return code;
}

bool has_keys(const HubSetting& hub) {
    std::error_code failed;
    return fs::exists(fs::path(hub.store_folder) / "keyring", failed);
}

int add(Session& session, const Options& options) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto hub = codec::read_configuration(session.places().folder, Catalogue::customer());
    if (!hub) return fail(hub.error());
    Addition addition(session, options, *hub);
    if (const auto gathered = addition.gather(); !gathered) return fail(gathered.error());
    if (const auto written = addition.write(); !written) return fail(written.error());
    const std::string& id = addition.system().id;
    const std::string file = (session.places().folder / "systems" / (id + ".json")).string();
    Json document{{"system", id}, {"file", file}, {"state", "observed"}};
    const int code = tell_trial(session, id, document);
    if (!addition.owned().empty()) reload_running_hub(session);
    if (addition.rung().empty())
        print_note(
            "! no rung of \"association\" in hub.json can place its records by what is mapped: "
            "each "
            "would become a customer of its own"
        );
    if (addition.asks() && code == kDone && has_keys(*hub)) {
        if (const auto plan = make_plan_of(session, id)) {
            print_note("What would follow if it took part:");
            print_plan(*plan, false, command_of(session));
        } else {
            print_error(plan.error());
        }
    }
    const std::string command = command_of(session);
    print(
        document,
        *format,
        id +
            " is connected and only observed: nothing is written, to it or because of it. Its file "
            "is " +
            file + ".\nLook with `" + command + " map preview " + id + "` and `" + command +
            " plan --release " + id + "`; `" + command + " systems release " + id +
            "` makes it take part.\n"
    );
    return code;
}

}  // namespace

void add_system_add_command(CLI::App& systems, Session& session) {
    CLI::App* command = systems.add_subcommand(
        "add", "Connect a system: asks for what no option says, tests it, and observes it"
    );
    const auto options = std::make_shared<Options>();
    command->add_option("name", options->id, "Small letters, digits, underscores");
    command->add_option("--title", options->title, "What people call it");
    command->add_option("--connector", options->connector, "As `connectors list` shows them");
    command
        ->add_option(
            "--set", options->set, "A setting of the connector, by its path: database.sqlite=erp.db"
        )
        ->type_name("PATH=VALUE");
    command->add_option("--map", options->map, "A mapped field: phones.main.number=tel")
        ->type_name("FIELD=REMOTE");
    command->add_flag("--map-known", options->map_known, "Map what its name says enough about");
    command->add_flag("--update", options->update, "The hub may change records");
    command->add_flag("--create", options->create, "The hub may make records");
    command->add_flag("--linked-only", options->linked_only, "None is made there, ever");
    command->add_option("--owns", options->owns, "A field about which this system is right")
        ->type_name("FIELD");
    add_format(*command, session);
    command->callback([&session, options] {
        session.command = [&session, options] { return add(session, *options); };
    });
}

}  // namespace syncline::app
