#include "connect/open_connection.hpp"

#include "base/bytes.hpp"
#include "codec/raw_fields_json.hpp"
#include "connect/child_session.hpp"
#include "connect/discover_document.hpp"
#include "connect/rows.hpp"
#include "connect/wake_descriptor.hpp"
#include "syncline/connector.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace syncline::connect {
namespace {

std::uint32_t operation_of(AttemptKind kind) {
    switch (kind) {
        case AttemptKind::Update:
            return SYNCLINE_OP_UPDATE;
        case AttemptKind::Create:
            return SYNCLINE_OP_CREATE;
        case AttemptKind::Delete:
            return SYNCLINE_OP_DELETE;
    }
    return SYNCLINE_OP_UPDATE;
}

using codec::Json;

constexpr std::chrono::seconds kLongestRest{300};
/// Shorter than the patience with a child that says nothing.
constexpr std::chrono::milliseconds kLongestWatch{60'000};

/// "1.4" of "1.4.2": a later patch means the same.
std::string major_and_minor(const std::string& version) {
    const std::size_t major = version.find('.');
    const std::size_t minor = major == std::string::npos ? major : version.find('.', major + 1);
    return version.substr(0, minor);
}

std::string attempt_key(const AttemptId& id) {
    return to_hex(id.view());
}

class ChildConnection final : public Connection {
public:
    ChildConnection(const SystemSetting& setting, Installation installation, Clock& clock, Log& log)
        : setting_(setting), installation_(std::move(installation)), clock_(clock), log_(log) {}

    Result<void> check() override;
    Result<Capabilities> discover(const std::string& entity) override;
    Result<ReadSummary> read(const ReadRequest& request, const ReadSink& sink) override;
    Result<std::vector<Observation>> lookup(
        const std::string& entity, std::span<const RemoteId> ids
    ) override;
    Result<std::vector<Observation>> lookup_created(const Delivery& create) override;
    Result<std::vector<RemoteId>> plan_ids(const std::string& entity, std::size_t count) override;
    std::vector<Receipt> write(const std::string& entity, std::span<const Delivery> deliveries)
        override;
    Result<bool> watch(const std::string& entity, std::chrono::milliseconds patience) override;
    void stop_watching() override { stop_.raise(); }

private:
    Result<void> start();
    Result<Outcome> run(const std::string& method, Json params, const ChildSession::Sinks& sinks);
    /// @pre started
    Result<Outcome> call(
        const std::string& method, Json params, const ChildSession::Sinks& sinks, int stop = -1
    );
    /// As run, with a failed outcome turned into the system's error.
    Result<void> ask(const std::string& method, Json params, const ChildSession::Sinks& sinks);
    Result<std::vector<Observation>> look_up(const std::string& entity, const Json& keys);
    Reading reading(const std::string& entity, Timestamp sent_at) const;
    void note_crash();

    const SystemSetting& setting_;
    const Installation installation_;
    Clock& clock_;
    Log& log_;
    std::optional<ChildSession> session_;
    std::optional<Manifest> manifest_;
    std::string settings_in_use_;   ///< as resolved when the session was started
    WakeDescriptor stop_;           ///< watching
    std::chrono::seconds rest_{0};  ///< before the next start, after crashes
    Timestamp crashed_at_{};
};

void ChildConnection::note_crash() {
    session_.reset();
    rest_ = rest_.count() == 0 ? std::chrono::seconds{1} : std::min(rest_ * 2, kLongestRest);
    crashed_at_ = clock_.now();
}

/// Starts the child unless it runs with the settings of now.
Result<void> ChildConnection::start() {
    if (!session_ || !manifest_) {  // while it runs, its manifest is the one it was started by
        SYNCLINE_TRY(manifest_, find_connector(installation_.connectors, setting_.connector));
    }
    const Manifest& manifest = *manifest_;
    const auto base = std::filesystem::path(setting_.file).parent_path();
    SYNCLINE_TRY(const Json settings, resolve_settings(setting_.settings_json, manifest, base));
    const std::string resolved = codec::to_line(settings);
    if (session_ && resolved == settings_in_use_) return {};
    session_.reset();
    if (rest_.count() > 0 && clock_.now() < crashed_at_ + rest_) {
        return Error{
            ErrorCode::PluginCrashed,
            Remedy::Retry,
            setting_.id.text(),
            "its connector ended unexpectedly and is started again " +
                std::to_string(rest_.count()) + " s after that"};
    }
    std::vector<std::string> fields;
    for (const MappedFieldSetting& mapped : setting_.mapping)
        fields.insert(fields.end(), mapped.remotes.begin(), mapped.remotes.end());
    auto started = ChildSession::start(
        installation_,
        manifest,
        settings,
        setting_.id.text(),
        clock_,
        ConnectorVoice(setting_.id, manifest.messages, std::move(fields), log_)
    );
    if (!started) {
        if (started.error().code == ErrorCode::PluginCrashed) note_crash();
        return std::move(started).error();
    }
    session_.emplace(std::move(started).value());
    settings_in_use_ = resolved;
    return {};
}

Result<Outcome> ChildConnection::run(
    const std::string& method, Json params, const ChildSession::Sinks& sinks
) {
    if (auto started = start(); !started) return started.error();
    return call(method, std::move(params), sinks);
}

Result<Outcome> ChildConnection::call(
    const std::string& method, Json params, const ChildSession::Sinks& sinks, int stop
) {
    auto outcome = session_->run(method, std::move(params), sinks, stop);
    if (outcome)
        rest_ = std::chrono::seconds{0};
    else
        note_crash();
    return outcome;
}

Result<void> ChildConnection::ask(
    const std::string& method, Json params, const ChildSession::Sinks& sinks
) {
    SYNCLINE_TRY(const Outcome outcome, run(method, std::move(params), sinks));
    if (outcome.status == SYNCLINE_OK) return {};
    return error_of(outcome, setting_.id.text());
}

Result<void> ChildConnection::check() {
    return ask("check", Json::object(), {});
}

Result<Capabilities> ChildConnection::discover(const std::string& entity) {
    std::string document;
    ChildSession::Sinks sinks;
    sinks.text = [&](const Json& params) { document += params.at("text").get<std::string>(); };
    if (auto asked = ask("discover", Json::object(), sinks); !asked) return asked.error();
    SYNCLINE_TRY(Capabilities can, read_discover_document(document, entity, setting_.id.text()));
    can.connector = manifest_->id + " " + major_and_minor(manifest_->version);
    return can;
}

Reading ChildConnection::reading(const std::string& entity, Timestamp sent_at) const {
    return {setting_.id, entity, sent_at, clock_.now()};
}

Result<ReadSummary> ChildConnection::read(const ReadRequest& request, const ReadSink& sink) {
    ReadSummary summary;
    summary.sent_at = clock_.now();
    bool stopped = false;
    ChildSession::Sinks sinks;
    sinks.records = [&](const Json& params) -> std::int32_t {
        std::vector<Observation> page;
        for (const Json& row : params.at("records"))
            page.push_back(read_row(row, reading(request.entity, summary.sent_at)));
        summary.records += page.size();
        stopped = !sink.records(std::move(page));
        return stopped ? SYNCLINE_E_CANCELLED : SYNCLINE_OK;
    };
    sinks.checkpoint = [&](const Json& params) -> std::int32_t {
        const bool durable = sink.checkpoint(params.at("cursor").get<std::string>());
        return durable ? SYNCLINE_OK : SYNCLINE_E_CANCELLED;
    };
    std::uint32_t flags = 0;
    if (request.mode == ReadMode::Full) flags |= SYNCLINE_READ_FULL;
    if (request.side_effects == SideEffects::None) flags |= SYNCLINE_READ_PEEK;
    Json params{{"entity", request.entity}, {"flags", flags}, {"fields", request.fields}};
    if (!request.cursor.empty()) params["cursor"] = request.cursor;
    if (auto done = ask("read", std::move(params), sinks); !done) return done.error();
    summary.complete_listing = request.mode == ReadMode::Full && !stopped;
    return summary;
}

Result<std::vector<Observation>> ChildConnection::look_up(
    const std::string& entity, const Json& keys
) {
    std::vector<Observation> found;
    const Timestamp sent_at = clock_.now();
    ChildSession::Sinks sinks;
    sinks.records = [&](const Json& params) -> std::int32_t {
        for (const Json& row : params.at("records"))
            found.push_back(read_row(row, reading(entity, sent_at)));
        return SYNCLINE_OK;
    };
    Json params{{"entity", entity}, {"keys", codec::to_line(keys)}};
    if (auto done = ask("lookup", std::move(params), sinks); !done) return done.error();
    return found;
}

Result<std::vector<Observation>> ChildConnection::lookup(
    const std::string& entity, std::span<const RemoteId> ids
) {
    Json keys = Json::object();
    keys["ids"] = Json::array();
    for (const RemoteId& id : ids)
        keys["ids"].push_back(id.text());
    return look_up(entity, keys);
}

Result<std::vector<Observation>> ChildConnection::lookup_created(const Delivery& create) {
    SYNCLINE_TRY(const Json data, codec::parse_json(codec::write_raw_fields(create.whole)));
    Json about = Json::object();
    about["idempotency_key"] = attempt_key(create.attempt.id);
    about["planned_id"] = create.attempt.planned_id.text();
    about["data"] = data;
    Json keys = Json::object();
    keys["create"] = std::move(about);
    SYNCLINE_TRY(std::vector<Observation> found, look_up(create.attempt.entity, keys));
    std::erase_if(found, [](const Observation& seen) {
        return seen.kind == Observation::Kind::Gone;
    });
    return found;
}

Result<std::vector<RemoteId>> ChildConnection::plan_ids(
    const std::string& entity, std::size_t count
) {
    Json keys = Json::object();
    keys["new_ids"] = count;
    SYNCLINE_TRY(const std::vector<Observation> found, look_up(entity, keys));
    std::vector<RemoteId> ids;
    for (const Observation& seen : found)
        ids.push_back(seen.remote_id);
    return ids;
}

std::vector<Receipt> ChildConnection::write(
    const std::string& entity, std::span<const Delivery> deliveries
) {
    Json items = Json::array();
    for (const Delivery& delivery : deliveries) {
        Json item{{"op", operation_of(delivery.attempt.kind)}};
        if (!delivery.remote_id.empty()) item["id"] = delivery.remote_id.text();
        if (!delivery.if_version.empty()) item["if_version"] = delivery.if_version;
        item["idempotency_key"] = attempt_key(delivery.attempt.id);
        item["data"] = codec::write_raw_fields(delivery.whole);
        item["patch"] = codec::write_raw_fields(delivery.patch);
        item["before"] = codec::write_raw_fields(delivery.before);
        items.push_back(std::move(item));
    }
    std::map<std::size_t, Receipt> answered;
    const Timestamp sent_at = clock_.now();
    ChildSession::Sinks sinks;
    sinks.result = [&](const Json& params) {
        const auto index = codec::number_or(params, "index", deliveries.size());
        if (index >= deliveries.size() || answered.contains(index)) return;
        answered.emplace(index, read_receipt(params, deliveries[index], reading(entity, sent_at)));
    };
    Json params{{"entity", entity}};
    params["items"] = std::move(items);
    const auto started = start();
    const auto outcome =
        started ? call("write", std::move(params), sinks) : Result<Outcome>(started.error());

    // What was not answered: proved not attempted only when there was no child to attempt it, or
    // the connector says so.
    const bool not_attempted =
        !started || (outcome && (outcome->flags & SYNCLINE_EF_NOT_ATTEMPTED) != 0);
    std::vector<Receipt> receipts;
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
        if (const auto found = answered.find(i); found != answered.end()) {
            receipts.push_back(std::move(found->second));
            continue;
        }
        Receipt receipt;
        receipt.attempt = deliveries[i].attempt.id;
        receipt.answered_at = clock_.now();
        receipt.outcome = not_attempted ? Receipt::Outcome::NotSent : Receipt::Outcome::InDoubt;
        if (!outcome)
            receipt.error = outcome.error();
        else if (outcome->status != SYNCLINE_OK)
            receipt.error = error_of(*outcome, setting_.id.text());
        receipts.push_back(std::move(receipt));
    }
    return receipts;
}

Result<bool> ChildConnection::watch(const std::string& entity, std::chrono::milliseconds patience) {
    if (auto started = start(); !started) return started.error();
    const auto longest = std::min(kLongestWatch, installation_.patience / 2);
    bool changed = false;
    ChildSession::Sinks sinks;
    sinks.changed = [&] { changed = true; };
    Json params{{"entity", entity}, {"timeout_ms", std::min(patience, longest).count()}};
    const auto outcome = call("watch", std::move(params), sinks, stop_.number());
    stop_.clear();
    if (!outcome) return outcome.error();
    if (outcome->status == SYNCLINE_OK || outcome->status == SYNCLINE_E_CANCELLED) return changed;
    return error_of(*outcome, setting_.id.text());
}

}  // namespace

std::unique_ptr<Connection> open_connection(
    const SystemSetting& setting, const Installation& installation, Clock& clock, Log& log
) {
    return std::make_unique<ChildConnection>(setting, installation, clock, log);
}

}  // namespace syncline::connect
