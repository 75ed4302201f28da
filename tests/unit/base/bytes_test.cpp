#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {
namespace {

Bytes all_bytes() {
    Bytes bytes;
    for (unsigned value = 0; value < 256; ++value)
        bytes.push_back(static_cast<std::uint8_t>(value));
    return bytes;
}

TEST(BytesOf, BorrowsEveryByteOfATextWithZeros) {
    const std::string text("a\0\xFF", 3);
    const ByteView bytes = bytes_of(text);
    EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), (Bytes{'a', 0, 0xFF}));
    EXPECT_EQ(static_cast<const void*>(bytes.data()), static_cast<const void*>(text.data()));
    EXPECT_EQ(text_of(bytes), text);
}

TEST(Hex, WritesTwoSmallDigitsAByteHighHalfFirst) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0x0A, 0xA0, 0xFF}), "000aa0ff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, ReadsEitherCase) {
    EXPECT_EQ(from_hex("00aAfF9c"), (Bytes{0x00, 0xAA, 0xFF, 0x9C}));
    EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(Hex, ReturnsEveryByte) {
    EXPECT_EQ(from_hex(to_hex(all_bytes())), all_bytes());
}

TEST(Hex, RefusesAnOddLengthAndCharactersBesideTheDigits) {
    for (const std::string_view text :
         {"a", "abc", "0g", "0G", "g0", "G0", "/0", "0:", "@0", "0`", " 0", "0x"})
        EXPECT_FALSE(from_hex(text)) << text;
}

// RFC 4648, section 10.
TEST(Base64, WritesTheVectorsOfTheRfc) {
    using Vector = std::pair<std::string_view, std::string_view>;
    constexpr std::array<Vector, 7> kVectors{
        {{"", ""},
         {"f", "Zg=="},
         {"fo", "Zm8="},
         {"foo", "Zm9v"},
         {"foob", "Zm9vYg=="},
         {"fooba", "Zm9vYmE="},
         {"foobar", "Zm9vYmFy"}}};
    for (const auto& [plain, encoded] : kVectors) {
        EXPECT_EQ(to_base64(bytes_of(plain)), encoded);
        const std::optional<Bytes> read = from_base64(encoded);
        ASSERT_TRUE(read) << encoded;
        EXPECT_EQ(text_of(*read), plain);
    }
}

TEST(Base64, ReturnsEveryByteAtEveryLength) {
    const Bytes all = all_bytes();
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const Bytes part(all.end() - static_cast<std::ptrdiff_t>(size), all.end());
        EXPECT_EQ(from_base64(to_base64(part)), part) << size;
    }
}

TEST(Base64, UsesPlusAndSlashForTheLastTwoDigits) {
    EXPECT_EQ(to_base64(Bytes{0xFB, 0xFF, 0xBF}), "+/+/");
    EXPECT_EQ(from_base64("+/+/"), (Bytes{0xFB, 0xFF, 0xBF}));
    EXPECT_FALSE(from_base64("-_-_"));
}

TEST(Base64, RefusesAWrongLengthAndCharactersBesideTheDigits) {
    for (const std::string_view text : {"Z", "Zg", "Zg=", "Zm9vY", "Zm9*", "Zm 9", "Zm9\n"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, RefusesASecondTextOfTheSameBytes) {
    EXPECT_TRUE(from_base64("QQ=="));
    EXPECT_FALSE(from_base64("QR=="));
    EXPECT_TRUE(from_base64("QWE="));
    EXPECT_FALSE(from_base64("QWF="));
}

TEST(Base64, RefusesPaddingAnywhereButAtTheEnd) {
    for (const std::string_view text : {"====", "Z===", "=Zg=", "Zg=a", "Zg==Zm9v", "Zm8=Zm9v"})
        EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace syncline
