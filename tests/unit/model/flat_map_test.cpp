#include "model/flat_map.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace syncline {
namespace {

using Words = FlatMap<int, std::string>;

std::vector<std::pair<int, std::string>> entries_of(const Words& words) {
    return {words.begin(), words.end()};
}

TEST(FlatMap, KeepsItsKeysInOrderHoweverTheyCome) {
    Words words;
    for (const int key : {5, 1, 9, 3, 7})
        words[key] = std::to_string(key);
    const std::vector<std::pair<int, std::string>> sorted{
        {1, "1"}, {3, "3"}, {5, "5"}, {7, "7"}, {9, "9"}};
    EXPECT_EQ(entries_of(words), sorted);
    EXPECT_EQ(words.size(), 5U);
}

TEST(FlatMap, IsMadeFromAListWhoseLastWordCounts) {
    const Words words{{2, "b"}, {1, "a"}, {2, "c"}};
    const std::vector<std::pair<int, std::string>> sorted{{1, "a"}, {2, "c"}};
    EXPECT_EQ(entries_of(words), sorted);
}

TEST(FlatMap, FindsWhatIsThereOnly) {
    const Words words{{2, "b"}, {4, "d"}};
    ASSERT_NE(words.find(4), nullptr);
    EXPECT_EQ(*words.find(4), "d");
    for (const int key : {1, 3, 5}) {
        EXPECT_EQ(words.find(key), nullptr) << key;
        EXPECT_FALSE(words.contains(key)) << key;
    }
    EXPECT_TRUE(words.contains(2));
    EXPECT_FALSE(Words{}.contains(2));
}

TEST(FlatMap, AFoundValueCanBeChanged) {
    Words words{{2, "b"}};
    *words.find(2) = "x";
    EXPECT_EQ(words, (Words{{2, "x"}}));
}

TEST(FlatMap, AskingByKeyMakesADefaultOnce) {
    Words words;
    EXPECT_EQ(words[3], "");
    words[3] = "c";
    EXPECT_EQ(words[3], "c");
    EXPECT_EQ(words.size(), 1U);
}

TEST(FlatMap, ErasesOneKeyAndIgnoresOthers) {
    Words words{{1, "a"}, {2, "b"}, {3, "c"}};
    words.erase(2);
    words.erase(2);
    words.erase(0);
    words.erase(9);
    EXPECT_EQ(words, (Words{{1, "a"}, {3, "c"}}));
    EXPECT_FALSE(words.empty());
    words.erase(1);
    words.erase(3);
    EXPECT_TRUE(words.empty());
}

TEST(FlatMap, IsEqualByKeysAndValues) {
    const Words words{{1, "a"}, {2, "b"}};
    EXPECT_EQ(words, (Words{{2, "b"}, {1, "a"}}));
    EXPECT_NE(words, (Words{{1, "a"}}));
    EXPECT_NE(words, (Words{{1, "a"}, {2, "x"}}));
    EXPECT_NE(words, (Words{{1, "a"}, {3, "b"}}));
}

TEST(FlatMap, HoldsValuesThatOnlyMove) {
    FlatMap<int, std::unique_ptr<int>> boxes;
    boxes[2] = std::make_unique<int>(20);
    boxes[1] = std::make_unique<int>(10);
    EXPECT_EQ(**boxes.find(2), 20);
    EXPECT_EQ(**boxes.find(1), 10);
}

}  // namespace
}  // namespace syncline
