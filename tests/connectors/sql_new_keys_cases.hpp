#pragma once

// New rows in tables whose key has several columns, with every kind of database. Include once in
// each program and instantiate for its kinds.

#include "support/sql_database.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace syncline::testing {

class SqlNewKeys : public ::testing::TestWithParam<SqlKind> {
protected:
    using Out = Receipt::Outcome;

    void SetUp() override {
        database_ = GetParam().make();
        if (!database_) GTEST_SKIP() << GetParam().name << " is not installed: NOT TESTED";
        run("CREATE TABLE members(company VARCHAR(4) NOT NULL, number INTEGER NOT NULL, "
            "name VARCHAR(20), PRIMARY KEY(company, number))");
        run("INSERT INTO members VALUES('BE', 7, 'An'), ('NL', 9, 'Bo')");
    }
    void TearDown() override { erp_.reset(); }

    std::string run(const std::string& sql) { return database_->run(sql); }
    ConnectedSystem& erp(const Json& more) {
        Json table{{"table", "members"}, {"key", {"company", "number"}}, {"columns", {"name"}}};
        table.update(more);
        return erp_.emplace(
            "sql", Json{{"database", database_->settings()}, {"entities", {{"customer", table}}}}
        );
    }
    std::string refusal(const Json& more) {
        const auto checked = erp(more)->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, ErrorCode::ConfigInvalid) << checked.error().detail;
        return checked.error().detail;
    }

    std::unique_ptr<SqlDatabase> database_;
    std::optional<ConnectedSystem> erp_;
};

TEST_P(SqlNewKeys, OneColumnThatIsLeftOpenIsNumbered) {
    ConnectedSystem& members = erp({{"new_key", {{"company", "BE"}}}});
    const auto can = members->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_TRUE(can->creates_need_planned_id);
    const auto ids = members->plan_ids("customer", 2);
    ASSERT_TRUE(ids) << ids.error().detail;
    EXPECT_EQ(*ids, (std::vector<RemoteId>{RemoteId{"BE/10"}, RemoteId{"BE/11"}}));
    const Delivery create = members.creation({{"name", RawValue::of_text("Cy")}}, "BE/10");
    const Receipt made = members.write(create);
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(made.remote_id.text(), "BE/10");
    EXPECT_EQ(run("SELECT name FROM members WHERE company = 'BE' AND number = 10"), "Cy");
    EXPECT_EQ(members->lookup_created(create)->front().token, made.token);
    EXPECT_EQ(members.write(create).outcome, Out::Conflict);
}

TEST_P(SqlNewKeys, FieldsAndConstantsGiveTheKey) {
    ConnectedSystem& members =
        erp({{"columns", {"number", "name"}}, {"new_key", {{"company", "BE"}}}});
    const auto can = members->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    EXPECT_FALSE(can->creates_need_planned_id);
    EXPECT_TRUE(can->fields.front().create_only && can->fields.front().required_on_create);
    EXPECT_FALSE(can->fields.back().required_on_create);
    EXPECT_EQ(can->cannot_create, "");
    EXPECT_EQ(members.read().text("BE/7", "number"), "7");
    const Delivery create =
        members.creation({{"number", RawValue::of_number("12")}, {"name", RawValue::of_text("Cy")}}
        );
    EXPECT_TRUE(members->lookup_created(create)->empty());
    const Receipt made = members.write(create);
    ASSERT_EQ(made.outcome, Out::Stored) << made.error.detail;
    EXPECT_EQ(made.remote_id.text(), "BE/12");
    EXPECT_EQ(run("SELECT name FROM members WHERE company = 'BE' AND number = 12"), "Cy");
    ASSERT_EQ(members->lookup_created(create)->size(), 1U);
    EXPECT_EQ(members->lookup_created(create)->front().token, made.token);
    // Whoever has the key already is another's record.
    const Receipt taken = members.write(
        members.creation({{"number", RawValue::of_text("7")}, {"name", RawValue::of_text("Di")}})
    );
    EXPECT_EQ(taken.outcome, Out::Duplicate) << taken.error.detail;
    EXPECT_EQ(taken.refused_field, "number");
    EXPECT_EQ(taken.duplicate_of.text(), "BE/7");
    EXPECT_EQ(run("SELECT name FROM members WHERE company = 'BE' AND number = 7"), "An");
    const Receipt without = members.write(members.creation({{"name", RawValue::of_text("Ed")}}));
    EXPECT_EQ(without.outcome, Out::Refused);
    EXPECT_EQ(without.refused_field, "number");
}

TEST_P(SqlNewKeys, ARowKeepsItsKey) {
    ConnectedSystem& members = erp({{"columns", {"company", "number", "name"}}});
    const Receipt moved =
        members.write(ConnectedSystem::change("BE/7", "", {{"number", RawValue::of_number("8")}}));
    EXPECT_EQ(moved.outcome, Out::Refused);
    EXPECT_EQ(moved.refused_field, "number");
    EXPECT_EQ(run("SELECT count(*) FROM members WHERE number = 7"), "1");
    const Receipt same = members.write(ConnectedSystem::change(
        "BE/7", "", {{"number", RawValue::of_number("7")}, {"name", RawValue::of_text("Ann")}}
    ));
    EXPECT_EQ(same.outcome, Out::Stored) << same.error.detail;
    EXPECT_EQ(run("SELECT name FROM members WHERE number = 7"), "Ann");
}

TEST_P(SqlNewKeys, WhereNothingGivesTheKeyTheSystemSaysSo) {
    EXPECT_EQ(refusal(Json::object()), "(accepted)") << "perhaps none shall be made";
    const auto can = (*erp_)->discover("customer");
    ASSERT_TRUE(can) << can.error().detail;
    const auto ids = (*erp_)->plan_ids("customer", 1);
    ASSERT_FALSE(ids);
    EXPECT_EQ(ids.error().code, ErrorCode::PluginUnsupported);
    const std::string reason =
        " of the key of table \"members\": name each in \"columns\" and map it, or give it a value "
        "in \"new_key\"";
    EXPECT_EQ(can->cannot_create, "nothing gives \"company\", \"number\"" + reason);
    EXPECT_NE(ids.error().detail.find(can->cannot_create), std::string::npos) << ids.error().detail;
    EXPECT_EQ(
        erp({{"columns", {"company", "name"}}})->discover("customer")->cannot_create,
        "nothing gives \"number\"" + reason
    );
    const std::string where = "settings/entities/customer/new_key";
    EXPECT_EQ(refusal({{"new_key", {{"name", "x"}}}}), where + "/name is no column of the key");
    EXPECT_EQ(
        refusal({{"columns", {"company", "name"}}, {"new_key", {{"company", "BE"}}}}),
        where + "/company is among \"columns\" too: a field gives it"
    );
    EXPECT_EQ(
        refusal({{"new_key", {{"company", nullptr}}}}),
        where + "/company must be a text or a whole number"
    );
    EXPECT_EQ(
        refusal({{"new_key", {{"company", "BE"}, {"number", 1}}}}),
        where + " would give all new rows the same key"
    );
}

}  // namespace syncline::testing
