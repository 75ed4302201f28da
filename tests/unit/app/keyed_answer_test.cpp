#include "app/keyed_answer.hpp"

#include <gtest/gtest.h>

namespace syncline::app {
namespace {

using Key = KeyedAnswer::Key;

std::optional<KeyedAnswer> read(const char* line) {
    return read_keyed_answer(line, 3, "hne", "hn");
}

TEST(KeyedAnswer, IsANumberOfTheList) {
    for (const char* line : {"2", " 2 "}) {
        const auto answer = read(line);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->key, Key::Number);
        EXPECT_EQ(answer->number, 2U);
        EXPECT_FALSE(answer->is_rule);
    }
    for (const char* line : {"0", "4", "-1", "2x", "99999999999999999999999"})
        EXPECT_FALSE(read(line)) << line;
}

TEST(KeyedAnswer, IsALetterOfTheQuestion) {
    EXPECT_EQ(read("E")->letter, 'e');
    EXPECT_EQ(read("h")->key, Key::Letter);
    EXPECT_FALSE(read("x"));
    EXPECT_FALSE(read(""));
    EXPECT_FALSE(read("hn"));
}

TEST(KeyedAnswer, CanBecomeARule) {
    for (const char* line : {"r2", "r 2", "R  2"}) {
        const auto answer = read(line);
        ASSERT_TRUE(answer) << line;
        EXPECT_TRUE(answer->is_rule);
        EXPECT_EQ(answer->number, 2U);
    }
    EXPECT_TRUE(read("r h")->is_rule);
    for (const char* line : {"r e", "r", "r s", "r q", "r 9"})
        EXPECT_FALSE(read(line)) << line << ": no rule";
    EXPECT_FALSE(read_keyed_answer("r 2", 3, "n", "")) << "nothing can become one";
}

TEST(KeyedAnswer, EndsSkipsAndExplains) {
    EXPECT_EQ(read("s")->key, Key::Skip);
    EXPECT_EQ(read("skip")->key, Key::Skip);
    EXPECT_EQ(read("q")->key, Key::Quit);
    EXPECT_EQ(read("?")->key, Key::Help);
}

}  // namespace
}  // namespace syncline::app
