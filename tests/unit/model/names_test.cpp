#include "model/attempt.hpp"
#include "model/case.hpp"
#include "model/change.hpp"
#include "model/customer.hpp"
#include "model/link.hpp"
#include "model/plan.hpp"
#include "model/quarantine.hpp"
#include "model/settings.hpp"
#include "model/stamp.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace syncline {
namespace {

/// Names by stored number, from zero; the number after the last must be unknown.
template <class Enum>
void expect_names(const std::vector<std::string_view>& words) {
    for (std::size_t number = 0; number < words.size(); ++number)
        EXPECT_EQ(name(static_cast<Enum>(number)), words[number]) << number;
    EXPECT_EQ(name(static_cast<Enum>(words.size())), "unknown");
}

// Rows keep the numbers, output and plans the names.
TEST(StoredNames, ARuleKeepsItsNumber) {
    expect_names<Rule>({"none",
                        "first_value",
                        "only_change",
                        "same_change",
                        "authority",
                        "newest",
                        "newest_undecided",
                        "keep",
                        "union",
                        "null_guard",
                        "review",
                        "user",
                        "adoption",
                        "late_own_write",
                        "drift",
                        "default",
                        "merge",
                        "unmerge",
                        "undo",
                        "restore",
                        "delete"});
}

TEST(StoredNames, AChangeKeepsItsNumber) {
    expect_names<ChangeKind>(
        {"version",
         "loser",
         "contested",
         "drift",
         "late_own_write",
         "transform",
         "written",
         "linked",
         "unlinked",
         "created",
         "removed",
         "merged",
         "merged_into",
         "unmerged",
         "deleted",
         "undeleted"}
    );
}

TEST(StoredNames, ALinkStateKeepsItsNumber) {
    expect_names<LinkState>(
        {"unassociated", "active", "gone", "out_of_scope", "suspended", "condemned"}
    );
}

TEST(StoredNames, ALinkRoleKeepsItsNumber) {
    expect_names<LinkRole>({"primary", "secondary"});
}

TEST(StoredNames, ACustomerStateKeepsItsNumber) {
    expect_names<CustomerState>({"active", "merged", "deleted"});
}

TEST(SettingNames, AReactionHasItsWord) {
    expect_names<WhenGone>({"review", "unlink", "recreate", "deactivate", "delete"});
    expect_names<OnDelete>({"review", "unlink", "deactivate", "delete"});
}

TEST(StoredNames, ACaseKeepsItsNumber) {
    expect_names<CaseKind>({"association", "conflict", "gone", "duplicate", "apart"});
}

TEST(StoredNames, APlannedOperationHasItsWord) {
    expect_names<PlannedOperation::Kind>({"link", "record", "create", "update", "delete", "gone"});
}

TEST(StoredNames, StatesWithoutAWordKeepTheirNumbers) {
    EXPECT_EQ(static_cast<int>(AttemptState::Open), 0);
    EXPECT_EQ(static_cast<int>(AttemptState::Looked), 1);
    EXPECT_EQ(static_cast<int>(AttemptState::Answered), 2);
    EXPECT_EQ(static_cast<int>(AttemptState::Told), 3);
    EXPECT_EQ(static_cast<int>(AttemptKind::Update), 0);
    EXPECT_EQ(static_cast<int>(AttemptKind::Create), 1);
    EXPECT_EQ(static_cast<int>(AttemptKind::Delete), 2);
    EXPECT_EQ(static_cast<int>(Direction::Inbound), 0);
    EXPECT_EQ(static_cast<int>(Direction::Outbound), 1);
    EXPECT_EQ(static_cast<int>(Base::Kind::Fresh), 0);
    EXPECT_EQ(static_cast<int>(Base::Kind::Image), 1);
    EXPECT_EQ(static_cast<int>(Base::Kind::Foreign), 2);
    EXPECT_EQ(static_cast<int>(Base::Kind::Contested), 3);
    EXPECT_EQ(static_cast<int>(Base::Kind::Invalid), 4);
}

}  // namespace
}  // namespace syncline
