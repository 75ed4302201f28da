#pragma once

#include "base/result.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

/// What kind of value a leaf holds, and with it its normal form and comparator
/// (normal/normal_form.hpp).
enum class ValueType : std::uint8_t {
    Text,      ///< one line: NFC, trimmed, inner spaces collapsed
    LongText,  ///< several lines: NFC
    PersonOrOrganisationName,
    Email,       ///< domain lowered
    Phone,       ///< E.164
    Country,     ///< ISO 3166-1 alpha-2
    Language,    ///< BCP 47
    Currency,    ///< ISO 4217
    VatNumber,   ///< country prefix and digits, upper case, no separators
    Identifier,  ///< upper case, no separators
    Code,        ///< one of `codes`
    Integer,
    Decimal,   ///< plain digits with '.', no exponent, no trailing zero
    Money,     ///< minor units, space, ISO 4217: "125000 EUR"
    Date,      ///< YYYY-MM-DD
    DateTime,  ///< RFC 3339 in UTC
    Boolean,   ///< "true" or "false"
};

enum class MergeKind : std::uint8_t { Register, Composite, Set };

/// Which undecided conflicts go to a person by default (identity, finance, consent) and which do
/// not.
enum class Domain : std::uint8_t { General, Identity, Finance, Consent };

enum class IndexKind : std::uint8_t {
    None,
    Blind,   ///< keyed tag, several customers may share it (e-mail, phone)
    Strong,  ///< keyed tag, one customer only (VAT, registration, LEI, DUNS)
};

/// A leaf of the canonical record as the schema describes it. `pattern` has `*` for a map key.
struct LeafSpec {
    std::string_view pattern;  ///< "emails.*.address"
    std::string_view title;
    ValueType type = ValueType::Text;
    bool sensitive = true;
    IndexKind index = IndexKind::None;
    Domain domain = Domain::General;
    std::uint32_t number = 0;  ///< the schema's stable number of this pattern
    std::uint32_t max_characters = 0;
    std::span<const std::string_view> codes = {};  ///< of a Code
};

/// A group of leaves that merges as one: "addresses.*" with its leaves in their order.
struct CompositeSpec {
    std::string_view pattern;
    std::string_view title;
    std::span<const std::string_view> parts = {};  ///< "street", "postcode", …
};

/// Everything the schemas say about the fields of one kind of record. Built from schemas/ at build
/// time (catalogue_data.cpp is generated); immutable, any thread.
class Catalogue {
public:
    /// The customer's catalogue.
    static const Catalogue& customer();

    Catalogue(std::span<const LeafSpec> leaves, std::span<const CompositeSpec> composites)
        : leaves_(leaves), composites_(composites) {}

    std::span<const LeafSpec> leaves() const noexcept { return leaves_; }
    std::span<const CompositeSpec> composites() const noexcept { return composites_; }

    /// The leaf that a concrete path ("emails.main.address", "ext.crm.segment") names, or nothing.
    const LeafSpec* leaf(std::string_view path) const;
    /// The composite that a concrete path ("addresses.billing") names, or nothing.
    const CompositeSpec* composite(std::string_view path) const;
    /// The composite that holds a leaf path, with the length of the composite's own path:
    /// "addresses.billing.city" -> "addresses.billing".
    std::optional<std::string> composite_of(std::string_view leaf_path) const;
    /// Concrete-looking patterns near `path`, for an error message; may be empty.
    std::string suggestion(std::string_view path) const;

private:
    std::span<const LeafSpec> leaves_;
    std::span<const CompositeSpec> composites_;
};

/// True when `path` is well-formed (snake_case segments joined by dots, at most 8 segments of at
/// most 64 characters) and matches `pattern`, where `*` stands for exactly one segment.
bool matches_pattern(std::string_view pattern, std::string_view path);
bool is_well_formed_path(std::string_view path);

}  // namespace syncline
