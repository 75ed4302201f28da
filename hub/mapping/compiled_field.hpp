#pragma once

#include "mapping/address_lines.hpp"
#include "mapping/leaf_mapping.hpp"
#include "mapping/name_parts.hpp"
#include "mapping/system_mapping.hpp"

#include <optional>
#include <string>
#include <vector>

namespace syncline::mapping {

/// Everything one system's mapping knows about one canonical field: what the public face shows and
/// the lenses behind it. Of `leaves`, `lines` and `names`, one is in use.
struct CompiledField {
    Field field;
    MappedField face;
    std::string where;  ///< file:line of the first entry
    std::vector<LeafMapping> leaves;
    std::optional<AddressLines> lines;
    std::optional<NameParts> names;
};

Result<FieldValue> read(
    const CompiledField& compiled, const RawFields& raw, const FieldValue* standing
);
Result<RawFields> write(
    const CompiledField& compiled, const FieldValue& value, const RawFields& held
);
bool is_image(const CompiledField& compiled, const RawFields& raw, const FieldValue& sent);
bool same_meaning(const CompiledField& compiled, const RawFields& a, const RawFields& b);
/// Equivalent on the parts that the system holds.
bool agrees(const CompiledField& compiled, const FieldValue& a, const FieldValue& b);

}  // namespace syncline::mapping
