#include "connect/rows.hpp"

#include "syncline/connector.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace syncline::connect {
namespace {

using codec::Json;

const Reading kReading{SystemId{"erp"}, "customer", from_unix_ms(1), from_unix_ms(2)};

Json parsed(std::string_view text) {
    return codec::parse_json(text).value();
}

TEST(Rows, ANumberThatIsNoneIsTheWrongShape) {
    for (const char* row :
         {R"({"id":"1","data":"{}","op":1e300})",
          R"({"id":"1","data":"{}","op":-1})",
          R"({"id":"1","data":"{}","modified_unix_us":1e300})"})
        EXPECT_THROW(read_row(parsed(row), kReading), Json::exception) << row;
    EXPECT_THROW(read_receipt(parsed(R"({"status":-1e300})"), {}, kReading), Json::exception);
    EXPECT_THROW(read_outcome(parsed(R"({"status":0,"flags":1e300})")), Json::exception);
}

TEST(Rows, AProblemWithoutAReasonIsStillAProblem) {
    for (const char* errors : {R"([{}])", R"([{\"message\":\"\"}])", "[0]"}) {
        const std::string row = R"({"id":"1","ext":"{\"errors\":)" + std::string(errors) + R"(}"})";
        EXPECT_EQ(read_row(parsed(row), kReading).problem, "no reason given") << row;
    }
}

TEST(Rows, ARecordThatIsNoFlatObjectIsSetAside) {
    const Observation seen = read_row(parsed(R"({"id":"1","data":"[]"})"), kReading);
    EXPECT_EQ(seen.remote_id, RemoteId{"1"});
    EXPECT_NE(seen.problem.find("malformed record"), std::string::npos);
    EXPECT_TRUE(seen.fields.empty());
}

TEST(Rows, ARecordMayTellWhichOnesBecameIt) {
    const Observation seen = read_row(
        parsed(R"({"id":"3","data":"{}","ext":"{\"merged_from\":[\"1\",\"2\",7]}"})"), kReading
    );
    EXPECT_EQ(seen.merged_from, (std::vector<RemoteId>{RemoteId{"1"}, RemoteId{"2"}}));
    EXPECT_TRUE(read_row(parsed(R"({"id":"3","data":"{}"})"), kReading).merged_from.empty());
}

TEST(Rows, OnlyADuplicateNamesTheRecordInTheWay) {
    const auto receipt_of_status = [](int status) {
        const Json row{{"status", status}, {"id", "77"}};
        return read_receipt(row, {}, kReading);
    };
    EXPECT_EQ(receipt_of_status(SYNCLINE_E_DUPLICATE).duplicate_of, RemoteId{"77"});
    EXPECT_TRUE(receipt_of_status(SYNCLINE_E_INVALID).duplicate_of.empty());
}

}  // namespace
}  // namespace syncline::connect
