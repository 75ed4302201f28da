#include "app/error_tally.hpp"

#include "app/error_advice.hpp"
#include "model/catalogue.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::app {
namespace {

class Tally : public ::testing::Test {
protected:
    Tally() {
        std::uint32_t next = 1;
        const auto number_of = [&](const std::string&) { return FieldId{next++}; };
        std::vector<Field> fields;
        for (const char* path : {"name", "phones.main.number"})
            fields.push_back(*make_field(Catalogue::customer(), path, number_of));
        name_ = fields[0].id;
        phone_ = fields[1].id;
        fields_ = FieldTable(std::move(fields));
    }
    void add(
        const char* system, ErrorCode code, FieldId field, const char* reason, std::int64_t at
    ) {
        QuarantineItem item;
        item.system = SystemId{system};
        item.code = code;
        item.field = field;
        item.reason = reason;
        item.first_at = from_unix_ms(at);
        item.last_at = from_unix_ms(at + 10);
        items_.push_back(std::move(item));
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> texts;
        for (const ErrorTally& tally : tally_errors(items_, fields_))
            texts.push_back(text_of(tally));
        return texts;
    }

    FieldTable fields_;
    FieldId name_, phone_;
    std::vector<QuarantineItem> items_;
};

TEST_F(Tally, CountsBySystemCodeAndFieldTheMostFirst) {
    add("erp", ErrorCode::RemoteRefused, name_, "no", 1);
    add("erp", ErrorCode::MappingFailed, phone_, "no phone", 2);
    add("desk", ErrorCode::MappingFailed, phone_, "no phone", 3);
    add("erp", ErrorCode::MappingFailed, phone_, "no phone", 4);
    add("erp", ErrorCode::MappingFailed, name_, "no name", 5);
    add("", ErrorCode::ClockImplausible, FieldId{}, "the clock", 0);
    EXPECT_EQ(
        texts(),
        (std::vector<std::string>{
            "2 mapping_failed in erp (phones.main.number)",
            "1 mapping_failed in erp (name)",
            "1 mapping_failed in desk (phones.main.number)",
            "1 remote_refused in erp (name)",
            "1 clock_implausible in the hub"})
    );
}

TEST_F(Tally, KnowsWhenItBeganAndTheMostFrequentReason) {
    add("erp", ErrorCode::RemoteRefused, name_, "too long", 300);
    add("erp", ErrorCode::RemoteRefused, name_, "not unique", 100);
    add("erp", ErrorCode::RemoteRefused, name_, "too long", 200);
    const auto tallies = tally_errors(items_, fields_);
    ASSERT_EQ(tallies.size(), 1U);
    EXPECT_EQ(tallies[0].items, 3U);
    EXPECT_EQ(tallies[0].first_at, from_unix_ms(100));
    EXPECT_EQ(tallies[0].last_at, from_unix_ms(310));
    EXPECT_EQ(tallies[0].reason, "too long");
    EXPECT_EQ(tallies[0].reasons, 2U);
}

TEST_F(Tally, OfNothingIsNothing) {
    EXPECT_TRUE(tally_errors({}, fields_).empty());
}

TEST(ErrorAdvice, NamesTheCommandsOfThisHub) {
    EXPECT_EQ(
        with_commands_of(
            "`syncline plan -o p`, then `syncline apply p`; syncline", "syncline -C h"
        ),
        "`syncline -C h plan -o p`, then `syncline -C h apply p`; syncline"
    );
    EXPECT_EQ(
        advice_for(entry_of(ErrorCode::KeyMissing), "syncline -C h"),
        "On a new hub, `syncline -C h init`."
    );
}

}  // namespace
}  // namespace syncline::app
