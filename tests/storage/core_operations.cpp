// The core operations that the suites of this folder break in every way.

#include "base/assert.hpp"
#include "storage/storage_hub.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace syncline::testing {
namespace {

constexpr std::size_t kNewCustomers = 3;
constexpr std::size_t kKeysInABlock = 4096;

FieldState state_of(StorageHub& hub, std::string text) {
    FieldState state;
    state.value = FieldValue::of(std::move(text));
    state.version = hub.next_version();
    state.origin = Origin::of(SystemId{"erp"});
    state.rule = Rule::OnlyChange;
    return state;
}

Change change_of(StorageHub& hub, const Customer& customer, std::string before, std::string after) {
    Change change;
    change.customer = customer.id;
    change.at = hub.clock.now();
    FieldChange& entry = change.fields.emplace_back();
    entry.field = hub.id("name");
    entry.origin = Origin::of(SystemId{"erp"});
    entry.version = hub.next_version();
    entry.before = FieldValue::of(std::move(before));
    entry.after = FieldValue::of(std::move(after));
    return change;
}

Link link_of(StorageHub& hub, const Customer& customer, const std::string& system) {
    Link link;
    link.id = hub.new_id<LinkId>();
    link.system = SystemId{system};
    link.entity = "customer";
    link.remote_id = RemoteId{std::to_string(hub.random.next())};
    link.customer = customer.id;
    link.state = LinkState::Active;
    link.token = "1";
    link.read_at = hub.clock.now();
    LinkField& field = link.fields[hub.id("name")];
    field.shadow.emplace();
    field.shadow->raw["name"] = RawValue::of_text("Ada " + link.remote_id.text());
    field.contribution.emplace();
    field.contribution->value = FieldValue::of("Ada " + link.remote_id.text());
    return link;
}

void commit_new_records(StorageHub& hub) {
    store::CommitBatch batch;
    for (std::size_t i = 0; i < kNewCustomers; ++i) {
        Customer customer;
        customer.id = hub.new_id<CustomerId>();
        customer.created = hub.next_version();
        const std::string name = "Customer " + std::to_string(hub.random.below(1'000'000));
        customer.fields[hub.id("name")] = state_of(hub, name);
        customer.fields[hub.id("status")] = state_of(hub, "active");
        const store::MatchKey key{hub.id("name"), name};
        for (const char* system : {"erp", "desk"}) {
            batch.links.push_back(link_of(hub, customer, system));
            batch.link_keys.push_back({batch.links.back().id, {key}});
        }
        batch.changes.push_back(change_of(hub, customer, "", name));
        batch.customer_keys.push_back({customer.id, {key}});
        batch.work_added.push_back(customer.id);
        batch.customers.push_back(std::move(customer));
    }
    batch.cursors.push_back(
        {SystemId{"erp"}, "customer", std::to_string(hub.random.next()), true, hub.clock.now()}
    );
    hub.commit(batch);
}

void commit_attempts(StorageHub& hub) {
    store::CommitBatch batch;
    for (const Link& link : hub.links(hub.customers())) {
        if (link.system != SystemId{"desk"} || batch.attempts.size() == kNewCustomers) continue;
        Attempt& attempt = batch.attempts.emplace_back();
        attempt.id = hub.new_id<AttemptId>();
        attempt.system = link.system;
        attempt.entity = link.entity;
        attempt.customer = link.customer;
        attempt.link = link.id;
        attempt.issued_at = hub.clock.now();
        SentField& sent = attempt.fields[hub.id("name")];
        sent.value = FieldValue::of("Ada Lovelace");
        sent.raw["name"] = RawValue::of_text("Ada Lovelace");
    }
    hub.commit(batch);
}

/// All but one are answered; that one is forgotten.
void settle(StorageHub& hub) {
    store::CommitBatch batch;
    batch.attempts = hub.store().unsettled_attempts();
    SYNCLINE_ASSERT(!batch.attempts.empty());
    batch.closed_attempts.push_back(batch.attempts.back().id);
    batch.attempts.pop_back();
    std::vector<LinkId> ids;
    for (Attempt& attempt : batch.attempts) {
        attempt.state = AttemptState::Answered;
        attempt.answered_at = hub.clock.now();
        ids.push_back(attempt.link);
    }
    batch.links = hub.store().links_by_id(ids);
    for (Link& link : batch.links) {
        link.token += "'";
        link.fields[hub.id("name")].shadow->raw["name"] = RawValue::of_text("Ada Lovelace");
        batch.work_done.push_back(link.customer);
    }
    hub.commit(batch);
}

void write_journal(StorageHub& hub) {
    store::CommitBatch batch;
    for (const Customer& customer : hub.customers()) {
        const std::string said(1'500, static_cast<char>('a' + hub.random.below(26)));
        batch.changes.push_back(change_of(hub, customer, said, said + "!"));
    }
    hub.commit(batch);
}

void quarantine_and_release(StorageHub& hub) {
    store::CommitBatch aside;
    for (int i = 0; i < 4; ++i) {
        QuarantineItem& item = aside.quarantined.emplace_back();
        item.system = SystemId{"erp"};
        item.remote_id = RemoteId{std::to_string(hub.random.next())};
        item.code = ErrorCode::MappingFailed;
        item.reason = "no lens reads this";
        item.raw["name"] = RawValue::of_text("\x01");
        item.first_at = item.last_at = hub.clock.now();
    }
    hub.commit(aside);
    const std::vector<QuarantineItem> items = hub.store().quarantine();
    store::CommitBatch back;
    back.released = {items.front().id, items.back().id};
    back.quarantined.push_back(items[1]);  // the same trouble again
    hub.commit(back);
}

void keep_positions(StorageHub& hub) {
    store::CommitBatch batch;
    for (const char* system : {"erp", "desk"}) {
        batch.cursors.push_back(
            {SystemId{system}, "customer", std::to_string(hub.random.next()), true, hub.clock.now()}
        );
        store::SystemState& state = batch.systems.emplace_back();
        state.system = SystemId{system};
        state.last_pull = hub.clock.now();
    }
    store::Run& run = batch.runs.emplace_back();
    run.id = hub.new_id<RunId>();
    run.kind = "run";
    hub.commit(batch);
}

/// Every record joins the first customer; the others are names for it from now on.
void merge_many(StorageHub& hub) {
    store::CommitBatch batch;
    batch.customers = hub.customers();
    const CustomerId survivor = batch.customers.front().id;
    Case& question = batch.cases.emplace_back();
    question.id = hub.new_id<CaseId>();
    question.kind = CaseKind::Duplicate;
    question.customer = survivor;
    question.opened_at = hub.clock.now();
    batch.links = hub.links(batch.customers);
    for (Link& link : batch.links)
        link.customer = survivor;
    for (Customer& customer : batch.customers) {
        if (customer.id == survivor) continue;
        customer.state = CustomerState::Alias;
        question.candidates.push_back({customer.id, {}, "the same VAT number"});
        batch.changes.push_back(change_of(hub, customer, "active", "alias"));
        batch.customer_keys.push_back({customer.id, {}});
        batch.work_done.push_back(customer.id);
    }
    batch.work_added.push_back(survivor);
    hub.commit(batch);
}

/// Takes data keys until a new block had to be minted.
void mint_keys(StorageHub& hub) {
    for (std::size_t i = 0; i < kKeysInABlock; ++i)
        hub.vault().take_data_key();
    commit_new_records(hub);
}

/// As a plan does: reads everything, decides, writes in memory only.
void plan_over_overlay(StorageHub& hub) {
    vault::Vault vault = hub.vault().overlay();
    auto overlay = store::open_overlay(hub.folder() / "data", vault, hub.clock);
    if (!overlay) throw Refused(overlay.error());
    store::Store& store = **overlay;
    store.use_fields(hub.fields());
    store::CommitBatch batch;
    batch.customers = store.customers(store.customers_after({}, 1'000));
    for (Customer& customer : batch.customers)
        customer.fields[hub.id("name")].value = FieldValue::of("as planned");
    Customer& made = batch.customers.emplace_back();
    made.id = hub.new_id<CustomerId>();
    made.fields[hub.id("name")] = state_of(hub, "made by the plan");
    store.commit(batch);
}

/// As `status` does beside a running hub.
void read_status_beside(StorageHub& hub) {
    auto vault = vault::Vault::open(hub.folder() / "data", hub.root_key(), "hub", hub.clock);
    if (!vault) throw Refused(vault.error());
    auto reader =
        store::open_sqlite(hub.folder() / "data", store::Access::ReadOnly, *vault, hub.clock);
    if (!reader) throw Refused(reader.error());
    (*reader)->use_fields(hub.fields());
    const store::Counts before = (*reader)->counts();
    keep_positions(hub);
    write_journal(hub);
    (*reader)->customers((*reader)->customers_after({}, 1'000));
    SYNCLINE_ASSERT((*reader)->counts().records == before.records);
}

}  // namespace

const std::vector<CoreOperation>& core_operations() {
    using From = CoreOperation::From;
    static const std::vector<CoreOperation> operations{
        {"Initialise", From::Nothing, false, false, [](StorageHub& hub) { hub.initialise(); }},
        {"OpenAndMigrate", From::Keys, false, true, [](StorageHub& hub) { hub.open(); }},
        {"StartAfterACrash", From::CrashedHub, false, false, [](StorageHub& hub) { hub.open(); }},
        {"NewRecords", From::Hub, true, true, commit_new_records},
        {"Attempts", From::Hub, true, false, commit_attempts},
        {"Settle", From::CrashedHub, true, false, settle},
        {"Journal", From::Hub, true, false, write_journal},
        {"QuarantineAndRelease", From::Hub, true, true, quarantine_and_release},
        {"Positions", From::Hub, true, false, keep_positions},
        {"MergeMany", From::Hub, true, false, merge_many},
        {"MintKeys", From::HubWithoutKeys, true, true, commit_new_records},
        {"PlanOverOverlay", From::Hub, true, false, plan_over_overlay},
        {"StatusBeside", From::Hub, true, false, read_status_beside},
        {"StopAndStart",
         From::CrashedHub,
         true,
         false,
         [](StorageHub& hub) {
             hub.close();
             hub.open();
         }},
        {"UseUpKeys", From::Hub, true, true, mint_keys},
    };
    return operations;
}

const CoreOperation& core_operation(std::string_view name) {
    const auto found = std::find_if(
        core_operations().begin(),
        core_operations().end(),
        [&](const CoreOperation& operation) { return operation.name == name; }
    );
    SYNCLINE_ASSERT(found != core_operations().end());
    return *found;
}

}  // namespace syncline::testing
