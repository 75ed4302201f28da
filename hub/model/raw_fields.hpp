#pragma once

#include "model/flat_map.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace syncline {

/// One scalar as a remote system holds it, before any mapping. Numbers keep the remote's own
/// digits, so "0.10" never passes through a double. Without operator<<, as FieldValue.
struct RawValue {
    enum class Kind : std::uint8_t { Null, Text, Number, Bool };

    Kind kind = Kind::Null;
    std::string text;  ///< "" for Null, "true"/"false" for Bool

    static RawValue null() { return {}; }
    static RawValue of_text(std::string text) { return {Kind::Text, std::move(text)}; }
    static RawValue of_number(std::string digits) { return {Kind::Number, std::move(digits)}; }
    static RawValue of_bool(bool value) { return {Kind::Bool, value ? "true" : "false"}; }
    friend bool operator==(const RawValue&, const RawValue&) = default;
};

/// Remote fields by remote name. A name that is not here was not read: unknown, never empty.
using RawFields = FlatMap<std::string, RawValue>;

}  // namespace syncline
