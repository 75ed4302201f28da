#pragma once

#include "base/result.hpp"
#include "mapping/date_format.hpp"
#include "model/catalogue.hpp"
#include "model/settings.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace syncline::mapping {

/// The text of one remote field, or of one leaf, on its way through the lenses. Nothing: says
/// nothing.
using Cell = std::optional<std::string>;

struct TrimLens {};
struct CollapseSpacesLens {};
/// The remote keeps its texts in one case.
struct CaseLens {
    enum class To : std::uint8_t { Upper, Lower } to;
};
struct PhoneLens {
    enum class Style : std::uint8_t { E164, International, National } style;
};
struct EmailLens {};
struct VatLens {};
struct CountryCodeLens {};
struct CountryNameLens {
    std::string language;
};
struct DateLens {
    DateFormat format;
};
struct NumberLens {
    char separator;
};
/// An amount in one currency. `digits`: decimals of the remote's figure, 0 for minor units.
struct MoneyLens {
    std::string currency;
    unsigned digits;
};
/// Rows of remote and canonical text; the first row of a canonical text is the one written.
struct EnumLens {
    std::vector<std::pair<std::string, std::string>> rows;
};
/// The same with a long table, by whole texts: "01" and "1" are two codes.
struct LookupLens {
    std::vector<std::pair<std::string, std::string>> rows;
    std::map<std::string, std::string, std::less<>> own_of, remote_of;
    bool keeps_unknown = false;  ///< a text that the table lacks passes as it is
    Cell otherwise = {};         ///< what a remote text that the table lacks is read as
};
/// Always writes the same text and reads nothing into the record.
struct ConstantLens {
    std::string value;
};
/// An empty remote field means `value`.
struct DefaultLens {
    std::string value;
};
/// Texts by which the remote says nothing ("N/A"), and the one it wants to be written for nothing.
struct NullAsLens {
    std::vector<std::string> values;
    std::string written;
};

using Lens = std::variant<
    TrimLens,
    CollapseSpacesLens,
    CaseLens,
    PhoneLens,
    EmailLens,
    VatLens,
    CountryCodeLens,
    CountryNameLens,
    DateLens,
    NumberLens,
    MoneyLens,
    EnumLens,
    LookupLens,
    ConstantLens,
    DefaultLens,
    NullAsLens>;

/// What a lens must know about the leaf it serves.
struct LensContext {
    const LeafSpec& spec;
    std::string_view default_country;
};

/// The lens that `setting` describes, for a leaf. ConfigInvalid (`where` as given) for an unknown
/// name (with the nearest one), an option it does not take or a leaf of another type.
Result<Lens> make_lens(const LensSetting& setting, const LensContext& context, std::string where);
/// Names of all lenses of one leaf, for messages.
const std::vector<std::string>& lens_names();

/// One step from the remote towards the record. MappingFailed, without the value, when it cannot.
Result<Cell> read(const Lens& lens, Cell cell, const LensContext& context);
/// One step from the record towards the remote. MappingFailed when the remote cannot hold it.
Result<Cell> write(const Lens& lens, Cell cell, const LensContext& context);
/// What an empty remote field is read as, of those lenses that read it as something.
Cell meaning_of_nothing(const Lens& lens);
/// What does not survive writing and reading back, in words; "" = everything does.
std::string loss(const Lens& lens, const LensContext& context);

}  // namespace syncline::mapping
