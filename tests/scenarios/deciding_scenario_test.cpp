// People decide: side by side, in bulk, as a rule, and one after the other at a terminal.

#include "scenarios/demo_hub.hpp"
#include "support/terminal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using codec::Json;
using Words = std::vector<std::string>;

constexpr const char* kMail = "emails.main.address";

/// A demo in which the ERP and the helpdesk say different mail addresses of some customers.
class DecidingScenario : public ::testing::Test {
protected:
    DecidingScenario() : demo_(::testing::UnitTest::GetInstance()->current_test_info()->name()) {}

    void contest(std::size_t count) {
        for (const Whereabouts& customer : demo_.customers()) {
            if (contested_.size() == count) break;
            if (!customer.is_everywhere()) continue;
            demo_.erp(
                "UPDATE customers SET email = 'erp" + customer.erp +
                "@one.example' WHERE id = " + customer.erp
            );
            demo_.edit_helpdesk(
                customer.helpdesk, "EmailAddress", "desk" + customer.erp + "@two.example"
            );
            contested_.push_back(customer);
        }
        demo_.converge();
        ASSERT_EQ(open().size(), count);
    }
    Json open() const { return demo_.json({"conflicts", "list"})["conflicts"]; }
    std::string id(std::size_t i) const { return open().at(i)["id"].get<std::string>(); }
    /// How the value of the conflict's field came to stand.
    Json why(const std::string& record) const { return demo_.json({"explain", record, kMail}); }
    Words command(Words words) const {
        words.insert(
            words.begin(), {std::string(BUILD_ROOT) + "/bin/syncline", "-C", demo_.hub().string()}
        );
        return words;
    }
    std::string hub_file() const { return read_file(demo_.hub() / "hub.json"); }

    DemoHub demo_;
    std::vector<Whereabouts> contested_;
};

TEST_F(DecidingScenario, AConflictIsShownSideBySide) {
    contest(1);
    const Json shown = demo_.json({"conflicts", "show", id(0)});
    const std::string erp = contested_[0].erp;
    EXPECT_FALSE(shown["base"].is_null()) << shown;
    EXPECT_NE(shown["base"]["value"], shown["standing"]);
    EXPECT_EQ(shown["standing_source"]["system"], "erp");
    for (const Json& said : shown["values"]) {
        const bool is_desk = said["system"] == "helpdesk";
        EXPECT_EQ(said["waits"], is_desk) << said;
        if (!is_desk) continue;
        EXPECT_EQ(said["differs"], true);
        EXPECT_EQ(said["held"]["EmailAddress"], "desk" + erp + "@two.example") << said;
        EXPECT_EQ(said["held_as"], said["value"]);
        EXPECT_FALSE(said["made"]["latest"].is_null());
        EXPECT_FALSE(said["read_at"].is_null());
    }
    const std::string text = demo_.syncline({"conflicts", "show", id(0)}).out;
    for (const char* part :
         {"base", "hub now", " erp", " helpdesk", "as it is there", "edited before", "waits"})
        EXPECT_TRUE(has(text, part)) << text;
    EXPECT_TRUE(has(text, "* desk" + erp + "@two.example")) << text;
    EXPECT_FALSE(has(text, "* erp" + erp)) << "that is what stands: " << text;
}

TEST_F(DecidingScenario, SeveralAreSettledAtOnceAndSayWhichRule) {
    contest(3);
    const Ended nothing = demo_.syncline({"conflicts", "resolve", "--take", "erp"});
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_TRUE(has(nothing.err, "--field, --system, --rule")) << nothing.err;

    const Json dry =
        demo_.json({"conflicts", "resolve", "--field", "emails.*", "--take", "erp", "--dry-run"});
    EXPECT_EQ(dry["would_resolve"], 3) << dry;
    EXPECT_EQ(open().size(), 3U) << "a dry run changes nothing";
    EXPECT_EQ(
        demo_.json({"conflicts", "resolve", "--system", "supplier", "--standing", "--dry-run"}
        )["would_resolve"],
        0
    );
    EXPECT_EQ(
        demo_.json({"conflicts", "resolve", "--rule", "no.such", "--standing", "--dry-run"}
        )["would_resolve"],
        0
    );

    const Words words{"conflicts", "resolve", id(0), id(1), "--take", "helpdesk"};
    const Ended unasked = demo_.syncline(words);
    EXPECT_EQ(unasked.exit_code, 2);
    EXPECT_TRUE(has(unasked.err, "--yes")) << unasked.err;
    EXPECT_EQ(open().size(), 3U);
    Words sure = words;
    sure.push_back("--yes");
    const Json done = demo_.json(sure);
    EXPECT_EQ(done["resolved"], 2) << done;
    EXPECT_EQ(done["left_out"], 0);
    EXPECT_EQ(open().size(), 1U);
    for (const Json& row : done["conflicts"]) {
        const Json standing = why(row["record"].get<std::string>());
        EXPECT_EQ(standing["rule"], "user");
        EXPECT_EQ(standing["value"], row["value"]);
    }
    // Who is the later cannot be known: both were read by one pass.
    const Ended newest =
        demo_.syncline({"conflicts", "resolve", "--field", kMail, "--newest", "--yes"});
    EXPECT_EQ(newest.exit_code, 6) << newest.err;
    EXPECT_TRUE(has(newest.out, "cannot be known")) << newest.out;
    // One that is settled meanwhile is said to be, and the other one is done.
    Words again = sure;
    again.insert(again.begin() + 2, id(0));
    const Ended rest = demo_.syncline(again);
    EXPECT_EQ(rest.exit_code, 6);
    EXPECT_TRUE(has(rest.out, "left out")) << rest.out;
    EXPECT_TRUE(has(rest.out, "Resolved: 1.")) << rest.out;
}

TEST_F(DecidingScenario, AnAnswerBecomesTheRule) {
    contest(3);
    const std::string before = hub_file();
    const Words words{"conflicts", "resolve", id(1), "--take", "erp", "--make-rule"};
    Words dry = words;
    dry.push_back("--dry-run");
    const Json preview = demo_.json(dry);
    EXPECT_EQ(preview["would_resolve"], 3) << preview;
    EXPECT_EQ(preview["pattern"], kMail);
    EXPECT_EQ(preview["policy"]["policy"], "authority");
    EXPECT_EQ(preview["policy"]["systems"][0], "erp");
    EXPECT_EQ(hub_file(), before) << "a preview changes nothing";
    EXPECT_EQ(demo_.syncline(words).exit_code, 2) << "nobody was asked";
    EXPECT_EQ(hub_file(), before);

    const auto running = demo_.start({"run"});
    ASSERT_TRUE(comes_true([&] { return demo_.syncline({"status"}).exit_code == 0; }));
    Words sure = words;
    sure.push_back("--yes");
    const Json done = demo_.json(sure);
    EXPECT_EQ(done["resolved"], 3) << done;
    EXPECT_EQ(open().size(), 0U);
    const std::string after = hub_file();
    EXPECT_TRUE(has(after, "\"systems\": [\"erp\"]")) << after;
    EXPECT_TRUE(has(after, "// decides where a policy cannot")) << "comments stay: " << after;
    const Json standing = why("erp:" + contested_[0].erp);
    EXPECT_EQ(standing["rule"], "authority");
    EXPECT_EQ(standing["source"]["system"], "erp");
    // The next such edits are decided by it, in the hub that was running all the time.
    EXPECT_TRUE(comes_true([&] {
        return has(read_file(demo_.hub() / "hub.log"), "configuration_reloaded");
    }));
}

TEST_F(DecidingScenario, AValueIsNoRuleAndAnotherPatternIsRefused) {
    contest(1);
    const std::string before = hub_file();
    const Ended value = demo_.syncline(
        {"conflicts", "resolve", id(0), "--value", "a@b.example", "--make-rule", "--yes"}
    );
    EXPECT_EQ(value.exit_code, 2);
    EXPECT_TRUE(has(value.err, "no rule")) << value.err;
    for (const char* pattern : {"phones.*", "emails.*"}) {
        const Ended elsewhere = demo_.syncline(
            {"conflicts", "resolve", id(0), "--standing", "--make-rule", "--for", pattern, "--yes"}
        );
        EXPECT_EQ(elsewhere.exit_code, 2);
        EXPECT_TRUE(has(elsewhere.err, "would not decide")) << elsewhere.err;
        EXPECT_TRUE(has(elsewhere.err, "use --for emails.main.address")) << elsewhere.err;
    }
    EXPECT_EQ(hub_file(), before);
    EXPECT_EQ(open().size(), 1U);
}

TEST_F(DecidingScenario, APersonGoesThroughThemAtATerminal) {
    contest(3);
    const Ended nobody = demo_.syncline({"conflicts", "decide"});
    EXPECT_EQ(nobody.exit_code, 2);
    EXPECT_TRUE(has(nobody.err, "`conflicts list`")) << nobody.err;

    Terminal terminal(command({"conflicts", "decide"}));
    ASSERT_TRUE(terminal.shows("1 of 3")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("hub now"));
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.type("9");
    ASSERT_TRUE(terminal.shows("? explains them")) << terminal.screen();
    terminal.type("?");
    ASSERT_TRUE(terminal.shows("provably later")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.type("e");
    ASSERT_TRUE(terminal.shows("empty for none"));
    terminal.type("third@three.example");
    ASSERT_TRUE(terminal.shows("Resolved.")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("2 of 3"));
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.type("s");
    ASSERT_TRUE(terminal.shows("3 of 3"));
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.type("r h");
    ASSERT_TRUE(terminal.shows("For which fields")) << terminal.screen();
    terminal.type("");
    ASSERT_TRUE(terminal.shows("\"policy\": \"keep\"")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("would settle 2 open conflicts")) << terminal.screen();
    terminal.type("y");
    ASSERT_TRUE(terminal.shows("Decided: 3; skipped: 1; left: 0")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_EQ(open().size(), 0U);
}

TEST_F(DecidingScenario, WhatWasDecidedStaysWhenTheTerminalEnds) {
    contest(2);
    Terminal terminal(command({"conflicts", "decide"}));
    ASSERT_TRUE(terminal.shows("or ?: ")) << terminal.screen();
    terminal.type("1");
    ASSERT_TRUE(terminal.shows("Resolved.")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.end_input();
    ASSERT_TRUE(terminal.shows("Decided: 1; skipped: 0; left: 1")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_EQ(open().size(), 1U);
}

TEST_F(DecidingScenario, ReviewsAreShownFieldByFieldAndDecidedInTurn) {
    const Json reviews = demo_.json({"reviews", "list"})["reviews"];
    ASSERT_GE(reviews.size(), 1U);
    const std::string review = reviews[0]["id"].get<std::string>();
    const Json shown = demo_.json({"reviews", "show", review});
    const Json& fields = shown["candidates"][0]["fields"];
    std::size_t equal = 0;
    std::size_t different = 0;
    for (const Json& field : fields) {
        const std::string is = field["comparison"].get<std::string>();
        equal += is == "equal" ? 1 : 0;
        different += is == "different" ? 1 : 0;
        EXPECT_TRUE(is == "equal" || is == "different" || is == "absent") << is;
        if (is == "absent") {
            EXPECT_TRUE(field["record"].is_null() || field["candidate"].is_null()) << field;
        }
    }
    EXPECT_GT(equal, 0U) << shown;
    EXPECT_GT(different, 0U) << "a unique identifier differs: " << shown;
    EXPECT_EQ(demo_.syncline({"reviews", "decide"}).exit_code, 2);

    Terminal terminal(command({"reviews", "decide"}));
    ASSERT_TRUE(terminal.shows("1 of ")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.type("?");
    ASSERT_TRUE(terminal.shows("a customer of its own"));
    ASSERT_TRUE(terminal.shows("or ?: "));
    terminal.type("n");
    ASSERT_TRUE(terminal.shows("Settled: new.")) << terminal.screen();
    terminal.end_input();
    ASSERT_TRUE(terminal.shows("Decided: 1")) << terminal.screen();
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_EQ(demo_.json({"reviews", "list"})["reviews"].size(), reviews.size() - 1);
}

}  // namespace
}  // namespace syncline::testing
