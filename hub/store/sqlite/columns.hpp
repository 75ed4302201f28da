#pragma once

#include "base/bytes.hpp"
#include "base/fault.hpp"
#include "vault/sqlite.hpp"

#include <algorithm>

/// Columns as the types of the model.
namespace syncline::store {

/// A 16-byte id; nil for NULL.
template <class Identifier>
Identifier read_id(vault::sqlite::Query& row) {
    const ByteView bytes = row.bytes();
    if (bytes.empty()) return Identifier{};
    typename Identifier::Raw raw{};
    if (bytes.size() != raw.size()) throw Fault("hub.db: an id is not 16 bytes");
    std::copy(bytes.begin(), bytes.end(), raw.begin());
    return Identifier{raw};
}

inline Bytes read_bytes(vault::sqlite::Query& row) {
    const ByteView bytes = row.bytes();
    return {bytes.begin(), bytes.end()};
}

}  // namespace syncline::store
