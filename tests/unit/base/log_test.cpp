// No type that may hold a customer's value can stand in a log line: the program would not compile.

#include "base/log.hpp"

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/customer.hpp"
#include "model/field.hpp"
#include "model/field_value.hpp"
#include "model/link.hpp"
#include "model/observation.hpp"
#include "model/quarantine.hpp"
#include "model/raw_fields.hpp"
#include "model/settings.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace syncline {
namespace {

template <class T>
constexpr bool kCanBeLogged = std::is_convertible_v<T, LogValue>;

// Texts of unknown origin.
static_assert(!kCanBeLogged<std::string>);
static_assert(!kCanBeLogged<const std::string&>);
static_assert(!kCanBeLogged<std::string_view>);
static_assert(!kCanBeLogged<const char*>);
static_assert(!kCanBeLogged<char*>);
static_assert(!kCanBeLogged<std::optional<std::string>>);
static_assert(!kCanBeLogged<std::vector<std::string>>);
static_assert(!kCanBeLogged<char>);
static_assert(!kCanBeLogged<const void*>);
// What customers are called and systems hold.
static_assert(!kCanBeLogged<FieldValue>);
static_assert(!kCanBeLogged<RawValue>);
static_assert(!kCanBeLogged<RawFields>);
static_assert(!kCanBeLogged<RemoteId>);
static_assert(!kCanBeLogged<Observation>);
static_assert(!kCanBeLogged<Link>);
static_assert(!kCanBeLogged<Customer>);
static_assert(!kCanBeLogged<QuarantineItem>);
static_assert(!kCanBeLogged<codec::Json>);
// Their texts are for the operator who looks, and may repeat what a system said.
static_assert(!kCanBeLogged<Error>);
static_assert(!kCanBeLogged<Result<int>>);

static_assert(kCanBeLogged<ErrorCode>);
static_assert(kCanBeLogged<std::size_t>);
static_assert(kCanBeLogged<bool>);
static_assert(kCanBeLogged<Timestamp>);
static_assert(kCanBeLogged<CustomerId>);
static_assert(kCanBeLogged<SystemId>);
static_assert(kCanBeLogged<Field>);
static_assert(kCanBeLogged<HubSetting>);

// Nor does a text become an event or the name of a field.
static_assert(!std::is_convertible_v<std::string, LogWord>);
static_assert(!std::is_convertible_v<std::string_view, LogWord>);
static_assert(!std::is_convertible_v<const char*, LogWord>);

TEST(LogValue, IsReadAsAPersonWouldWriteIt) {
    EXPECT_EQ(to_text(LogValue("word")), "word");
    EXPECT_EQ(to_text(LogValue(7U)), "7");
    EXPECT_EQ(to_text(LogValue(-7)), "-7");
    EXPECT_EQ(to_text(LogValue(true)), "true");
    EXPECT_EQ(to_text(LogValue(false)), "false");
    EXPECT_EQ(to_text(LogValue(from_unix_ms(0))), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_text(LogValue(ErrorCode::RemoteRefused)), "remote_refused");
    EXPECT_EQ(to_text(LogValue(CustomerId{})), "00000000-0000-0000-0000-000000000000");
    const SystemId system{"erp"};
    EXPECT_EQ(to_text(LogValue(system)), "erp");
}

TEST(LogLevel, IsFoundByItsName) {
    for (const LogLevel level :
         {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error})
        EXPECT_EQ(log_level(name(level)), level);
    EXPECT_EQ(name(LogLevel::Warning), "warning");
    EXPECT_EQ(log_level("Info"), std::nullopt);
    EXPECT_EQ(log_level(""), std::nullopt);
}

}  // namespace
}  // namespace syncline
