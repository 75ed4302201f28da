#include "vault/envelope.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <rapidcheck/gtest.h>
#include <string>

namespace syncline::vault {
namespace {

template <std::size_t size>
std::array<std::uint8_t, size> any_bytes() {
    const auto bytes = *rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
    std::array<std::uint8_t, size> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

Place any_place() {
    Place place;
    place.entity_type = *rc::gen::arbitrary<std::uint16_t>();
    place.record = any_bytes<16>();
    place.field = *rc::gen::arbitrary<std::uint32_t>();
    place.store = *rc::gen::arbitrary<std::uint8_t>();
    place.version = *rc::gen::arbitrary<std::uint64_t>();
    return place;
}

/// An envelope with everything that made it.
struct Sealed {
    Secret32 key{any_bytes<32>()};
    DataKeyId id = *rc::gen::nonZero<std::uint64_t>();
    Tenant tenant = any_bytes<16>();
    Place place = any_place();
    Bytes plain = *rc::gen::arbitrary<Bytes>();
    Bytes envelope =
        seal_with_nonce({id, key}, tenant, place, PlainType::Bytes, plain, any_bytes<24>());
};

RC_GTEST_PROP(EnvelopeProperty, OpensToWhatWasSealed, ()) {
    const Sealed sealed;
    RC_ASSERT(key_id_of(sealed.envelope) == sealed.id);
    RC_ASSERT(sealed.envelope.size() > sealed.plain.size() + kEnvelopeOverhead);
    const auto opened = open_with_key(sealed.key, sealed.tenant, sealed.place, sealed.envelope);
    RC_ASSERT(opened.has_value());
    RC_ASSERT(*opened == sealed.plain);
}

RC_GTEST_PROP(EnvelopeProperty, OpensNowhereElse, ()) {
    const Sealed sealed;
    Place other = sealed.place;
    switch (*rc::gen::inRange(0, 5)) {
        case 0:
            other.entity_type = *rc::gen::arbitrary<std::uint16_t>();
            break;
        case 1:
            other.record = any_bytes<16>();
            break;
        case 2:
            other.field = *rc::gen::arbitrary<std::uint32_t>();
            break;
        case 3:
            other.store = *rc::gen::arbitrary<std::uint8_t>();
            break;
        default:
            other.version = *rc::gen::arbitrary<std::uint64_t>();
            break;
    }
    const bool same = other.entity_type == sealed.place.entity_type &&
                      other.record == sealed.place.record && other.field == sealed.place.field &&
                      other.store == sealed.place.store && other.version == sealed.place.version;
    const auto opened = open_with_key(sealed.key, sealed.tenant, other, sealed.envelope);
    RC_ASSERT(opened.has_value() == same);
}

RC_GTEST_PROP(EnvelopeProperty, NoFlippedBitPasses, ()) {
    const Sealed sealed;
    Bytes flipped = sealed.envelope;
    const auto bit = *rc::gen::inRange<std::size_t>(0, flipped.size() * 8);
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    RC_ASSERT(!open_with_key(sealed.key, sealed.tenant, sealed.place, flipped).has_value());
}

RC_GTEST_PROP(EnvelopeProperty, NoOtherKeyOpens, ()) {
    const Sealed sealed;
    Secret32 other{any_bytes<32>()};
    RC_PRE(!other.equals(sealed.key));
    const auto opened = open_with_key(other, sealed.tenant, sealed.place, sealed.envelope);
    RC_ASSERT(!opened.has_value());
    RC_ASSERT(opened.error().code == ErrorCode::KeyMismatch);
}

RC_GTEST_PROP(EnvelopeProperty, AnyBytesAreRefusedWithoutHarm, ()) {
    const Sealed sealed;
    Bytes bytes = *rc::gen::arbitrary<Bytes>();
    if (*rc::gen::arbitrary<bool>()) {  // a cut or grown envelope
        bytes = sealed.envelope;
        bytes.resize(*rc::gen::inRange<std::size_t>(0, 2 * bytes.size()));
        RC_PRE(bytes != sealed.envelope);
    }
    RC_ASSERT(!open_with_key(sealed.key, sealed.tenant, sealed.place, bytes).has_value());
}

}  // namespace
}  // namespace syncline::vault
