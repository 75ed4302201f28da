#include "base/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace syncline {
namespace {

// Scripts match on these words and numbers: changing one breaks them.
constexpr std::array<std::pair<int, std::string_view>, 30> kCodes{
    {{101, "payload_malformed"},
     {102, "field_type_mismatch"},
     {103, "mapping_failed"},
     {104, "record_too_large"},
     {201, "remote_rate_limited"},
     {202, "remote_unavailable"},
     {203, "remote_refused"},
     {204, "remote_conflict"},
     {205, "remote_gone"},
     {206, "remote_duplicate"},
     {207, "remote_unauthorised"},
     {208, "remote_in_doubt"},
     {209, "cursor_lost"},
     {301, "plugin_unusable"},
     {302, "plugin_crashed"},
     {303, "plugin_unsupported"},
     {401, "config_invalid"},
     {402, "not_found"},
     {403, "already_running"},
     {404, "stale_plan"},
     {405, "threshold_tripped"},
     {406, "usage_invalid"},
     {407, "outdated"},
     {408, "clock_implausible"},
     {409, "no_room"},

     {501, "key_missing"},
     {502, "key_mismatch"},
     {503, "key_destroyed"},
     {504, "cipher_malformed"},
     {505, "cipher_tampered"}}};

TEST(ErrorCode, KeepsItsNumberAndName) {
    for (const auto& [number, word] : kCodes)
        EXPECT_EQ(name(static_cast<ErrorCode>(number)), word);
}

TEST(ErrorCode, HasNoFurtherCodeThanThoseListedHere) {
    std::set<int> listed;
    for (const auto& code : kCodes)
        listed.insert(code.first);
    for (int number = 0; number < 1'000; ++number) {
        const bool is_known = name(static_cast<ErrorCode>(number)) != "unknown";
        EXPECT_EQ(is_known, listed.contains(number)) << number;
    }
}

TEST(ErrorCode, IsFoundByItsName) {
    for (const auto& [number, word] : kCodes)
        EXPECT_EQ(error_code(word), static_cast<ErrorCode>(number)) << word;
    for (const std::string_view word : {"", "unknown", "Not_Found", "not_found "})
        EXPECT_EQ(error_code(word), std::nullopt) << word;
}

TEST(Remedy, HasANameOfItsOwn) {
    EXPECT_EQ(name(Remedy::Retry), "retry");
    EXPECT_EQ(name(Remedy::Reauthorise), "reauthorise");
    EXPECT_EQ(name(Remedy::Quarantine), "quarantine");
    EXPECT_EQ(name(Remedy::Reject), "reject");
    EXPECT_EQ(name(Remedy::Reconfigure), "reconfigure");
    EXPECT_EQ(name(Remedy::Stop), "stop");
}

}  // namespace
}  // namespace syncline
