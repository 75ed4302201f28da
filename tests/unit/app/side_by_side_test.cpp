#include "app/side_by_side.hpp"

#include <gtest/gtest.h>

namespace syncline::app {
namespace {

TEST(SideBySideText, HasAColumnForEachAndAStarWhereItIsAnother) {
    const SideBySide table{
        {"hub now", "1 erp"},
        {{"value", {{"Müller", false}, {"Muller", true}}},
         {"empty", {{"", false}, {"", false}}},
         {"read", {{"", false}, {"today", false}}}}};
    EXPECT_EQ(
        layout(table),
        "          hub now    1 erp\n"
        "  value   Müller   * Muller\n"
        "  read               today\n"
    );
}

TEST(SideBySideText, LongCellsGoOnBelow) {
    const SideBySide table{
        {"a", "b"},
        {{"value", {{"one two three four five six seven eight", false}, {"short", true}}}}};
    EXPECT_EQ(
        layout(table),
        "          a                              b\n"
        "  value   one two three four five six  * short\n"
        "          seven eight\n"
    );
}

TEST(SideBySideText, AValueCannotMoveTheCursor) {
    const SideBySide table{{"a"}, {{"value", {{"x\x1b[2Jy\n", false}}}}};
    EXPECT_EQ(layout(table).find('\x1b'), std::string::npos);
    EXPECT_NE(layout(table).find("x [2Jy"), std::string::npos);
}

}  // namespace
}  // namespace syncline::app
