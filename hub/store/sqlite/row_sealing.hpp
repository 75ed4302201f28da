#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/record_codec.hpp"
#include "model/attempt.hpp"
#include "model/change.hpp"
#include "model/customer.hpp"
#include "model/field.hpp"
#include "model/link.hpp"
#include "model/quarantine.hpp"
#include "vault/vault.hpp"

#include <cstdint>
#include <vector>

/// Between rows and envelopes: what of a row is encrypted, and under which place. Each open_…
/// throws Fault when an envelope does not open or its content is not a row: that is tampering or a
/// wrong key.
namespace syncline::store {

/// Every leaf that is sensitive becomes an envelope of its own, at the leaf's number and the
/// field's version. A field that is not in `fields` any more is sensitive.
Bytes seal_customer(
    const vault::Vault& vault,
    vault::DataKeyId key,
    const Customer& customer,
    const FieldTable& fields
);
/// Adds the data keys that these fields are under to `keys`.
void collect_keys(
    const std::vector<codec::StoredField>& stored, std::vector<vault::DataKeyId>& keys
);
/// Throws Fault when `bytes` are not stored fields.
std::vector<codec::StoredField> stored_fields(ByteView bytes);
/// Fills the fields of `customer`, whose id is set.
Result<void> open_customer(
    const vault::Vault& vault, const std::vector<codec::StoredField>& stored, Customer& customer
);

/// @pre row_version is the one to be stored
Bytes seal_link(
    const vault::Vault& vault, vault::DataKeyId key, const Link& link, std::uint64_t row_version
);
/// Fills token and fields of `link`, whose columns are set.
Result<void> open_link(const vault::Vault& vault, ByteView sealed, Link& link);

/// The place names the attempt's state, so that a state column cannot be set back unnoticed.
Bytes seal_attempt(const vault::Vault& vault, vault::DataKeyId key, const Attempt& attempt);
Result<void> open_attempt(const vault::Vault& vault, ByteView sealed, Attempt& attempt);

/// @pre customer and sequence are set
Bytes seal_change(const vault::Vault& vault, vault::DataKeyId key, const Change& change);
Result<void> open_change(const vault::Vault& vault, ByteView sealed, Change& change);

/// What an item is about: system, record (remote id, else customer), field and direction, as a
/// keyed hash. Equal for the same trouble.
vault::Tag about(const vault::Vault& vault, const QuarantineItem& item);
/// @pre tries is the number to be stored
Bytes seal_quarantined(const vault::Vault& vault, vault::DataKeyId key, const QuarantineItem& item);
Result<void> open_quarantined(const vault::Vault& vault, ByteView sealed, QuarantineItem& item);

}  // namespace syncline::store
