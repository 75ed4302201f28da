#pragma once

#include "base/time.hpp"
#include "codec/json.hpp"
#include "connect/outcome.hpp"
#include "model/delivery.hpp"
#include "model/ids.hpp"
#include "model/observation.hpp"

#include <string>

namespace syncline::connect {

/// What a connector hands over, typed (docs/reference/connector-protocol.md). Each function throws
/// Json::exception for a message of the wrong shape; whoever runs the connector then ends it.

/// Where a row comes from, and when.
struct Reading {
    SystemId system;
    std::string entity;
    Timestamp sent_at{};
    Timestamp received_at{};
};

/// A row of sink/records. One that cannot be read is still an observation: of a record to set
/// aside.
Observation read_row(const codec::Json& row, const Reading& reading);
/// The params of sink/result: what became of one delivery.
Receipt read_receipt(const codec::Json& row, const Delivery& delivery, const Reading& reading);
/// The result of a whole operation.
Outcome read_outcome(const codec::Json& result);

}  // namespace syncline::connect
