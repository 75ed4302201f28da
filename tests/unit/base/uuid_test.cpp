#include "base/uuid.hpp"

#include "support/fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_set>

namespace syncline {
namespace {

struct BoatTag;
using BoatId = Uuid<BoatTag>;

/// Randomness that is always the same byte.
class OneByte final : public Random {
public:
    explicit OneByte(std::uint8_t byte) : byte_(byte) {}
    void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), byte_); }

private:
    std::uint8_t byte_;
};

constexpr std::string_view kText = "0123abcd-4567-89ab-cdef-0123456789ab";

// RFC 9562, 5.7: 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits.
TEST(MintUuid, HasTimeVersionAndVariantWhereTheRfcPutsThem) {
    OneByte ones(0xFF);
    OneByte zeros(0x00);
    const Timestamp at = from_unix_ms(0x0123'4567'89AB);
    EXPECT_EQ(uuid_text(mint_uuid(at, ones)), "01234567-89ab-7fff-bfff-ffffffffffff");
    EXPECT_EQ(uuid_text(mint_uuid(at, zeros)), "01234567-89ab-7000-8000-000000000000");
}

TEST(MintUuid, LaterOnesSortLater) {
    OneByte ones(0xFF);
    OneByte zeros(0x00);
    for (const std::int64_t ms : {0LL, 0xFFLL, 0xFFFFLL, 1'790'000'000'000LL}) {
        const auto earlier = mint<BoatId>(from_unix_ms(ms), ones);
        EXPECT_LT(earlier, mint<BoatId>(from_unix_ms(ms + 1), zeros)) << ms;
    }
}

TEST(MintUuid, TwoOfOneMomentDiffer) {
    testing::SeededRandom random;
    std::set<BoatId> ids;
    for (int i = 0; i < 100; ++i)
        ids.insert(mint<BoatId>(from_unix_ms(5), random));
    EXPECT_EQ(ids.size(), 100U);
}

TEST(UuidText, ReturnsAsItWasWritten) {
    const auto raw = parse_uuid(kText);
    ASSERT_TRUE(raw);
    EXPECT_EQ((*raw)[0], 0x01);
    EXPECT_EQ((*raw)[15], 0xAB);
    EXPECT_EQ(uuid_text(*raw), kText);
    EXPECT_EQ(to_text(BoatId{*raw}), kText);
}

TEST(UuidText, IsReadWithoutDashesAndInCapitals) {
    EXPECT_EQ(parse_uuid("0123ABCD456789ABCDEF0123456789AB"), parse_uuid(kText));
}

TEST(UuidText, IsRefusedWhenTooShortTooLongOrNoHexadecimal) {
    for (const std::string_view text :
         {"",
          "----",
          "0123abcd-4567-89ab-cdef-0123456789",
          "0123abcd-4567-89ab-cdef-0123456789abcd",
          "0123abcd-4567-89ab-cdef-0123456789ag",
          "{0123abcd-4567-89ab-cdef-0123456789ab}"})
        EXPECT_FALSE(parse_uuid(text)) << text;
}

TEST(Uuid, IsNilOnlyWhenEveryByteIsZero) {
    EXPECT_TRUE(BoatId{}.is_nil());
    for (std::size_t i = 0; i < 16; ++i) {
        BoatId::Raw raw{};
        raw[i] = 1;
        EXPECT_FALSE(BoatId{raw}.is_nil()) << i;
    }
}

TEST(Uuid, HashesOfOneMomentSpread) {
    testing::SeededRandom random;
    std::unordered_set<std::size_t> hashes;
    for (int i = 0; i < 100; ++i)
        hashes.insert(std::hash<BoatId>{}(mint<BoatId>(from_unix_ms(5), random)));
    EXPECT_EQ(hashes.size(), 100U);
}

}  // namespace
}  // namespace syncline
