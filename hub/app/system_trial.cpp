#include "app/system_trial.hpp"

#include "app/approval.hpp"
#include "app/system_check.hpp"
#include "base/uuid.hpp"
#include "vault/vault.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace syncline::app {
namespace {

using State = TrialStep::State;

constexpr std::size_t kRecordsTried = 200;
constexpr std::array<const char*, 5> kSteps{"reached", "fields", "rights", "writes", "reading"};

std::vector<std::string> mapped_remotes(const sync::SystemRules& rules) {
    std::vector<std::string> remotes;
    for (const mapping::MappedField& mapped : rules.mapping->fields())
        remotes.insert(remotes.end(), mapped.remotes.begin(), mapped.remotes.end());
    return remotes;
}

TrialStep failed(std::string step, const Error& error) {
    return {std::move(step), State::Failed, error.detail, error};
}

Error refused_by(const sync::SystemRules& rules, std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, rules.setting->file, std::move(detail)};
}

TrialStep try_fields(const sync::SystemRules& rules, const connect::Capabilities& can) {
    const std::vector<Error> missing = fields_not_there(*rules.setting, can);
    if (!missing.empty()) {
        TrialStep step = failed("fields", missing.front());
        for (std::size_t i = 1; i < missing.size(); ++i)
            step.detail += "\n" + missing[i].detail;
        return step;
    }
    const std::size_t count = mapped_remotes(rules).size();
    if (can.fields.empty())
        return {
            "fields",
            State::Warning,
            "the connector does not know the fields of its system: the " + std::to_string(count) +
                " mapped ones are believed",
            {}};
    return {"fields", State::Ok, "all " + std::to_string(count) + " mapped fields are there", {}};
}

/// Mapped fields that the hub would write and the system does not let it.
std::vector<std::string> read_only_fields(
    const sync::SystemRules& rules, const connect::Capabilities& can
) {
    std::vector<std::string> names;
    for (const mapping::MappedField& mapped : rules.mapping->fields()) {
        if (mapped.direction == MappingDirection::In) continue;
        for (const std::string& remote : mapped.remotes) {
            const bool is_read_only = std::any_of(
                can.fields.begin(),
                can.fields.end(),
                [&](const connect::Capabilities::RemoteField& field) {
                    return field.name == remote && !field.writable;
                }
            );
            if (is_read_only) names.push_back(remote);
        }
    }
    return names;
}

TrialStep try_rights(const sync::SystemRules& rules, const connect::Capabilities& can) {
    const RightsSetting& rights = rules.setting->rights;
    if ((rights.create || rights.update) && !can.can_write)
        return failed(
            "rights",
            refused_by(
                rules, "the connector cannot write; set \"rights\" to false, or take one that can"
            )
        );
    if (const auto refused = creates_refused(*rules.setting, can))
        return failed("rights", *refused);
    if (rights.remove && !can.can_delete)
        return failed(
            "rights",
            refused_by(rules, "the connector cannot delete; set \"rights\": { \"delete\": false }")
        );
    const std::vector<std::string> read_only = read_only_fields(rules, can);
    if (rights.update && !read_only.empty())
        return {
            "rights",
            State::Warning,
            "the system does not let the hub write " + listed(read_only) +
                "; map them with \"direction\": \"in\", or give the hub's account the right",
            {}};
    std::vector<std::string> may{"read"};
    if (rights.update) may.emplace_back("update");
    if (rights.create) may.emplace_back("create");
    if (rights.remove) may.emplace_back("delete");
    return {"rights", State::Ok, "the hub may " + listed(may) + ", and the connector can", {}};
}

TrialStep try_writes(const connect::Capabilities& can) {
    switch (edits_at_risk(can)) {
        case EditsAtRisk::None:
            return {"writes", State::Ok, "no write replaces an edit that was not read", {}};
        case EditsAtRisk::OneRoundTrip:
            return {
                "writes",
                State::Warning,
                "writes cannot depend on a version: an edit made between the hub's last look and "
                "its write may be written over",
                {}};
        case EditsAtRisk::StaleWindow:
            return {
                "writes",
                State::Warning,
                "writes cannot depend on a version, and readings lag: an edit made less than " +
                    std::to_string(can.stale_window_ms) + " ms before a write may be written over",
                {}};
    }
    return {};
}

TrialStep try_reading(
    const sync::SystemRules& rules, const FieldTable& fields, connect::Connection& connection
) {
    const auto records = first_records(rules, connection, kRecordsTried);
    if (!records) return failed("reading", records.error());
    if (records->empty())
        return {"reading", State::Warning, "the system has no record that the hub sees", {}};
    std::map<std::string, std::size_t> unreadable;
    for (const Observation& record : *records) {
        if (!record.problem.empty()) ++unreadable["the whole record"];
        for (const mapping::MappedField& mapped : rules.mapping->fields()) {
            const RawFields raw = rules.mapping->select(mapped.field, record.fields);
            if (!raw.empty() && !rules.mapping->read(mapped.field, raw))
                ++unreadable[fields.at(mapped.field).path];
        }
    }
    if (unreadable.empty())
        return {"reading", State::Ok, std::to_string(records->size()) + " records were read", {}};
    std::string detail =
        "of the first " + std::to_string(records->size()) + " records, the mapping cannot read";
    for (const auto& [what, count] : unreadable)
        detail += " " + what + " in " + std::to_string(count) + ",";
    detail.back() = ';';
    detail += " see them with `map preview`. They are set aside, one by one, and not written over";
    return {"reading", State::Warning, std::move(detail), {}};
}

/// An update that leaves everything as it is.
Delivery same_again(
    const sync::SystemRules& rules,
    const connect::Capabilities& can,
    const Observation& record,
    Random& random
) {
    Delivery delivery;
    delivery.attempt.id = mint<AttemptId>(record.received_at, random);
    delivery.attempt.kind = AttemptKind::Update;
    delivery.attempt.system = rules.id();
    delivery.attempt.entity = rules.setting->entity;
    delivery.attempt.issued_at = record.received_at;
    delivery.remote_id = record.remote_id;
    if (can.conditional_write) delivery.if_version = record.token;
    delivery.whole = record.fields;
    for (const mapping::MappedField& mapped : rules.mapping->fields()) {
        if (mapped.direction == MappingDirection::In) continue;
        for (const auto& [remote, value] : rules.mapping->select(mapped.field, record.fields))
            delivery.patch[remote] = value;
    }
    delivery.before = delivery.patch;
    return delivery;
}

}  // namespace

std::string_view name(TrialStep::State state) noexcept {
    switch (state) {
        case State::Ok:
            return "ok";
        case State::Warning:
            return "warning";
        case State::Failed:
            return "failed";
        case State::Skipped:
            return "skipped";
    }
    return "skipped";
}

Result<std::vector<Observation>> first_records(
    const sync::SystemRules& rules, connect::Connection& connection, std::size_t count
) {
    connect::ReadRequest request;
    request.entity = rules.setting->entity;
    request.mode = connect::ReadMode::Full;
    request.side_effects = connect::SideEffects::None;
    request.fields = mapped_remotes(rules);
    std::vector<Observation> records;
    connect::ReadSink sink;
    sink.records = [&](std::vector<Observation> page) {
        for (Observation& record : page) {
            const bool is_there = record.kind == Observation::Kind::Present;
            if (is_there && records.size() < count) records.push_back(std::move(record));
        }
        return records.size() < count;
    };
    sink.checkpoint = [](const std::string& /*cursor*/) { return true; };
    const auto read = connection.read(request, sink);
    if (!read && records.size() < count) return read.error();  // else it was cut off on purpose
    return records;
}

Result<std::vector<Observation>> records_by_id(
    const sync::SystemRules& rules,
    connect::Connection& connection,
    const std::vector<RemoteId>& ids
) {
    SYNCLINE_TRY(const auto can, connection.discover(rules.setting->entity));
    if (!can.lookup_by_id) {
        return Error{
            ErrorCode::PluginUnsupported,
            Remedy::Reject,
            rules.id().text(),
            "the connector cannot ask for single records"};
    }
    SYNCLINE_TRY(auto found, connection.lookup(rules.setting->entity, ids));
    for (const RemoteId& id : ids) {
        const bool is_there =
            std::any_of(found.begin(), found.end(), [&](const Observation& record) {
                return record.remote_id == id && record.kind == Observation::Kind::Present;
            });
        if (!is_there) {
            return Error{
                ErrorCode::NotFound,
                Remedy::Reject,
                rules.id().text() + ":" + id.text(),
                "the system has no such record"};
        }
    }
    return found;
}

std::vector<TrialStep> try_system(
    const sync::SystemRules& rules, const FieldTable& fields, connect::Connection& connection
) {
    std::vector<TrialStep> steps;
    const auto skip_the_rest = [&] {
        for (std::size_t i = steps.size(); i < kSteps.size(); ++i)
            steps.push_back({kSteps[i], State::Skipped, "", {}});
        return steps;
    };
    if (const auto reached = connection.check(); !reached) {
        steps.push_back(failed("reached", reached.error()));
        return skip_the_rest();
    }
    const auto can = connection.discover(rules.setting->entity);
    if (!can) {
        steps.push_back(failed("reached", can.error()));
        return skip_the_rest();
    }
    steps.push_back({"reached", State::Ok, "the system answers", {}});
    steps.push_back(try_fields(rules, *can));
    steps.push_back(try_rights(rules, *can));
    steps.push_back(try_writes(*can));
    if (steps[1].state == State::Failed) return skip_the_rest();
    steps.push_back(try_reading(rules, fields, connection));
    return steps;
}

TrialStep save_again(
    const sync::SystemRules& rules,
    const FieldTable& fields,
    connect::Connection& connection,
    const RemoteId& record
) {
    const char* step = "saving again";
    const auto can = connection.discover(rules.setting->entity);
    if (!can) return failed(step, can.error());
    if (can->write_deferred)
        return {step, State::Skipped, "a write to this system shows its effect much later", {}};
    const auto before = records_by_id(rules, connection, {record});
    if (!before) return failed(step, before.error());
    vault::SecureRandom random;
    const std::vector<Delivery> deliveries{same_again(rules, *can, before->front(), random)};
    const std::vector<Receipt> receipts = connection.write(rules.setting->entity, deliveries);
    if (receipts.size() != 1 || receipts.front().outcome != Receipt::Outcome::Stored) {
        const Error unknown{
            ErrorCode::RemoteInDoubt, Remedy::Retry, rules.id().text(), "it gave no answer"};
        return failed(step, receipts.empty() ? unknown : receipts.front().error);
    }
    const auto after = records_by_id(rules, connection, {record});
    if (!after) return failed(step, after.error());
    std::vector<std::string> changed;
    for (const mapping::MappedField& mapped : rules.mapping->fields()) {
        const RawFields was = rules.mapping->select(mapped.field, before->front().fields);
        if (mapped.direction != MappingDirection::In &&
            was != rules.mapping->select(mapped.field, after->front().fields))
            changed.push_back(fields.at(mapped.field).path);
    }
    if (changed.empty())
        return {step, State::Ok, rules.id().text() + ":" + record.text() + " reads as before", {}};
    return failed(
        step,
        refused_by(
            rules,
            "saved as it was read, " + listed(changed) +
                " holds something else, and would change with every write: declare what the system "
                "does with a lens (`upper`, `limit`, …), or map it with \"direction\": \"in\""
        )
    );
}

}  // namespace syncline::app
