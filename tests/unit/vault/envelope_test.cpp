#include "vault/envelope.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace syncline::vault {
namespace {

constexpr DataKeyId kId = 0x0102030405060708;

Secret32 counting_key() {
    std::array<std::uint8_t, Secret32::kBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i);
    return Secret32{bytes};
}

Tenant tenant() {
    Tenant bytes;
    bytes.fill(0x11);
    return bytes;
}

Place place() {
    Place at;
    at.record.fill(0x22);
    at.field = 7;
    at.store = 1;
    at.version = 3;
    return at;
}

Bytes vector_envelope() {
    Nonce nonce{};
    for (std::size_t i = 0; i < nonce.size(); ++i)
        nonce[i] = static_cast<std::uint8_t>(0x40 + i);
    return seal_with_nonce(
        {kId, counting_key()},
        tenant(),
        place(),
        PlainType::Text,
        bytes_of("ada@example.com"),
        nonce
    );
}

// The vector is part of the format: other programs read these envelopes.
TEST(Envelope, MatchesTheTestVector) {
    const Bytes envelope = vector_envelope();
    EXPECT_EQ(
        to_hex(envelope),
        "f60101010102030405060708404142434445464748494a4b4c4d4e4f5051525354555657867f0111c1512f1f3e"
        "ab"
        "b79f93e25aa25a10ba362485a3418ba87cb666c650a985ed25aa71add9dee9974b2990654677"
    );
    EXPECT_EQ(
        to_hex(associated_data(ByteView(envelope).first(12), tenant(), place())),
        "6875622e666c642e7631f601010101020304050607081111111111111111111111111111111100012222222222"
        "22"
        "2222222222222222222200000007010000000000000003"
    );
    EXPECT_EQ(envelope.size(), 16 + kEnvelopeOverhead);
    EXPECT_EQ(key_id_of(envelope), kId);
    const auto plain = open_with_key(counting_key(), tenant(), place(), envelope);
    ASSERT_TRUE(plain);
    EXPECT_EQ(text_of(*plain), "ada@example.com");
}

TEST(Envelope, RejectsEverySingleBitFlip) {
    const Bytes sealed = vector_envelope();
    ASSERT_EQ(sealed.size() * 8, 672U);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes flipped = sealed;
        flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(open_with_key(counting_key(), tenant(), place(), flipped)) << "bit " << bit;
    }
}

TEST(Envelope, TellsItsFourFailuresApart) {
    const Bytes sealed = vector_envelope();
    const auto code = [](const Result<Bytes>& opened) { return opened.error().code; };
    Bytes text(sealed.size(), 'a');
    EXPECT_EQ(
        code(open_with_key(counting_key(), tenant(), place(), text)), ErrorCode::CipherMalformed
    );
    const ByteView cut = ByteView(sealed).first(sealed.size() - 1);
    EXPECT_EQ(
        code(open_with_key(counting_key(), tenant(), place(), cut)), ErrorCode::CipherMalformed
    );
    EXPECT_EQ(code(open_with_key(Secret32{}, tenant(), place(), sealed)), ErrorCode::KeyMismatch);
    Bytes edited = sealed;
    edited.back() ^= 1U;
    EXPECT_EQ(
        code(open_with_key(counting_key(), tenant(), place(), edited)), ErrorCode::CipherTampered
    );
}

TEST(Envelope, OpensInItsPlaceOnly) {
    const Bytes sealed = vector_envelope();
    const auto refuses = [&](const Tenant& of, const Place& at) {
        const auto opened = open_with_key(counting_key(), of, at, sealed);
        return !opened && opened.error().code == ErrorCode::CipherTampered;
    };
    Tenant other_tenant = tenant();
    other_tenant[15] = 0;
    EXPECT_TRUE(refuses(other_tenant, place()));
    Place other = place();
    other.entity_type = 2;
    EXPECT_TRUE(refuses(tenant(), other));
    other = place();
    other.record[0] = 0;
    EXPECT_TRUE(refuses(tenant(), other));
    other = place();
    other.field = 8;
    EXPECT_TRUE(refuses(tenant(), other));
    other = place();
    other.store = 2;
    EXPECT_TRUE(refuses(tenant(), other));
    other = place();
    other.version = 2;
    EXPECT_TRUE(refuses(tenant(), other));
}

TEST(Envelope, HidesTheExactLength) {
    const auto size = [](std::size_t characters) {
        const std::string text(characters, 'x');
        return seal_with_nonce(
                   {kId, counting_key()},
                   tenant(),
                   place(),
                   PlainType::Text,
                   bytes_of(text),
                   Nonce{}
        )
            .size();
    };
    EXPECT_EQ(size(0), size(15));
    EXPECT_EQ(size(16), size(31));
    EXPECT_EQ(size(128), size(255));
    EXPECT_EQ(size(256), size(511));
    EXPECT_EQ(size(256), 512 + kEnvelopeOverhead);
    EXPECT_LT(size(255), size(256));
}

}  // namespace
}  // namespace syncline::vault
