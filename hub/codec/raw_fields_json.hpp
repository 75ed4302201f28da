#pragma once

#include "base/result.hpp"
#include "model/raw_fields.hpp"

#include <string>
#include <string_view>

namespace syncline::codec {

/// One remote record from a connector: a flat object of scalars. Numbers keep the digits that were
/// sent. PayloadMalformed for anything else, naming the field and never a value.
Result<RawFields> read_raw_fields(std::string_view json);

/// The reverse. Deterministic: keys in order.
std::string write_raw_fields(const RawFields& fields);

}  // namespace syncline::codec
