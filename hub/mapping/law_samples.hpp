#pragma once

#include "mapping/compiled_field.hpp"

#include <string>
#include <vector>

namespace syncline::mapping {

/// A value that a mapping is tried on, with words for what is special about it.
struct SampleValue {
    FieldValue value;
    std::string shape;
};

/// Built-in and generated values of the field, the same on every machine and every day.
std::vector<SampleValue> samples_of(const CompiledField& compiled);

}  // namespace syncline::mapping
