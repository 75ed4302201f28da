// Ctrl-C once: what was begun is finished. Twice: the program ends at once. Nothing is lost either
// way.

#include "scenarios/demo_hub.hpp"
#include "support/terminal.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kEnding =
    "ending as soon as what was begun is done; Ctrl-C again ends at once";
constexpr int kInterrupted = 130;

/// The ERP's people edited many customers, and the helpdesk takes its time for each write.
class InterruptScenario : public ::testing::Test {
protected:
    static constexpr std::size_t kEdits = 80;

    InterruptScenario() : demo(::testing::UnitTest::GetInstance()->current_test_info()->name()) {
        for (const Whereabouts& customer : demo.customers()) {
            if (!customer.erp.empty() && !customer.helpdesk.empty() && edited.size() < kEdits)
                edited.push_back(customer);
        }
        std::string sql;
        for (std::size_t i = 0; i < edited.size(); ++i)
            sql += "UPDATE customers SET phone = '02 555 1" + std::to_string(100 + i) +
                   "' WHERE id = " + edited[i].erp + ";";
        demo.erp(sql);
    }
    Words command(Words words) const {
        words.insert(
            words.begin(), {std::string(BUILD_ROOT) + "/bin/syncline", "-C", demo.hub().string()}
        );
        return words;
    }
    void slow_down(std::chrono::milliseconds latency) {
        sandbox::Misbehaviour slow;
        slow.latency = latency;
        demo.tracker().misbehave(slow);
    }
    std::size_t arrived() const {
        std::size_t count = 0;
        for (const Whereabouts& customer : edited) {
            const std::string phone = demo.helpdesk(customer.helpdesk, "WorkPhone");
            if (has(phone, "555 1") || has(phone, "5551")) ++count;
        }
        return count;
    }
    /// The helpdesk's people see the first of the edits: the hub is in the midst of its writes.
    bool is_under_way() {
        return comes_true([&] { return arrived() > 0; });
    }
    void expect_nothing_lost() {
        demo.tracker().misbehave({});
        demo.converge();
        EXPECT_EQ(arrived(), edited.size());
        EXPECT_EQ(demo.differences(), "");
    }
    void expect_ended_after_its_batch(Terminal& terminal, int code) {
        ASSERT_TRUE(is_under_way()) << terminal.screen();
        terminal.interrupt();
        EXPECT_TRUE(terminal.shows(kEnding)) << terminal.screen();
        EXPECT_EQ(terminal.wait(), code) << terminal.screen();
        const std::size_t done = arrived();
        EXPECT_GT(done, 0U);
        EXPECT_LT(done, edited.size()) << "there was nothing left to interrupt: no test";
        EXPECT_TRUE(demo.json({"status"}).contains("systems")) << "the hub's folder is free";
    }
    void expect_ended_at_once(Terminal& terminal) {
        ASSERT_TRUE(is_under_way()) << terminal.screen();
        terminal.interrupt();
        ASSERT_TRUE(terminal.shows(kEnding)) << terminal.screen();
        terminal.interrupt();
        EXPECT_EQ(terminal.wait(), kInterrupted) << terminal.screen();
        EXPECT_LT(arrived(), edited.size());
    }

    DemoHub demo;
    std::vector<Whereabouts> edited;
};

TEST_F(InterruptScenario, RunEndsAfterItsBatchAndSaysSo) {
    slow_down(std::chrono::milliseconds{50});
    Terminal terminal(command({"run", "--plain"}));
    expect_ended_after_its_batch(terminal, 0);
    expect_nothing_lost();
}

TEST_F(InterruptScenario, RunEndsAtOnceTheSecondTime) {
    slow_down(std::chrono::milliseconds{200});
    Terminal terminal(command({"run", "--plain"}));
    expect_ended_at_once(terminal);
    expect_nothing_lost();
}

TEST_F(InterruptScenario, OneRoundEndsAfterItsBatchToo) {
    slow_down(std::chrono::milliseconds{50});
    Terminal terminal(command({"run", "--once"}));
    expect_ended_after_its_batch(terminal, 0);
    expect_nothing_lost();
}

TEST_F(InterruptScenario, ApplyTellsThatAPartIsLeft) {
    const std::string plan = (demo.folder() / "plan.json").string();
    ASSERT_EQ(demo.syncline({"plan", "-o", plan}).exit_code, 0);
    slow_down(std::chrono::milliseconds{50});
    Terminal terminal(command({"apply", plan, "--yes"}));
    expect_ended_after_its_batch(terminal, 1);
    EXPECT_TRUE(has(terminal.screen(), "Ended early")) << terminal.screen();
    expect_nothing_lost();
}

TEST_F(InterruptScenario, ApplyEndsAtOnceTheSecondTime) {
    const std::string plan = (demo.folder() / "plan.json").string();
    ASSERT_EQ(demo.syncline({"plan", "-o", plan}).exit_code, 0);
    slow_down(std::chrono::milliseconds{200});
    Terminal terminal(command({"apply", plan, "--yes"}));
    expect_ended_at_once(terminal);
    expect_nothing_lost();
}

}  // namespace
}  // namespace syncline::testing
