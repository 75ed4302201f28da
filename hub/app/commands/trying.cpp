#include "app/commands/commands.hpp"
#include "app/configured_hub.hpp"
#include "app/exit_code.hpp"
#include "app/hub_lock.hpp"
#include "app/record_json.hpp"
#include "app/system_trial.hpp"
#include "connect/open_connection.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::size_t kPreviewed = 5;

/// A connection to one system of the configuration, outside any hub.
struct Reached {
    std::unique_ptr<ConfiguredHub> hub;
    const sync::SystemRules* system = nullptr;
    std::unique_ptr<SystemClock> clock = std::make_unique<SystemClock>();
    std::unique_ptr<NoLog> log = std::make_unique<NoLog>();
    std::unique_ptr<connect::Connection> connection;
};

Result<Reached> reach(Session& session, const std::string& id) {
    Reached reached;
    SYNCLINE_TRY(reached.hub, ConfiguredHub::read(session.places()));
    SYNCLINE_TRY(reached.system, reached.hub->system(id));
    reached.connection = connect::open_connection(
        *reached.system->setting, session.environment->installation, *reached.clock, *reached.log
    );
    return reached;
}

Result<std::shared_ptr<HubLock>> take_lock(const Places& places) {
    SYNCLINE_TRY(HubLock lock, HubLock::take(places.lock()));
    return std::make_shared<HubLock>(std::move(lock));
}

int test(Session& session, const std::string& id, const std::string& record) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto reached = reach(session, id);
    if (!reached) return fail(reached.error());
    // No hub writes to the record meanwhile.
    const auto lock =
        record.empty() ? Result<std::shared_ptr<HubLock>>(nullptr) : take_lock(session.places());
    if (!lock) return fail(lock.error());
    const FieldTable& fields = reached->hub->fields();
    std::vector<TrialStep> steps = try_system(*reached->system, fields, *reached->connection);
    if (!record.empty())
        steps.push_back(save_again(*reached->system, fields, *reached->connection, RemoteId{record})
        );
    Listing listing;
    listing.noun = "steps";
    listing.columns = {{"step", "STEP"}, {"state", "STATE"}, {"detail", "DETAIL"}};
    int exit_code = kDone;
    for (const TrialStep& step : steps) {
        listing.rows.push_back({step.name, std::string(name(step.state)), step.detail});
        if (step.error && exit_code == kDone) exit_code = exit_code_of(*step.error);
    }
    print(listing, *format);
    return exit_code;
}

Json raw_json(const RawFields& raw) {
    Json json = Json::object();
    for (const auto& [remote, value] : raw)
        json[remote] = value.kind == RawValue::Kind::Null ? Json() : Json(value.text);
    return json;
}

/// One field of one record: what the system holds, what that is in the hub, and what would be
/// written if the hub had to write just that.
std::vector<Json> preview_row(
    const sync::SystemRules& system,
    const FieldTable& fields,
    const mapping::MappedField& mapped,
    const Observation& record
) {
    const Field& field = fields.at(mapped.field);
    const RawFields held = system.mapping->select(mapped.field, record.fields);
    Json value, written;
    std::string note = mapped.lossy.empty() ? "" : "lossy: " + mapped.lossy;
    if (held.empty()) {
        note = "not read";
    } else if (const auto read = system.mapping->read(mapped.field, held); !read) {
        note = "unreadable: " + read.error().detail;
    } else {
        value = value_json(field, *read);
        const auto back = system.mapping->write(mapped.field, *read, held);
        if (mapped.direction != MappingDirection::In && back) written = raw_json(*back);
        if (mapped.direction != MappingDirection::In && !back)
            note = "cannot be written: " + back.error().detail;
    }
    return {record.remote_id.text(), field.path, raw_json(held), value, written, note};
}

int preview(
    Session& session,
    const std::string& id,
    const std::vector<std::string>& records,
    std::size_t count
) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto reached = reach(session, id);
    if (!reached) return fail(reached.error());
    const std::vector<RemoteId> ids(records.begin(), records.end());
    const auto found = ids.empty() ? first_records(*reached->system, *reached->connection, count)
                                   : records_by_id(*reached->system, *reached->connection, ids);
    if (!found) return fail(found.error());
    Listing listing;
    listing.noun = "fields";
    listing.columns = {
        {"record", "RECORD"},
        {"field", "FIELD"},
        {"held", "IN " + id},
        {"value", "IN THE HUB"},
        {"written", "WRITTEN BACK"},
        {"note", "NOTE"}};
    for (const Observation& record : *found) {
        if (!record.problem.empty()) {
            listing.rows.push_back(
                {record.remote_id.text(), "", Json(), Json(), Json(), record.problem}
            );
            continue;
        }
        for (const mapping::MappedField& mapped : reached->system->mapping->fields())
            listing.rows.push_back(
                preview_row(*reached->system, reached->hub->fields(), mapped, record)
            );
    }
    print(listing, *format);
    return kDone;
}

}  // namespace

void add_system_test_command(CLI::App& systems, Session& session) {
    CLI::App* command = systems.add_subcommand(
        "test", "Ask a system everything that the hub relies on; needs no keys and no store"
    );
    const auto id = std::make_shared<std::string>();
    const auto record = std::make_shared<std::string>();
    command->add_option("system", *id)->required();
    command
        ->add_option(
            "--save-again", *record, "Write this record as it is, and see that it reads as before"
        )
        ->type_name("RECORD");
    add_format(*command, session);
    command->callback([&session, id, record] {
        session.command = [&session, id, record] { return test(session, *id, *record); };
    });
}

void add_map_commands(CLI::App& app, Session& session) {
    CLI::App* map = app.add_subcommand("map", "What mappings make of real records");
    map->require_subcommand(1);
    CLI::App* command = map->add_subcommand(
        "preview", "Records of a system, as they are there and as they would be in the hub"
    );
    const auto id = std::make_shared<std::string>();
    const auto records = std::make_shared<std::vector<std::string>>();
    const auto count = std::make_shared<std::size_t>(kPreviewed);
    command->add_option("system", *id)->required();
    command->add_option("--record", *records, "Its id in the system; several times for several")
        ->type_name("ID");
    command->add_option("--count", *count, "How many of the first records")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}));
    add_format(*command, session);
    command->callback([&session, id, records, count] {
        session.command = [&session, id, records, count] {
            return preview(session, *id, *records, *count);
        };
    });
}

}  // namespace syncline::app
