#include "connect/rows.hpp"

#include "codec/raw_fields_json.hpp"
#include "syncline/connector.h"

#include <cstdint>
#include <utility>

namespace syncline::connect {
namespace {

using codec::Json;
using codec::number_or;

/// The first of a record's ext_json.errors; "" when there is none.
std::string problem_in(const std::string& ext) {
    if (ext.empty()) return {};
    const auto parsed = codec::parse_json(ext);
    if (!parsed || !parsed->is_object()) return {};
    const auto errors = parsed->find("errors");
    if (errors == parsed->end() || !errors->is_array() || errors->empty()) return {};
    const Json& first = errors->front();
    const std::string message = first.is_object() ? first.value("message", "") : "";
    return message.empty() ? "no reason given" : message;
}

/// The record that took the place of one that was merged away: ext_json.merged_into.
RemoteId merged_into(const std::string& ext) {
    const auto parsed = codec::parse_json(ext);
    if (!parsed || !parsed->is_object()) return {};
    const auto id = parsed->find("merged_into");
    if (id == parsed->end() || !id->is_string()) return {};
    return RemoteId{id->get<std::string>()};
}

/// The records that became this one: ext_json.merged_from.
std::vector<RemoteId> merged_from(const std::string& ext) {
    std::vector<RemoteId> ids;
    if (ext.empty()) return ids;
    const auto parsed = codec::parse_json(ext);
    if (!parsed || !parsed->is_object()) return ids;
    const auto list = parsed->find("merged_from");
    if (list == parsed->end() || !list->is_array()) return ids;
    for (const Json& id : *list) {
        if (id.is_string()) ids.emplace_back(id.get<std::string>());
    }
    return ids;
}

}  // namespace

Observation read_row(const Json& row, const Reading& reading) {
    Observation seen;
    seen.system = reading.system;
    seen.entity = reading.entity;
    seen.remote_id = RemoteId{row.at("id").get<std::string>()};
    seen.token = row.value("version", "");
    seen.changed_by = row.value("origin", "");
    seen.sent_at = reading.sent_at;
    seen.received_at = reading.received_at;
    if (const auto micros = number_or(row, "modified_unix_us", std::int64_t{0}); micros > 0)
        seen.modified_at = from_unix_ms(micros / 1'000);
    const auto operation = number_or(row, "op", 0U);
    if (operation == SYNCLINE_OP_DELETE || operation == SYNCLINE_OP_MERGED_INTO) {
        seen.kind = Observation::Kind::Gone;
        if (operation == SYNCLINE_OP_MERGED_INTO)
            seen.merged_into = merged_into(row.value("ext", ""));
        return seen;
    }
    seen.problem = problem_in(row.value("ext", ""));
    if (!seen.problem.empty()) return seen;
    seen.merged_from = merged_from(row.value("ext", ""));
    auto fields = codec::read_raw_fields(row.at("data").get<std::string>());
    if (fields)
        seen.fields = std::move(fields).value();
    else
        seen.problem = "the connector handed over a malformed record: " + fields.error().detail;
    return seen;
}

Receipt read_receipt(const Json& row, const Delivery& delivery, const Reading& reading) {
    Receipt receipt;
    receipt.attempt = delivery.attempt.id;
    receipt.answered_at = reading.received_at;
    const auto status = number_or(row, "status", std::int32_t{SYNCLINE_OK});
    receipt.outcome = receipt_of(status);
    receipt.remote_id = RemoteId{row.value("id", delivery.remote_id.text())};
    receipt.token = row.value("version", "");
    if (status != SYNCLINE_OK) {
        Outcome outcome;
        outcome.status = status;
        outcome.message = row.value("message", "");
        receipt.refused_field = row.value("field", "");
        if (receipt.outcome == Receipt::Outcome::Duplicate)
            receipt.duplicate_of = RemoteId{row.value("id", "")};
        receipt.error = error_of(outcome, reading.system.text());
        return receipt;
    }
    if (row.contains("stored")) {
        Json seen{{"id", receipt.remote_id.text()}, {"version", receipt.token}};
        seen["data"] = row["stored"];
        receipt.stored = read_row(seen, reading);
    }
    return receipt;
}

Outcome read_outcome(const Json& result) {
    Outcome outcome;
    outcome.status = number_or(result, "status", std::int32_t{SYNCLINE_E_INTERNAL});
    outcome.message = result.value("message", "");
    outcome.field = result.value("field", "");
    outcome.flags = number_or(result, "flags", 0U);
    outcome.retry_after_ms = number_or(result, "retry_after_ms", 0U);
    return outcome;
}

}  // namespace syncline::connect
