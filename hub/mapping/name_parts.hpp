#pragma once

#include "mapping/leaf_mapping.hpp"
#include "model/field.hpp"
#include "model/field_value.hpp"
#include "model/raw_fields.hpp"
#include "model/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace syncline::mapping {

/// A name that a system keeps in several fields: title, given name, family name, suffix
/// (docs/reference/lenses.md, name_parts).
struct NameParts {
    enum class Role : std::uint8_t { Title, Given, Family, Suffix };
    struct Part {
        Role role = Role::Family;
        std::string remote;
    };

    Field field;
    std::vector<Part> parts;    ///< of each role at most one; Given and Family always
    bool family_first = false;  ///< the record's name is "Doe, Jane"
    Role whole = Role::Family;  ///< holds what is not divided: organisations, single words
    Limits limits;              ///< of each part
};

/// ConfigInvalid (without `where`) for a layout that the field or the number of remotes does not
/// fit.
Result<NameParts> make_name_parts(
    const LensSetting& setting, const MappedFieldSetting& entry, const Field& field
);

/// The parts in one line. MappingFailed when they are no text or no name.
/// @pre every remote of the layout is in `raw`
Result<FieldValue> read(const NameParts& names, const RawFields& raw);

/// The name divided, so that `read` gives it back. A division that `held` has and that already
/// means the name stays; else its given name, or its family name, where the name still begins, or
/// ends, with it. MappingFailed when a part does not fit.
Result<RawFields> write(const NameParts& names, const FieldValue& value, const RawFields& held);

}  // namespace syncline::mapping
