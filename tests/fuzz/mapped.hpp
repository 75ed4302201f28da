#pragma once

// Mappings for fuzz targets.

#include "base/assert.hpp"
#include "model/field.hpp"
#include "model/settings.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace syncline::fuzz {

/// The fields that a system maps, numbered as they come.
inline FieldTable fields_of(const SystemSetting& system) {
    std::uint32_t last = 0;
    std::vector<Field> fields;
    for (const MappedFieldSetting& entry : system.mapping) {
        auto field = make_field(Catalogue::customer(), entry.field, [&](const auto&) {
            return FieldId{++last};
        });
        if (!field) continue;
        const bool is_listed = std::any_of(fields.begin(), fields.end(), [&](const Field& other) {
            return other.path == field->path;
        });
        if (!is_listed) fields.push_back(*std::move(field));
    }
    return FieldTable(std::move(fields));
}

}  // namespace syncline::fuzz
