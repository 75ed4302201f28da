#include "unit/store/store_fixture.hpp"

namespace syncline::store {
namespace {

class Holders : public StoreTest {
protected:
    static Store::KeyHolders ask(Store& store, const MatchKey& key, std::size_t limit = 50) {
        const auto found = store.holders(std::array{key}, limit);
        return found.empty() ? Store::KeyHolders{} : found.front();
    }
};

TEST_F(Holders, CustomersHoldByTheirOwnValueOrByARecordOfTheirs) {
    const MatchKey email{kName, "ada@example.com"};
    const MatchKey other{kName, "other@example.com"};
    const auto [ada, ada_link] = store_customer("Ada", "1");
    const auto [bob, bob_link] = store_customer("Bob", "2");
    CommitBatch batch;
    batch.links.push_back(new_link(new_id<CustomerId>(), "3"));
    batch.links[0].state = LinkState::Unassociated;
    batch.customer_keys = {{ada.id, {email}}};
    batch.link_keys = {
        {ada_link.id, {email}}, {bob_link.id, {email, other}}, {batch.links[0].id, {email}}};
    store_->commit(batch);
    reopen();

    auto holders = ask(*store_, email);
    EXPECT_EQ(holders.key, email);
    std::sort(holders.customers.begin(), holders.customers.end());
    std::vector<CustomerId> both{ada.id, bob.id};
    std::sort(both.begin(), both.end());
    EXPECT_EQ(holders.customers, both);
    EXPECT_EQ(holders.links, std::vector{batch.links[0].id});
    EXPECT_EQ(ask(*store_, other).customers, std::vector{bob.id});
    EXPECT_TRUE(store_->holders(std::array{MatchKey{kStatus, "ada@example.com"}}, 50).empty());
    EXPECT_EQ(ask(*store_, email, 1).customers.size(), 1U);
    const std::array wanted{email, other, MatchKey{kName, "nobody"}, email};
    EXPECT_EQ(store_->holders(wanted, 50).size(), 2U);
}

TEST_F(Holders, NewKeysReplaceOldOnes) {
    const auto [ada, link] = store_customer("Ada", "1");
    const MatchKey old{kName, "old"};
    const MatchKey now{kName, "now"};
    CommitBatch batch;
    batch.customer_keys = {{ada.id, {old}}};
    batch.link_keys = {{link.id, {old}}};
    store_->commit(batch);
    batch.customer_keys = {{ada.id, {now}}};
    batch.link_keys = {{link.id, {}}};
    store_->commit(batch);
    EXPECT_TRUE(ask(*store_, old).customers.empty());
    EXPECT_EQ(ask(*store_, now).customers, std::vector{ada.id});
}

TEST_F(Holders, RecordsOfASystemAreCountedOnce) {
    const auto stored = store_customer("Ada", "1");
    const Link& link = stored.second;
    const auto count = [&] { return store_->link_count(link.system, link.entity); };
    EXPECT_EQ(count(), 1U);
    CommitBatch batch;
    batch.links.push_back(new_link(stored.first.id, "2"));
    batch.links.push_back(link);  // known before
    store_->commit(batch);
    EXPECT_EQ(count(), 2U);
    EXPECT_EQ(store_->link_count(SystemId{"another"}, link.entity), 0U);
    reopen();
    EXPECT_EQ(count(), 2U);
}

TEST_F(Holders, AnAliasHoldsNothing) {
    auto [ada, link] = store_customer("Ada", "1");
    const MatchKey key{kName, "key"};
    CommitBatch batch;
    batch.customers.push_back(ada);
    batch.customers[0].state = CustomerState::Alias;
    batch.customer_keys = {{ada.id, {key}}};
    store_->commit(batch);
    EXPECT_TRUE(store_->holders(std::array{key}, 50).empty());
}

}  // namespace
}  // namespace syncline::store
