#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/version.hpp"
#include "model/attempt.hpp"
#include "model/case.hpp"
#include "model/change.hpp"
#include "model/ids.hpp"
#include "model/link.hpp"
#include "model/merge_event.hpp"
#include "model/raw_fields.hpp"
#include "model/stamp.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace syncline::codec {

/// The store's own binary form of rows: what lies inside an envelope, and the map of a customer's
/// fields around its envelopes.
///
/// A row is a kind byte, a format byte, then its values: numbers as LEB128 in their shortest form,
/// texts and bytes with their length before them, maps in ascending key order. There is exactly one
/// encoding of a value, so equal values have equal bytes. Decoding takes any bytes: what is not
/// such an encoding is PayloadMalformed, and no more memory is used than a small multiple of the
/// input.

/// One leaf of a stored field.
struct StoredPart {
    enum class Form : std::uint8_t {
        Cleared = 0,  ///< somebody said "nothing"
        Clear = 1,    ///< `content` is the text
        Sealed = 2,   ///< `content` is an envelope
    };
    FieldId leaf;  ///< number of the leaf's path, as it is bound into the envelope
    Form form = Form::Cleared;
    Bytes content;
    friend bool operator==(const StoredPart&, const StoredPart&) = default;
};

/// One field of a customer as its row holds it.
struct StoredField {
    FieldId field;
    Version version;
    Origin origin;
    EditInterval interval;
    Rule rule = Rule::None;
    std::vector<StoredPart> parts;
    friend bool operator==(const StoredField&, const StoredField&) = default;
};

/// A customer's fields, in ascending order of their numbers.
Bytes encode_stored_fields(std::span<const StoredField> fields);
Result<std::vector<StoredField>> decode_stored_fields(ByteView bytes);

/// A link's token and fields; the rest of a link is columns. Decoding fills only these.
Bytes encode_link(const Link& link);
Result<void> decode_link(ByteView bytes, Link& into);

/// An attempt's expected token and fields; the rest is columns. Decoding fills only these.
Bytes encode_attempt(const Attempt& attempt);
Result<void> decode_attempt(ByteView bytes, Attempt& into);

Bytes encode_changes(std::span<const FieldChange> changes);
Result<std::vector<FieldChange>> decode_changes(ByteView bytes);

Bytes encode_raw_fields(const RawFields& fields);
Result<RawFields> decode_raw_fields(ByteView bytes);

Bytes encode_candidates(std::span<const Candidate> candidates);
Result<std::vector<Candidate>> decode_candidates(ByteView bytes);

Bytes encode_moved_links(std::span<const MergeEvent::MovedLink> links);
Result<std::vector<MergeEvent::MovedLink>> decode_moved_links(ByteView bytes);

}  // namespace syncline::codec
