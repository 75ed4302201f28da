// Every order in which two systems and a hub can act on one field: two or three edits, one fault,
// as many readings and writes as matter. States that differ in nothing but names are one.

#include "support/companions.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

constexpr int kSystemCount = 2;
constexpr int kFaults = 1;
constexpr int kValues = 3;  ///< what people type: 0 (nothing) to 2

struct Step {
    enum class Kind { Edit, Read, Write, Land };
    Kind kind = Kind::Read;
    int system = 0;
    int value = 0;
    Way way = Way::Stored;
};

std::string name(const Step& step) {
    const std::string system = std::to_string(step.system);
    switch (step.kind) {
        case Step::Kind::Edit:
            return "edit " + system + "=" + std::to_string(step.value);
        case Step::Kind::Read:
            return "read " + system;
        case Step::Kind::Write:
            return "write " + system + " way " + std::to_string(static_cast<int>(step.way));
        case Step::Kind::Land:
            return "land";
    }
    return {};
}

struct Node {
    Companions::State state;
    int edits = 0;
    int faults = kFaults;
    std::string path;  ///< the steps that led here
};

class SmallScope {
public:
    explicit SmallScope(const PolicySetting& policy) : all_(kSystemCount, policy) {}

    void explore(int edits) {
        for (int i = 0; i < kSystemCount; ++i) {
            all_.edit(i, 1);
            all_.read(i);
        }
        all_.settle_all();
        visit({all_.state(), edits, kFaults, {}});
        while (!open_.empty() && violations.empty()) {
            const Node node = std::move(open_.front());
            open_.pop_front();
            for (const Step& step : steps_from(node))
                take(node, step);
            if (node.edits == 0) check_rest(node);
        }
    }

    std::size_t states() const { return known_.size(); }
    std::size_t rests = 0;
    std::vector<std::string> violations;

private:
    std::vector<Step> steps_from(const Node& node) {
        all_.restore(node.state);
        std::vector<Step> steps;
        for (int system = 0; system < kSystemCount; ++system) {
            for (int value = 0; value < kValues && node.edits > 0; ++value) {
                if (value != all_.held(system))
                    steps.push_back({Step::Kind::Edit, system, value, Way::Stored});
            }
            steps.push_back({Step::Kind::Read, system, 0, Way::Stored});
            for (const Way way : {Way::Stored, Way::StoredUntold})
                steps.push_back({Step::Kind::Write, system, 0, way});
            if (node.faults == 0) continue;
            for (const Way way : {Way::LostAfter, Way::LostBefore, Way::Lingers})
                steps.push_back({Step::Kind::Write, system, 0, way});
        }
        if (all_.on_their_way() != 0) steps.push_back({Step::Kind::Land, 0, 0, Way::Stored});
        return steps;
    }

    void take(const Node& from, const Step& step) {
        all_.restore(from.state);
        Node node{{}, from.edits, from.faults, from.path + "; " + name(step)};
        switch (step.kind) {
            case Step::Kind::Edit:
                all_.edit(step.system, step.value);
                --node.edits;
                break;
            case Step::Kind::Read:
                all_.read(step.system);
                break;
            case Step::Kind::Write:
                if (!all_.owes(step.system)) return;
                all_.write(step.system, step.way);
                if (step.way != Way::Stored && step.way != Way::StoredUntold) --node.faults;
                break;
            case Step::Kind::Land:
                all_.land(0);
                break;
        }
        check_step(node);
        node.state = all_.state();
        visit(std::move(node));
    }

    void visit(Node node) {
        const std::string key =
            std::to_string(node.edits) + std::to_string(node.faults) + all_.print();
        if (known_.insert(key).second) open_.push_back(std::move(node));
    }

    void violate(const Node& node, const std::string& what) {
        violations.push_back(what + node.path);
    }

    void check_step(const Node& node) {
        if (!all_.lost.empty()) violate(node, "an edit is neither the value nor in the journal");
        if (!all_.overwritten.empty()) violate(node, "an edit was written over unread");
        if (all_.versions() > all_.edits_seen) violate(node, "a version that nobody made");
    }

    /// From here on everything goes well.
    void check_rest(const Node& node) {
        ++rests;
        all_.restore(node.state);
        if (all_.on_their_way() != 0) all_.land(0);
        all_.settle_all();
        check_step(node);
        const bool asked = all_.bench.aggregate.is_contested(all_.bench.id(kPhone));
        // Somebody who undoes a write before the hub saw it looks like a system that ignores it.
        const bool set_aside = !all_.bench.aggregate.quarantined.empty();
        if (!asked && !set_aside && !all_.agree())
            violate(node, "the systems do not agree in the end");
        const std::size_t versions = all_.versions();
        const std::vector<std::string> outcome = all_.outcome();
        all_.settle_all();
        if (all_.versions() != versions || all_.outcome() != outcome)
            violate(node, "the hub does not come to rest");
    }

    Companions all_;
    std::unordered_set<std::string> known_;
    std::deque<Node> open_;
};

struct Case {
    std::string name;
    PolicyKind kind = PolicyKind::Newest;
    Undecided undecided = Undecided::Order;
    int edits = 2;
};

class Exhaustive : public ::testing::TestWithParam<Case> {};

TEST_P(Exhaustive, EveryInterleavingKeepsThePromises) {
    PolicySetting chosen = policy(kPhone, GetParam().kind);
    chosen.on_undecided = GetParam().undecided;
    chosen.systems = {SystemId{"books"}};
    SmallScope scope(chosen);
    scope.explore(GetParam().edits);
    for (const std::string& violation : scope.violations)
        ADD_FAILURE() << violation;
    EXPECT_GT(scope.states(), 1'000U);
    EXPECT_GT(scope.rests, 100U);
    RecordProperty("states", std::to_string(scope.states()));
    RecordProperty("rests", std::to_string(scope.rests));
}

INSTANTIATE_TEST_SUITE_P(
    SmallScope,
    Exhaustive,
    ::testing::Values(
        Case{"NewestThenOrder", PolicyKind::Newest, Undecided::Order, 3},
        Case{"NewestThenReview", PolicyKind::Newest, Undecided::Review},
        Case{"Authority", PolicyKind::Authority, Undecided::Order},
        Case{"Keep", PolicyKind::Keep, Undecided::Order}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace syncline::testing
