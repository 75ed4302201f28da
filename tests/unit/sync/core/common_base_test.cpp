// What stood for everybody before a conflict.

#include "sync/core/common_base.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

const FieldId kField{7};
const SystemId kErp{"erp"};
const SystemId kDesk{"desk"};

/// A journal, a change for each entry.
class History {
public:
    History& add(ChangeKind kind, const SystemId& origin, const std::string& after = "") {
        FieldChange entry;
        entry.field = kind == ChangeKind::Linked ? FieldId{} : kField;
        entry.kind = kind;
        entry.origin = Origin::of(origin);
        if (!after.empty()) entry.after = FieldValue::of(after);
        Change& change = changes_.emplace_back();
        change.sequence = changes_.size();
        change.fields.push_back(std::move(entry));
        return *this;
    }
    /// The same in the last change.
    History& beside(ChangeKind kind, const SystemId& origin, const std::string& after) {
        add(kind, origin, after);
        FieldChange entry = changes_.back().fields.front();
        changes_.pop_back();
        changes_.back().fields.push_back(std::move(entry));
        return *this;
    }
    std::string base(const std::vector<SystemId>& contesting = {kDesk}) const {
        const auto found = sync::common_base(changes_, kField, contesting);
        return found ? *found->value.parts.front() : "none";
    }

private:
    std::vector<Change> changes_;
};

TEST(CommonBase, IsWhatTheSystemLastAgreedTo) {
    History history;
    history.add(ChangeKind::Linked, kErp).add(ChangeKind::Version, kErp, "one");
    history.add(ChangeKind::Linked, kDesk);
    EXPECT_EQ(history.base(), "one");
    history.add(ChangeKind::Version, kErp, "two").add(ChangeKind::Contested, kDesk, "three");
    EXPECT_EQ(history.base(), "one") << "two never came to the desk";
}

TEST(CommonBase, IsWhatWasWrittenToIt) {
    History history;
    history.add(ChangeKind::Linked, kDesk).add(ChangeKind::Version, kErp, "one");
    history.add(ChangeKind::Version, kErp, "two").add(ChangeKind::Written, kDesk, "two");
    history.add(ChangeKind::Version, kErp, "three").add(ChangeKind::Contested, kDesk, "four");
    EXPECT_EQ(history.base(), "two");
}

TEST(CommonBase, OfSeveralTheOneThatAgreedLeastRecently) {
    History history;
    const SystemId shop{"shop"};
    history.add(ChangeKind::Version, kErp, "one").add(ChangeKind::Linked, shop);
    history.add(ChangeKind::Version, kErp, "two").add(ChangeKind::Linked, kDesk);
    history.add(ChangeKind::Version, kErp, "three");
    EXPECT_EQ(history.base({kDesk}), "two");
    EXPECT_EQ(history.base({kDesk, shop}), "one");
}

TEST(CommonBase, ThereIsNoneAtFirstContact) {
    History history;
    history.add(ChangeKind::Version, kErp, "one");
    history.add(ChangeKind::Linked, kDesk).beside(ChangeKind::Contested, kDesk, "two");
    EXPECT_EQ(history.base(), "none");
    EXPECT_EQ(history.base({}), "none");
}

}  // namespace
}  // namespace syncline::testing
