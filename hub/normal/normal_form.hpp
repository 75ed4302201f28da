#pragma once

#include "base/result.hpp"
#include "model/catalogue.hpp"
#include "model/field.hpp"
#include "model/field_value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace syncline::normal {

/// The normal form of one leaf's text: what the canonical record stores. Idempotent:
/// normal_form(normal_form(x)) == normal_form(x). An empty or all-space text is "nothing".
///
/// `default_country` (ISO 3166-1 alpha-2) reads national phone numbers. Refuses (FieldTypeMismatch)
/// a text that is not of the type: malformed UTF-8, a phone number libphonenumber cannot place, an
/// unknown country. Pure; any thread.
Result<std::optional<std::string>> normal_form(
    const LeafSpec& leaf, std::string_view text, std::string_view default_country
);

/// The same value to a person: equality of comparison keys. Case and accents of names, spaces,
/// punctuation of identifiers and scale of decimals do not count. An equivalence relation, and
/// equal normal forms are always equivalent.
bool equivalent(const LeafSpec& leaf, std::string_view a, std::string_view b);

/// Equivalent part by part; cleared equals only cleared.
bool equivalent(const Field& field, const FieldValue& a, const FieldValue& b);

/// The key under which association compares and the blind index hashes: stronger folding than
/// `equivalent` (names: case, accents, punctuation, legal-form words such as "NV", "SA", "GmbH"
/// and word order; streets: case, accents, punctuation, common abbreviations). Empty = no key.
std::string match_key(const LeafSpec& leaf, std::string_view text);

}  // namespace syncline::normal
