// kill -9 at any moment and a restart: the same state, no duplicate, no lost edit.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <signal.h>
#include <thread>

namespace syncline::testing {
namespace {

/// Edits that people make while the hub is killed: each field is edited in one system only, so what
/// must stand at the end is known.
class People {
public:
    explicit People(DemoHub& demo) : demo_(demo) {
        for (const Whereabouts& customer : demo.customers()) {
            // In all four, so that every pass with edits settles four systems.
            if (customer.is_everywhere() && customers_.size() < 12) customers_.push_back(customer);
        }
    }

    /// One more edit: phones in the ERP, names in the book, mail addresses in the helpdesk, and now
    /// and then a new customer in the ERP.
    void edit() {
        const std::size_t n = count_++;
        const Whereabouts& customer = customers_[n % customers_.size()];
        const std::string number = std::to_string(1000 + n);
        if (n % 4 == 0) {
            demo_.erp(
                "UPDATE customers SET phone = '02 555 " + number + "' WHERE id = " + customer.erp
            );
            phones_[customer.erp] = "+32 2 555 " + number.substr(0, 2) + " " + number.substr(2);
        } else if (n % 4 == 1) {
            names_[customer.accounting] = "Hernoemd " + number;
            demo_.accounting(
                "UPDATE customers SET addr_name = 'Hernoemd " + number + "' WHERE guid = '" +
                customer.accounting + "'"
            );
        } else if (n % 4 == 2) {
            emails_[customer.helpdesk] = "post" + number + "@nieuw.example";
            demo_.edit_helpdesk(customer.helpdesk, "EmailAddress", emails_[customer.helpdesk]);
        } else {
            demo_.erp(
                "INSERT INTO customers(name, street, postcode, city, country, email, status) "
                "VALUES ('Nieuw " +
                number + "', 'Kade " + number + "', '9000', 'Gent', 'BE', 'nieuw" + number +
                "@nieuw.example', 'A')"
            );
            made_.push_back("nieuw" + number + "@nieuw.example");
        }
    }

    void expect_everything_arrived() const {
        for (const Whereabouts& customer : customers_) {
            if (const auto phone = phones_.find(customer.erp); phone != phones_.end()) {
                EXPECT_EQ(demo_.helpdesk(customer.helpdesk, "WorkPhone"), phone->second);
                EXPECT_EQ(in_book(customer, "addr_phone"), phone->second);
            }
            if (const auto name = names_.find(customer.accounting); name != names_.end()) {
                EXPECT_EQ(demo_.helpdesk(customer.helpdesk, "RealName"), name->second);
                EXPECT_EQ(
                    demo_.erp("SELECT name FROM customers WHERE id = " + customer.erp), name->second
                );
            }
            if (const auto email = emails_.find(customer.helpdesk); email != emails_.end()) {
                EXPECT_EQ(in_book(customer, "addr_email"), email->second);
                EXPECT_EQ(
                    demo_.erp("SELECT email FROM customers WHERE id = " + customer.erp),
                    email->second
                );
            }
        }
        for (const std::string& email : made_) {
            EXPECT_EQ(
                demo_.accounting(
                    "SELECT count(*) FROM customers WHERE addr_email = '" + email + "'"
                ),
                "1"
            ) << email;
            EXPECT_NE(demo_.helpdesk(email, "RealName"), "(no user)") << email;
        }
        const std::string total = std::to_string(400 + made_.size());
        EXPECT_EQ(demo_.erp("SELECT count(*) FROM customers"), total);
        EXPECT_EQ(demo_.accounting("SELECT count(*) FROM customers"), total);
        EXPECT_EQ(demo_.accounting("SELECT count(*) FROM gnclock"), "0");
        EXPECT_EQ(demo_.differences(), "");
    }

private:
    std::string in_book(const Whereabouts& customer, const std::string& column) const {
        return demo_.accounting(
            "SELECT " + column + " FROM customers WHERE guid = '" + customer.accounting + "'"
        );
    }

    DemoHub& demo_;
    std::vector<Whereabouts> customers_;
    std::size_t count_ = 0;
    std::map<std::string, std::string> phones_, names_, emails_;
    std::vector<std::string> made_;
};

/// Kills at each named point: SYNCLINE_KILLS, which `./dev kill-test --times N` sets.
std::uint64_t times_at_each_point() {
    constexpr std::uint64_t kInShortRun = 20;
    const char* set = std::getenv("SYNCLINE_KILLS");
    return set != nullptr ? std::strtoull(set, nullptr, 10) : kInShortRun;
}

/// The people of this test do in minutes what others do in weeks.
void let_daily_work_be_unlimited(const DemoHub& demo) {
    const std::filesystem::path file = demo.hub() / "hub.json";
    std::string text = read_file(file);
    for (const std::string limit :
         {R"("creates": { "count": 50, "percent": 10 },)",
          R"("updates": { "count": 200, "percent": 25 },)"}) {
        const std::size_t at = text.find(limit);
        ASSERT_NE(at, std::string::npos);
        text.erase(at, limit.size());
    }
    write_file(file, text);
}

TEST(KillScenario, AtEveryNamedPoint) {
    constexpr std::array kPoints{
        "commit.before",
        "commit.after",
        "checkpoint.after",
        "call.before",
        "call.after",
        "settle.after"};
    constexpr std::array kPasses{":1", ":2", ":4"};
    const std::uint64_t times = times_at_each_point();
    DemoHub demo("kill-points");
    let_daily_work_be_unlimited(demo);
    People people(demo);
    std::map<std::string, std::uint64_t> hit;
    for (std::uint64_t round = 0; round < times; ++round) {
        for (const std::string point : kPoints) {
            for (int i = 0; i < 8; ++i)
                people.edit();
            const std::string failpoint = point + kPasses.at(round % kPasses.size());
            const Ended killed =
                demo.syncline({"run", "--once"}, {{"SYNCLINE_FAILPOINT", failpoint}});
            EXPECT_EQ(killed.signal, SIGKILL) << failpoint << " was not reached\n" << killed.out;
            hit[point] += killed.signal == SIGKILL ? 1U : 0U;
        }
        // So that not ever more waits.
        if (round % kPasses.size() == kPasses.size() - 1) demo.converge();
    }
    for (const std::string point : kPoints)
        EXPECT_EQ(hit[point], times) << point;
    demo.converge();
    people.expect_everything_arrived();
    EXPECT_EQ(demo.syncline({"plan", "--detailed-exitcode"}).exit_code, 0);
}

TEST(KillScenario, AtRandomMoments) {
    constexpr int kKills = 30;
    constexpr unsigned kSeed = 20260301;
    DemoHub demo("kill-random");
    People people(demo);
    std::mt19937 random(kSeed);
    for (int i = 0; i < kKills; ++i) {
        const auto hub = demo.start({"run"});
        const auto moment = std::chrono::milliseconds(random() % 2'500);
        std::this_thread::sleep_for(moment / 2);
        people.edit();
        people.edit();
        std::this_thread::sleep_for(moment / 2);
        hub->signal(SIGKILL);
        EXPECT_EQ(hub->wait().signal, SIGKILL);
    }
    demo.converge();
    people.expect_everything_arrived();
    EXPECT_EQ(demo.syncline({"plan", "--detailed-exitcode"}).exit_code, 0);
}

TEST(KillScenario, AHelpdeskThatLosesAnswersGetsNoDuplicates) {
    DemoHub demo("lost-answers");
    People people(demo);
    for (int i = 0; i < 24; ++i)
        people.edit();
    sandbox::Misbehaviour misbehaviour;
    misbehaviour.reset_after_write_every = 2;
    misbehaviour.rate_limit_every = 7;
    misbehaviour.server_error_every = 5;
    demo.tracker().misbehave(misbehaviour);
    for (int i = 0; i < 3; ++i)
        demo.syncline({"run", "--once"});
    demo.tracker().misbehave({});
    demo.converge();
    people.expect_everything_arrived();
}

}  // namespace
}  // namespace syncline::testing
