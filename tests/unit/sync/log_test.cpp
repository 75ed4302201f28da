// What the engine logs of faults: which system, which error, which field; and no value.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Row = std::map<std::string, std::string>;
using Faults = FakeSystem::Faults;

/// Fragments of values that occur nowhere by chance.
const std::vector<std::string> kCanaries{"Kanarie", "kanarie", "479559911"};

Row canary(const std::string& number) {
    return {
        {"name", "Kanariezwaluw " + number},
        {"email", "kanarie" + number + "@post.example"},
        {"phone", "+3247955991" + number}};
}

std::vector<std::string> values_in(const MemoryLog& log) {
    std::vector<std::string> finds;
    for (const std::string& line : log.lines()) {
        if (std::any_of(kCanaries.begin(), kCanaries.end(), [&](const std::string& value) {
                return line.find(value) != std::string::npos;
            }))
            finds.push_back(line);
    }
    return finds;
}

TEST(EngineLog, HasNoValueWhateverGoesWrong) {
    const std::vector<std::pair<const char*, std::function<void(Faults&)>>> ways{
        {"read", [](Faults& faults) { faults.read_fails = 1; }},
        {"lost before", [](Faults& faults) { faults.write_lost_before = 1; }},
        {"lost after", [](Faults& faults) { faults.write_lost_after = 1; }},
        {"never sent", [](Faults& faults) { faults.write_never_sent = 1; }},
        {"refused", [](Faults& faults) { faults.refuse_field = 1; }},
        {"ignored", [](Faults& faults) { faults.ignore_write = 3; }},
        {"lingers", [](Faults& faults) { faults.write_lingers = 1; }},
        {"stale", [](Faults& faults) { faults.stale_reads = 2; }},
        {"hidden", [](Faults& faults) { faults.hides = "phone"; }}};
    World world({member("erp"), member("desk")});
    const RemoteId erp = world["erp"].add(canary("1"));
    world["desk"].add(canary("1"));
    world["erp"].add(canary("2"));
    world.settle();
    for (const auto& [what, set] : ways) {
        set(world["desk"].faults());
        world["erp"].edit(erp, "name", std::string("Kanariezwaluw ") + what);
        world["erp"].edit(erp, "phone", "kanarie, no phone");
        for (int i = 0; i < 4; ++i)
            world.pass();
        world["desk"].faults() = {};
        EXPECT_EQ(values_in(world.log), std::vector<std::string>{}) << what;
    }
    EXPECT_TRUE(world.log.mentions("set_aside system=erp code=mapping_failed"));
    EXPECT_TRUE(world.log.mentions("set_aside system=desk code=remote_refused"));
}

TEST(EngineLog, NamesSystemErrorFieldAndCustomerOfWhatIsSetAside) {
    World world({member("erp"), member("desk")});
    const RemoteId erp = world["erp"].add(canary("1"));
    world.settle();
    world["erp"].edit(erp, "phone", "kanarie, no phone");
    world.settle();
    EXPECT_TRUE(world.log.mentions(
        "set_aside system=erp code=mapping_failed field=phones.main.number customer=" +
        to_text(world.customer_of("erp", erp).customer.id)
    ));
}

TEST(EngineLog, TellsWhenASystemCannotBeUsedAndWhenItCanAgain) {
    World world({member("erp"), member("desk")});
    world["erp"].add(canary("1"));
    world.settle();
    const auto told = [&](const char* event) {
        const auto& lines = world.log.lines();
        return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.starts_with(std::string(event) + " system=desk");
        });
    };
    world["desk"].faults().read_fails = 2;
    world.pass();
    world.pass();
    EXPECT_EQ(told("system_unusable"), 2);
    EXPECT_TRUE(world.log.mentions("system_unusable system=desk code=remote_unavailable"));
    EXPECT_EQ(told("system_usable"), 0);
    world.settle();
    EXPECT_EQ(told("system_usable"), 1);
}

}  // namespace
}  // namespace syncline::testing
