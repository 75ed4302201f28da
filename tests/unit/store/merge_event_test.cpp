#include "store_fixture.hpp"

#include <gtest/gtest.h>

namespace syncline::store {
namespace {

/// Customers that were merged, ids that are used again, and databases from before there were such.
class MergedRows : public StoreTest {
protected:
    Customer put(const std::string& name) {
        CommitBatch batch;
        batch.customers.push_back(new_customer(name));
        store_->commit(batch);
        return batch.customers.front();
    }
    void put(Link link, const std::vector<MatchKey>& keys = {}) {
        CommitBatch batch;
        if (!keys.empty()) batch.link_keys.emplace_back(link.id, keys);
        batch.links.push_back(std::move(link));
        store_->commit(batch);
    }
};

TEST_F(MergedRows, AMergeReturnsAsItWasStored) {
    const Customer winner = put("Ada");
    const Customer loser = put("Ada L.");
    MergeEvent merge;
    merge.id = new_id<MergeId>();
    merge.winner = winner.id;
    merge.loser = loser.id;
    merge.at = from_unix_ms(70);
    merge.by = "bo";
    merge.links.push_back({new_id<LinkId>(), LinkRole::Secondary});
    merge.before = winner.fields;
    CommitBatch batch;
    batch.merges.push_back(merge);
    store_->commit(batch);
    reopen();

    for (const CustomerId& side : {winner.id, loser.id}) {
        const std::vector<CustomerId> ids{side};
        EXPECT_EQ(store_->merges_of(ids), std::vector<MergeEvent>{merge});
    }
    merge.undone_at = from_unix_ms(90);
    merge.undone_by = "cy";
    CommitBatch again;
    again.merges.push_back(merge);
    store_->commit(again);
    const std::vector<CustomerId> both{winner.id, loser.id};
    EXPECT_EQ(store_->merges_of(both), std::vector<MergeEvent>{merge});
    const std::vector<CustomerId> other{put("Eve").id};
    EXPECT_TRUE(store_->merges_of(other).empty());
}

TEST_F(MergedRows, AnAliasNamesWhoItIsNowAndIsNoCustomerOfAnyList) {
    const Customer winner = put("Ada");
    Customer loser = put("Ada L.");
    loser.state = CustomerState::Alias;
    loser.alias_of = winner.id;
    CommitBatch batch;
    batch.customers.push_back(loser);
    store_->commit(batch);
    reopen();

    const std::vector<CustomerId> ids{loser.id};
    EXPECT_EQ(store_->customers(ids).front().alias_of, winner.id);
    EXPECT_EQ(store_->customers_after({}, 10), std::vector<CustomerId>{winner.id});
    EXPECT_EQ(store_->counts().records, 1U);
}

TEST_F(MergedRows, AnIdThatIsUsedAgainNamesTheLastRecord) {
    const Customer customer = put("Ada");
    Link first = new_link(customer.id, "17");
    first.state = LinkState::Gone;
    first.role = LinkRole::Secondary;
    Link second = new_link(customer.id, "17");
    second.generation = 1;
    put(first);
    put(second);
    reopen();

    const std::vector<RemoteId> wanted{RemoteId{"17"}};
    const std::vector<Link> found = store_->links_by_remote(SystemId{"erp"}, "customer", wanted);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().id, second.id);
    const std::vector<LinkId> by_id{first.id};
    EXPECT_EQ(store_->links_by_id(by_id).front().role, LinkRole::Secondary);
}

TEST_F(MergedRows, TheKeysOfADeletedCustomerNameOnlyAFormerOne) {
    Customer customer = put("Ada");
    const std::vector<MatchKey> keys{{kName, "ada"}};
    put(new_link(customer.id, "17"), keys);
    EXPECT_EQ(store_->holders(keys, 10).size(), 1U);
    customer.state = CustomerState::Deleted;
    CommitBatch batch;
    batch.customers.push_back(customer);
    store_->commit(batch);
    const auto holders = store_->holders(keys, 10);
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_TRUE(holders.front().customers.empty());
    EXPECT_EQ(holders.front().former, std::vector<CustomerId>{customer.id});
}

TEST_F(MergedRows, LinksAndTheirKeysOfTheFirstSchemaRemain) {
    const Customer customer = put("Ada");
    const std::vector<MatchKey> keys{{kName, "ada"}};
    Link link = new_link(customer.id, "17");
    put(link, keys);
    become_schema_1();
    reopen();

    const std::vector<LinkId> ids{link.id};
    link.row_version = 1;
    EXPECT_EQ(store_->links_by_id(ids), std::vector<Link>{link});
    EXPECT_EQ(store_->holders(keys, 10).size(), 1U);
    put(new_link(customer.id, "18"), keys);  // the references hold
}

TEST_F(MergedRows, ARunIsFoundByWhatItDid) {
    const Customer customer = put("Ada");
    CommitBatch batch;
    for (int i = 0; i < 2; ++i) {
        Change change;
        change.customer = customer.id;
        change.run = new_id<RunId>();
        change.at = from_unix_ms(40 + i);
        FieldChange field;
        field.field = kName;
        field.kind = ChangeKind::Written;
        field.origin = Origin::of(SystemId{"erp"});
        field.held["NAME"] = RawValue::of_text("Ada L.");
        change.fields.push_back(field);
        batch.changes.push_back(change);
    }
    store::Run run;  // the base class of a test has a Run of its own
    run.id = new_id<RunId>();
    run.kind = "undo";
    run.by = "bo";
    run.undoes = batch.changes[1].run;
    batch.runs.push_back(run);
    store_->commit(batch);
    reopen();

    const std::vector<Change> found = store_->changes_of_run(batch.changes[1].run);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().at, from_unix_ms(41));
    EXPECT_EQ(found.front().fields.front().held.find("NAME")->text, "Ada L.");
    EXPECT_EQ(store_->runs(1).front().undoes, run.undoes);
    EXPECT_EQ(store_->runs(1).front().by, "bo");

    const std::vector<Change> latest = store_->latest_changes(1);
    ASSERT_EQ(latest.size(), 1U);
    EXPECT_EQ(latest.front().run, batch.changes[1].run);
    EXPECT_EQ(store_->latest_changes(9).size(), 2U);
}

TEST_F(MergedRows, AnUndoIsUnfinishedUntilItEnds) {
    std::vector<store::Run> runs(3);
    for (store::Run& run : runs) {
        run.id = new_id<RunId>();
        run.kind = "undo";
        run.undoes = new_id<RunId>();
        run.started_at = from_unix_ms(90);
    }
    runs[0].started_at = from_unix_ms(100);
    runs[1].ended_at = from_unix_ms(110);
    runs.emplace_back().id = new_id<RunId>();  // not finished, and no undo
    CommitBatch batch;
    batch.runs = runs;
    store_->commit(batch);
    std::vector<RunId> unfinished;
    for (const store::Run& run : store_->unfinished_undos())
        unfinished.push_back(run.id);
    EXPECT_EQ(unfinished, (std::vector<RunId>{runs[2].id, runs[0].id})) << "the oldest first";
}

}  // namespace
}  // namespace syncline::store
