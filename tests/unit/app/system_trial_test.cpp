// What a trial of a system finds out, step by step.

#include "app/system_trial.hpp"

#include "support/fake_system.hpp"
#include "support/fakes.hpp"
#include "support/retelling.hpp"
#include "support/world.hpp"
#include "sync/run/engine.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace syncline::app {
namespace {

using testing::FakeSystem;
using State = TrialStep::State;

/// A workflow of the system adds a mark to the city with each write.
class WithAWorkflow final : public testing::Retelling {
public:
    explicit WithAWorkflow(FakeSystem& system) : Retelling(system), system_(system) {}
    std::vector<Receipt> write(const std::string& entity, std::span<const Delivery> deliveries)
        override {
        auto receipts = system_.write(entity, deliveries);
        for (const Delivery& delivery : deliveries)
            system_.edit(
                delivery.remote_id, "city", system_.record(delivery.remote_id).at("city") + "!"
            );
        return receipts;
    }

private:
    std::vector<Observation> retold(std::vector<Observation> page) const override { return page; }

    FakeSystem& system_;
};

class Trying : public ::testing::Test {
protected:
    void start(FakeSystem::Character character, const testing::World::Adjust& adjust = {}) {
        SystemSetting erp = testing::fake_setting("erp");
        erp.rights.remove = false;
        hub_ = testing::fake_hub({erp});
        if (adjust) adjust(hub_);
        fields_ = testing::fields_of(hub_);
        auto rules = sync::compile_rules(hub_, fields_);
        ASSERT_TRUE(rules.has_value());
        rules_ = std::move(rules).value();
        system_ = std::make_unique<FakeSystem>(SystemId{"erp"}, clock_, std::move(character));
        id = system_->add(
            {{"name", "Acme"}, {"phone", "02 555 01 01"}, {"city", "Gent"}, {"email", "a@acme.be"}}
        );
    }
    FakeSystem& system() { return *system_; }
    const sync::SystemRules& rules() { return rules_->rules.systems.front(); }
    const FieldTable& fields() { return fields_; }
    std::vector<TrialStep> steps() { return try_system(rules(), fields_, *system_); }
    TrialStep step(const std::string& name) {
        for (TrialStep& one : steps()) {
            if (one.name == name) return one;
        }
        return {};
    }

    RemoteId id;

private:
    testing::FakeClock clock_;
    HubSetting hub_;
    FieldTable fields_;
    std::unique_ptr<sync::CompiledRules> rules_;
    std::unique_ptr<FakeSystem> system_;
};

TEST_F(Trying, EveryStepOfASystemThatIsAsItShouldBeIsFine) {
    start({});
    const auto all = steps();
    ASSERT_EQ(all.size(), 5U);
    for (const TrialStep& one : all) {
        if (one.name == "fields") continue;  // the imitated system tells none
        EXPECT_EQ(one.state, State::Ok) << one.name << ": " << one.detail;
    }
    EXPECT_EQ(step("fields").state, State::Warning);
    EXPECT_EQ(step("reading").detail, "1 records were read");
    EXPECT_EQ(system().writes(), 0U);
}

TEST_F(Trying, WhatTheMappingCannotReadIsCounted) {
    start({});
    system().add({{"name", "Beta"}, {"phone", "ask Piet"}});
    EXPECT_EQ(step("reading").state, State::Warning);
    EXPECT_NE(step("reading").detail.find("phones.main.number in 1;"), std::string::npos)
        << step("reading").detail;
    EXPECT_EQ(step("reading").detail.find("Piet"), std::string::npos) << "no personal data";
}

TEST_F(Trying, ARightThatTheConnectorCannotGiveIsRefused) {
    FakeSystem::Character character;
    character.deletes = false;
    start(character, [](HubSetting& hub) { hub.systems[0].rights.remove = true; });
    EXPECT_EQ(step("rights").state, State::Failed);
    ASSERT_TRUE(step("rights").error.has_value());
    EXPECT_EQ(step("rights").error->code, ErrorCode::ConfigInvalid);
}

TEST_F(Trying, AWriteThatCannotDependOnAVersionIsWarnedOf) {
    FakeSystem::Character character;
    character.conditional_write = false;
    start(character);
    EXPECT_EQ(step("writes").state, State::Warning);
}

TEST_F(Trying, AReadingThatFailsIsToldAsTheSystemTellsIt) {
    start({});
    system().faults().read_fails = 1;
    const auto all = steps();
    EXPECT_EQ(all.back().state, State::Failed);
    ASSERT_TRUE(all.back().error.has_value());
    EXPECT_EQ(all.back().error->code, ErrorCode::RemoteUnavailable);
}

TEST_F(Trying, ARecordThatReadsAsBeforeMayGoBothWays) {
    start({});
    const TrialStep saved = save_again(rules(), fields(), system(), id);
    EXPECT_EQ(saved.state, State::Ok) << saved.detail;
    EXPECT_EQ(system().writes(), 1U);
    EXPECT_EQ(system().record(id).at("phone"), "02 555 01 01") << "as it was, not as we spell it";
}

TEST_F(Trying, AFieldThatChangesWhenItIsSavedIsRefused) {
    start({});
    WithAWorkflow connection(system());
    const TrialStep saved = save_again(rules(), fields(), connection, id);
    EXPECT_EQ(saved.state, State::Failed);
    EXPECT_NE(saved.detail.find("addresses.billing holds something else"), std::string::npos)
        << saved.detail;
    ASSERT_TRUE(saved.error.has_value());
    EXPECT_EQ(saved.error->code, ErrorCode::ConfigInvalid);
}

TEST_F(Trying, AFieldThatOnlyComesInIsNotSaved) {
    start({}, [](HubSetting& hub) {
        testing::mapped(hub.systems[0], "addresses.billing.city").direction = MappingDirection::In;
    });
    WithAWorkflow connection(system());
    EXPECT_EQ(save_again(rules(), fields(), connection, id).state, State::Ok);
}

TEST_F(Trying, ARecordThatIsNotThereIsNotSaved) {
    start({});
    const TrialStep saved = save_again(rules(), fields(), system(), RemoteId{"99"});
    EXPECT_EQ(saved.state, State::Failed);
    ASSERT_TRUE(saved.error.has_value());
    EXPECT_EQ(saved.error->code, ErrorCode::NotFound);
    EXPECT_EQ(system().writes(), 0U);
}

}  // namespace
}  // namespace syncline::app
