// Everything a batch can carry comes back as it was, also after a restart.

#include "unit/store/store_fixture.hpp"

namespace syncline::store {
namespace {

class RoundTrip : public StoreTest {};

TEST_F(RoundTrip, Customers) {
    CommitBatch batch;
    batch.customers.push_back(new_customer("Ada"));
    batch.customers[0].fields[kName].origin = Origin::of_user("grace");
    batch.customers.push_back(new_customer("Bob"));
    batch.customers[1].state = CustomerState::Alias;
    batch.customers[1].fields[kName].value = FieldValue::cleared();
    store_->commit(batch);
    EXPECT_EQ(batch.customers[0].row_version, 1U);
    reopen();
    EXPECT_EQ(customer(batch.customers[0].id), batch.customers[0]);
    EXPECT_EQ(customer(batch.customers[1].id), batch.customers[1]);
    const std::array both{batch.customers[0].id, new_id<CustomerId>(), batch.customers[1].id};
    EXPECT_EQ(store_->customers(both).size(), 2U);
    EXPECT_TRUE(store_->customers({}).empty());
}

TEST_F(RoundTrip, ACustomerChangesInPlace) {
    auto [ada, link] = store_customer("Ada", "1");
    ada.fields[kName] = state_of(FieldValue::of("Ada Lovelace"), 20);
    ada.fields.erase(kStatus);
    CommitBatch batch;
    batch.customers.push_back(ada);
    store_->commit(batch);
    EXPECT_EQ(batch.customers[0].row_version, 2U);
    EXPECT_EQ(customer(ada.id), batch.customers[0]);
}

// A field that the configuration no longer uses is kept, encrypted, and comes back with it.
TEST_F(RoundTrip, FieldsOutOfUseAreKept) {
    Customer ada = store_customer("Ada", "1").first;
    fields_ = FieldTable{};
    reopen();
    EXPECT_EQ(customer(ada.id), ada);
    CommitBatch batch;
    batch.customers.push_back(ada);
    store_->commit(batch);
    fields_ = make_fields();
    reopen();
    EXPECT_EQ(customer(ada.id), batch.customers[0]);
}

TEST_F(RoundTrip, Links) {
    const auto [ada, link] = store_customer("Ada", "1");
    const Link bob = store_customer("Bob", "2; '\"\xF0\x9F\x98\x80").second;
    reopen();
    EXPECT_EQ(link.row_version, 1U);
    const std::array remotes{link.remote_id, RemoteId{"none"}, bob.remote_id};
    std::vector<Link> found = store_->links_by_remote(SystemId{"erp"}, "customer", remotes);
    std::sort(found.begin(), found.end(), [](const Link& a, const Link& b) {
        return a.remote_id < b.remote_id;
    });
    EXPECT_EQ(found, (std::vector{link, bob}));
    EXPECT_TRUE(store_->links_by_remote(SystemId{"erp"}, "order", remotes).empty());
    EXPECT_TRUE(store_->links_by_remote(SystemId{"crm"}, "customer", remotes).empty());
    EXPECT_EQ(store_->links_by_id(std::array{link.id}), std::vector{link});
    EXPECT_EQ(store_->links_of_customers(std::array{bob.customer}), std::vector{bob});
    EXPECT_EQ(store_->link_heads(SystemId{"erp"}, "customer").size(), 2U);
    EXPECT_TRUE(store_->link_heads(SystemId{"crm"}, "customer").empty());
}

TEST_F(RoundTrip, LinkHeadsTellStateAndCustomer) {
    Link link = store_customer("Ada", "1").second;
    link.state = LinkState::Gone;
    CommitBatch batch;
    batch.links.push_back(link);
    store_->commit(batch);
    const auto heads = store_->link_heads(SystemId{"erp"}, "customer");
    ASSERT_EQ(heads.size(), 1U);
    EXPECT_EQ(heads[0].id, link.id);
    EXPECT_EQ(heads[0].remote_id, link.remote_id);
    EXPECT_EQ(heads[0].state, LinkState::Gone);
    EXPECT_EQ(heads[0].customer, link.customer);
}

TEST_F(RoundTrip, ALinkMovesToAnotherCustomer) {
    const Customer ada = store_customer("Ada", "1").first;
    CommitBatch waiting;
    waiting.links.push_back(new_link(new_id<CustomerId>(), "2"));
    waiting.links[0].state = LinkState::Unassociated;
    store_->commit(waiting);
    const Link& link = waiting.links[0];
    const std::vector<Store::WaitingLink> found = store_->waiting_links();
    EXPECT_EQ(
        found,
        (std::vector<Store::WaitingLink>{{link.id, link.system, link.remote_id, link.customer}})
    );
    EXPECT_EQ(store_->links_by_id(std::array{link.id}), waiting.links);

    CommitBatch joined;
    joined.links = waiting.links;
    joined.links[0].customer = ada.id;
    joined.links[0].state = LinkState::Active;
    store_->commit(joined);
    EXPECT_TRUE(store_->waiting_links().empty());
    reopen();
    EXPECT_EQ(store_->links_of_customers(std::array{ada.id}).size(), 2U);
    EXPECT_EQ(store_->links_by_id(std::array{joined.links[0].id}), joined.links);
}

TEST_F(RoundTrip, Attempts) {
    const auto [ada, link] = store_customer("Ada", "1");
    CommitBatch batch;
    batch.attempts.push_back(new_attempt(ada, link.id));
    batch.attempts.push_back(new_attempt(ada, {}));
    Attempt& create = batch.attempts[1];
    create.kind = AttemptKind::Create;
    create.state = AttemptState::Looked;
    create.planned_id = RemoteId{"planned"};
    create.answered_at = from_unix_ms(400);
    store_->commit(batch);
    reopen();
    EXPECT_EQ(store_->attempts_of_links(std::array{link.id}), std::vector{batch.attempts[0]});
    auto unsettled = store_->unsettled_attempts();
    std::sort(unsettled.begin(), unsettled.end(), [](const Attempt& a, const Attempt& b) {
        return a.kind < b.kind;
    });
    EXPECT_EQ(unsettled, batch.attempts);

    CommitBatch
        answered;  // an update that was looked after is settled; a create without record is not
    answered.attempts = batch.attempts;
    answered.attempts[0].state = AttemptState::Answered;
    answered.attempts[1].state = AttemptState::Answered;
    store_->commit(answered);
    EXPECT_EQ(store_->unsettled_attempts(), std::vector{answered.attempts[1]});
    EXPECT_EQ(store_->attempts_of_system(answered.attempts[0].system).size(), 2U);
    EXPECT_TRUE(store_->attempts_of_system(SystemId{"another"}).empty());
    EXPECT_EQ(store_->attempts_of_links(std::array{link.id}), std::vector{answered.attempts[0]});

    CommitBatch closed;
    closed.closed_attempts = {batch.attempts[0].id, batch.attempts[1].id};
    store_->commit(closed);
    EXPECT_TRUE(store_->unsettled_attempts().empty());
    EXPECT_TRUE(store_->attempts_of_links(std::array{link.id}).empty());
}

TEST_F(RoundTrip, Changes) {
    const Customer ada = store_customer("Ada", "1").first;
    CommitBatch batch;
    for (const char* name : {"Ada B.", "Ada L."}) {
        Change& change = batch.changes.emplace_back();
        change.customer = ada.id;
        change.run = new_id<RunId>();
        change.at = from_unix_ms(77);
        FieldChange& field = change.fields.emplace_back();
        field.field = kName;
        field.kind = ChangeKind::Loser;
        field.rule = Rule::Authority;
        field.origin = Origin::of(SystemId{"crm"});
        field.interval = {from_unix_ms(1), from_unix_ms(2)};
        field.version = Version{9};
        field.before = FieldValue::of("Ada");
        field.after = FieldValue::of(name);
    }
    store_->commit(batch);
    EXPECT_LT(0U, batch.changes[0].sequence);
    EXPECT_EQ(batch.changes[0].sequence + 1, batch.changes[1].sequence);
    reopen();
    const std::vector<Change> history = store_->history(ada.id);
    ASSERT_EQ(history.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(history[i].sequence, batch.changes[i].sequence);
        EXPECT_EQ(history[i].customer, ada.id);
        EXPECT_EQ(history[i].run, batch.changes[i].run);
        EXPECT_EQ(history[i].at, batch.changes[i].at);
        ASSERT_EQ(history[i].fields.size(), 1U);
        const FieldChange& field = history[i].fields[0];
        const FieldChange& given = batch.changes[i].fields[0];
        EXPECT_EQ(field.field, given.field);
        EXPECT_EQ(field.kind, given.kind);
        EXPECT_EQ(field.rule, given.rule);
        EXPECT_EQ(field.origin, given.origin);
        EXPECT_EQ(field.interval, given.interval);
        EXPECT_EQ(field.version, given.version);
        EXPECT_EQ(field.before, given.before);
        EXPECT_EQ(field.after, given.after);
    }
    EXPECT_TRUE(store_->history(new_id<CustomerId>()).empty());
}

TEST_F(RoundTrip, Cases) {
    CommitBatch batch;
    Case& item = batch.cases.emplace_back();
    item.id = new_id<CaseId>();
    item.kind = CaseKind::Association;
    item.link = new_id<LinkId>();
    item.system = SystemId{"erp"};
    item.reason = "two customers have this e-mail";
    item.opened_at = from_unix_ms(50);
    item.candidates.push_back({new_id<CustomerId>(), {}, "same e-mail"});
    item.candidates.push_back({{}, new_id<LinkId>(), "same name"});
    Case conflict;
    conflict.id = new_id<CaseId>();
    conflict.kind = CaseKind::Conflict;
    conflict.customer = new_id<CustomerId>();
    conflict.field = kName;
    conflict.opened_at = from_unix_ms(60);
    batch.cases.push_back(conflict);
    const Case given = batch.cases[0];
    store_->commit(batch);
    reopen();
    EXPECT_EQ(store_->cases(std::nullopt, true).size(), 2U);
    const auto found = store_->cases(CaseKind::Association, true);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].id, given.id);
    EXPECT_EQ(found[0].link, given.link);
    EXPECT_EQ(found[0].system, given.system);
    EXPECT_EQ(found[0].reason, given.reason);
    EXPECT_EQ(found[0].opened_at, given.opened_at);
    ASSERT_EQ(found[0].candidates.size(), 2U);
    EXPECT_EQ(found[0].candidates[0].customer, given.candidates[0].customer);
    EXPECT_EQ(found[0].candidates[1].link, given.candidates[1].link);
    EXPECT_EQ(found[0].candidates[1].reason, "same name");

    const auto named = [&](const CustomerId& id) {
        return store_->cases_of_customers(std::array{id}).size();
    };
    EXPECT_EQ(named(given.candidates[0].customer), 1U);
    EXPECT_EQ(named(conflict.customer), 1U);
    const std::array both{given.candidates[0].customer, conflict.customer};
    EXPECT_EQ(store_->cases_of_customers(both).size(), 2U);

    CommitBatch resolved;
    resolved.cases.push_back(conflict);
    resolved.cases[0].resolved_at = from_unix_ms(70);
    resolved.cases[0].resolution = "value from erp, by grace";
    store_->commit(resolved);
    EXPECT_EQ(named(conflict.customer), 0U);
    EXPECT_TRUE(store_->cases(CaseKind::Conflict, true).empty());
    const auto closed = store_->cases(CaseKind::Conflict, false);
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].resolution, "value from erp, by grace");
    EXPECT_EQ(closed[0].resolved_at, from_unix_ms(70));
    EXPECT_EQ(closed[0].field, kName);
}

TEST_F(RoundTrip, CursorsSystemsAndRuns) {
    CommitBatch batch;
    batch.cursors.push_back({SystemId{"erp"}, "customer", R"({"after":7})", true, from_unix_ms(42)}
    );
    SystemState& state = batch.systems.emplace_back();
    state.system = SystemId{"erp"};
    state.paused = true;
    state.paused_by = "operator";
    state.last_error = "remote unavailable";
    state.last_pull = from_unix_ms(1);
    state.last_push = from_unix_ms(2);
    state.retry_at = from_unix_ms(3);
    state.failures = 4;
    state.listing_wanted_at = from_unix_ms(5);
    state.mapping = "name 0a1b";
    state.connector = "org.example.erp 1.0";
    batch.committed_at = from_unix_ms(6);
    for (int i = 1; i <= 3; ++i) {
        store::Run& run = batch.runs.emplace_back();
        run.id = new_id<RunId>();
        run.kind = "once";
        run.started_at = from_unix_ms(i);
        run.ended_at = from_unix_ms(i + 1);
        run.pulled = 1;
        run.changed = 2;
        run.created = 3;
        run.updated = 4;
        run.refused = 5;
    }
    store_->commit(batch);
    reopen();
    const auto cursor = store_->cursor(SystemId{"erp"}, "customer");
    ASSERT_TRUE(cursor);
    EXPECT_EQ(cursor->value, R"({"after":7})");
    EXPECT_TRUE(cursor->listed_completely);
    EXPECT_EQ(cursor->listed_at, from_unix_ms(42));
    EXPECT_FALSE(store_->cursor(SystemId{"erp"}, "order"));

    const auto states = store_->system_states();
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].system, SystemId{"erp"});
    EXPECT_TRUE(states[0].paused);
    EXPECT_EQ(states[0].paused_by, "operator");
    EXPECT_EQ(states[0].last_error, "remote unavailable");
    EXPECT_EQ(states[0].last_pull, from_unix_ms(1));
    EXPECT_EQ(states[0].last_push, from_unix_ms(2));
    EXPECT_EQ(states[0].retry_at, from_unix_ms(3));
    EXPECT_EQ(states[0].failures, 4U);
    EXPECT_EQ(states[0].listing_wanted_at, from_unix_ms(5));
    EXPECT_EQ(states[0].mapping, "name 0a1b");
    EXPECT_EQ(states[0].connector, "org.example.erp 1.0");
    EXPECT_EQ(store_->committed_at(), from_unix_ms(6));
    CommitBatch later;
    later.systems.push_back(states[0]);
    store_->commit(later);
    EXPECT_EQ(store_->committed_at(), from_unix_ms(6)) << "not told, so kept";

    const auto runs = store_->runs(2);
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0].id, batch.runs[2].id);  // the newest first
    EXPECT_EQ(runs[0].kind, "once");
    EXPECT_EQ(runs[0].started_at, from_unix_ms(3));
    EXPECT_EQ(runs[0].ended_at, from_unix_ms(4));
    EXPECT_EQ(runs[0].pulled, 1U);
    EXPECT_EQ(runs[0].changed, 2U);
    EXPECT_EQ(runs[0].created, 3U);
    EXPECT_EQ(runs[0].updated, 4U);
    EXPECT_EQ(runs[0].refused, 5U);
}

TEST_F(RoundTrip, WorkIsKeptUntilItIsDone) {
    const std::array ids{new_id<CustomerId>(), new_id<CustomerId>(), new_id<CustomerId>()};
    CommitBatch batch;
    batch.work_added = {ids[0], ids[1], ids[2], ids[1]};
    store_->commit(batch);
    EXPECT_EQ(store_->work(100).size(), 3U);
    EXPECT_EQ(store_->work(2).size(), 2U);
    CommitBatch done;
    done.work_done = {ids[0], ids[1]};
    done.work_added = {ids[1]};  // done and due again: due
    store_->commit(done);
    reopen();
    auto work = store_->work(std::numeric_limits<std::size_t>::max());
    std::sort(work.begin(), work.end());
    std::vector<CustomerId> expected{ids[1], ids[2]};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(work, expected);
}

TEST_F(RoundTrip, CustomersComeInPages) {
    std::vector<CustomerId> expected;
    CommitBatch batch;
    for (int i = 0; i < 7; ++i) {
        batch.customers.push_back(new_customer("c"));
        expected.push_back(batch.customers.back().id);
    }
    batch.customers.push_back(new_customer("alias"));
    batch.customers.back().state = CustomerState::Alias;
    store_->commit(batch);
    std::vector<CustomerId> seen;
    CustomerId last;
    for (;;) {
        const auto page = store_->customers_after(last, 3);
        if (page.empty()) break;
        EXPECT_LE(page.size(), 3U);
        seen.insert(seen.end(), page.begin(), page.end());
        last = page.back();
    }
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(seen, expected);
}

TEST_F(RoundTrip, TheHighWaterMarkNeverFalls) {
    EXPECT_FALSE(store_->high_water().exists());
    CommitBatch batch;
    batch.high_water = Version{500};
    store_->commit(batch);
    batch.high_water = Version{300};
    store_->commit(batch);
    reopen();
    EXPECT_EQ(store_->high_water(), Version{500});
}

TEST_F(RoundTrip, FieldNumbersStay) {
    const FieldId name = store_->field_id("name");
    const FieldId vat = store_->field_id("identifiers.vat.value");
    EXPECT_NE(name, vat);
    EXPECT_NE(name.number, 0U);
    EXPECT_EQ(store_->field_id("name"), name);
    reopen();
    EXPECT_EQ(store_->field_id("identifiers.vat.value"), vat);
    EXPECT_NE(store_->field_id("status"), vat);
    const auto ids = store_->field_ids();
    ASSERT_EQ(ids.size(), 3U);
    EXPECT_EQ(ids[0], std::pair(std::string("name"), name));
}

TEST_F(RoundTrip, CountsWhatPeopleAskAbout) {
    const auto [ada, link] = store_customer("Ada", "1");
    CommitBatch batch;
    batch.customers.push_back(new_customer("alias"));
    batch.customers[0].state = CustomerState::Alias;
    batch.links.push_back(new_link(ada.id, "2"));
    batch.links[0].state = LinkState::Gone;
    for (const CaseKind kind : {CaseKind::Conflict, CaseKind::Gone, CaseKind::Duplicate}) {
        Case& item = batch.cases.emplace_back();
        item.id = new_id<CaseId>();
        item.kind = kind;
    }
    batch.cases.push_back(batch.cases[0]);
    batch.cases[3].id = new_id<CaseId>();
    batch.cases[3].resolved_at = from_unix_ms(1);
    batch.quarantined.push_back(new_item("9"));
    store_->commit(batch);
    const Counts counts = store_->counts();
    EXPECT_EQ(counts.records, 1U);
    EXPECT_EQ(counts.links, 1U);
    EXPECT_EQ(counts.conflicts_open, 1U);
    EXPECT_EQ(counts.reviews_open, 2U);
    EXPECT_EQ(counts.quarantined, 1U);
}

TEST_F(RoundTrip, BulkLookUpsTakeThousands) {
    CommitBatch batch;
    std::vector<RemoteId> remotes;
    std::vector<CustomerId> ids;
    for (int i = 0; i < 3000; ++i) {
        const CustomerId id = new_id<CustomerId>();
        batch.links.push_back(new_link(id, std::to_string(i)));
        remotes.push_back(batch.links.back().remote_id);
        ids.push_back(id);
    }
    store_->commit(batch);
    reopen();
    EXPECT_EQ(store_->links_by_remote(SystemId{"erp"}, "customer", remotes).size(), 3000U);
    EXPECT_EQ(store_->links_of_customers(ids).size(), 3000U);
}

}  // namespace
}  // namespace syncline::store
