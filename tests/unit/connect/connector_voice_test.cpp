// What a connector says reaches the log only as far as its manifest lists it.

#include "connect/connector_voice.hpp"

#include "support/fakes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::connect {
namespace {

const std::vector<std::string> kListed{
    "row {}: column {} is no UTF-8 text", "the database was locked", "{} of {}", "ends in {}"};
const std::vector<std::string> kFields{"name", "phone"};

std::string logged(std::string_view message) {
    const ListedMessage known(kListed, kFields, message);
    return std::string(log_text(known));
}

TEST(ListedMessage, AFixedTextIsTakenAsItIs) {
    EXPECT_EQ(logged("the database was locked"), "the database was locked");
    EXPECT_EQ(logged("the database was locked by Jan"), "");
    EXPECT_EQ(logged("the database was"), "");
}

TEST(ListedMessage, OnlyNamesOfMappedFieldsStandInItsPlaces) {
    EXPECT_EQ(
        logged("row 479559911: column name is no UTF-8 text"), "row …: column name is no UTF-8 text"
    );
    EXPECT_EQ(
        logged("row phone: column Kanariezwaluw is no UTF-8 text"),
        "row phone: column … is no UTF-8 text"
    );
    EXPECT_EQ(logged("Jan of name"), "… of name");
    EXPECT_EQ(logged("ends in Jan"), "ends in …");
    EXPECT_EQ(logged("ends in "), "ends in …");
}

TEST(ListedMessage, WhatStandsAroundAListedTextMakesItAnotherOne) {
    EXPECT_EQ(logged("Jan: row 1: column name is no UTF-8 text"), "");
    EXPECT_EQ(logged("row 1: column name is no UTF-8 text: Jan"), "");
    EXPECT_EQ(logged("row 1"), "");
    EXPECT_EQ(logged(""), "");
}

TEST(ConnectorVoice, OfAnUnlistedMessageOnlyItsLengthIsLogged) {
    testing::MemoryLog log;
    const ConnectorVoice voice(SystemId{"erp"}, kListed, kFields, log);
    voice.say(3, "could not read Zoë");
    voice.say(3, "the database was locked");
    EXPECT_EQ(
        log.lines(),
        (std::vector<std::string>{
            "connector_says_unlisted system=erp characters=18",
            "connector_says system=erp message=the database was locked"})
    );
}

}  // namespace
}  // namespace syncline::connect
