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

/// A postal address in free lines: which line holds what, both ways
/// (docs/reference/lenses.md, address_lines).
struct AddressLines {
    struct Line {
        enum class Kind : std::uint8_t {
            Free,          ///< not ours: whatever people put there stays
            Part,          ///< one part of the address
            PostcodeCity,  ///< "1000 Brussels"
            CityPostcode,  ///< "Springfield 62704"
            CountryName,
            CountryCode,
        };
        Kind kind = Kind::Free;
        std::size_t part = 0;  ///< Part, CountryName, CountryCode
        std::string remote;
    };

    Field field;  ///< the composite
    std::vector<Line> lines;
    std::size_t postcode = 0, city = 0, country = 0;  ///< parts; only of kinds in use
    std::string language;
    std::string default_country;
    Limits limits;  ///< of each line
};

/// ConfigInvalid (without `where`) for a layout that the composite or the number of remotes does
/// not fit.
Result<AddressLines> make_address_lines(
    const LensSetting& setting, const MappedFieldSetting& entry, const Field& field
);

/// Which parts of the address the lines hold.
std::vector<bool> covers(const AddressLines& lines);

/// Lines to parts. Lines that people moved up (no blank line, no country) are found by their
/// content; an address without a country line is in `default_country`. MappingFailed when it cannot
/// be told what is what. @pre every remote of the layout is in `raw`
Result<FieldValue> read(const AddressLines& lines, const RawFields& raw);

/// Parts to lines. Free lines and lines whose parts do not change stay as `held` has them.
Result<RawFields> write(const AddressLines& lines, const FieldValue& value, const RawFields& held);

}  // namespace syncline::mapping
