#pragma once

#include "store/store.hpp"
#include "vault/sqlite.hpp"
#include "vault/vault.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::store {

/// The Store over one opened and migrated SQLite database. Values are sealed and opened here, a
/// batch at a time: rows first, then their data keys in one look-up, then the envelopes.
class HubDatabase final : public Store {
public:
    enum class Numbering : std::uint8_t {
        Durable,    ///< a new path gets the next number
        Temporary,  ///< a reader's: a new path gets a number nothing stored can have
    };

    /// `vault` outlives the store.
    HubDatabase(vault::sqlite::Database database, Numbering numbering, vault::Vault& vault);
    /// Owns its vault: for overlays.
    HubDatabase(vault::sqlite::Database database, vault::Vault overlay);

    void commit(CommitBatch& batch) override;

    std::vector<Link> links_by_remote(
        const SystemId& system, const std::string& entity, std::span<const RemoteId> ids
    ) override;
    std::vector<Link> links_by_id(std::span<const LinkId> ids) override;
    std::vector<Link> links_of_customers(std::span<const CustomerId> ids) override;
    std::vector<Customer> customers(std::span<const CustomerId> ids) override;
    std::vector<Unopened> unopened() const override;
    std::vector<Attempt> attempts_of_links(std::span<const LinkId> ids) override;
    std::vector<Attempt> unsettled_attempts() override;
    std::vector<Attempt> attempts_of_system(const SystemId& system) override;
    std::vector<LinkHead> link_heads(const SystemId& system, const std::string& entity) override;
    std::uint64_t link_count(const SystemId& system, const std::string& entity) override;
    std::vector<WaitingLink> waiting_links() override;
    std::vector<KeyHolders> holders(std::span<const MatchKey> keys, std::size_t limit) override;
    std::vector<CustomerId> work(std::size_t limit) override;
    std::vector<CustomerId> customers_after(const CustomerId& last, std::size_t limit) override;
    std::optional<Cursor> cursor(const SystemId& system, const std::string& entity) override;
    std::vector<SystemState> system_states() override;
    std::vector<RecentWrite> recent_writes(const SystemId& system, Timestamp since) override;
    Version high_water() override;
    Timestamp committed_at() override;
    Version reached() override;
    FieldId field_id(std::string_view path) override;
    std::vector<std::pair<std::string, FieldId>> field_ids() override;
    void use_fields(const FieldTable& fields) override;
    std::vector<Case> cases(std::optional<CaseKind> kind, bool open_only) override;
    std::vector<Case> cases_of_customers(std::span<const CustomerId> ids) override;
    std::vector<QuarantineItem> quarantine(RawFieldsOf raw) override;
    std::vector<QuarantineItem> quarantined_of(
        std::span<const CustomerId> customers, std::span<const LinkId> links
    ) override;
    std::vector<QuarantineItem> quarantined_records(
        const SystemId& system, std::span<const RemoteId> ids, std::span<const LinkId> links
    ) override;
    std::uint64_t quarantine_count() override;
    std::vector<Change> history(const CustomerId& id) override;
    std::vector<Change> changes_of_run(const RunId& id) override;
    std::vector<Change> latest_changes(std::size_t limit) override;
    std::vector<Run> runs(std::size_t limit) override;
    std::vector<Run> unfinished_undos() override;
    std::vector<MergeEvent> merges_of(std::span<const CustomerId> ids) override;
    Counts counts() override;
    std::vector<LinkId> links_with_other_keys(
        std::span<const std::pair<LinkId, std::vector<MatchKey>>> expected
    ) override;
    std::vector<CustomerId> customers_with_other_keys(
        std::span<const std::pair<CustomerId, std::vector<MatchKey>>> expected
    ) override;

private:
    using System = std::pair<SystemId, std::string>;  ///< with its entity

    void begin_snapshot() override;
    void end_snapshot() noexcept override;
    void note_reached(Version version);

    vault::sqlite::Query query(std::string_view sql);
    /// False for a row that does not open, whose customer is remembered.
    bool is_open(const CustomerId& customer, const Result<void>& opened);
    enum class Closed : std::uint8_t { LeftOut, Kept };
    std::vector<Link> read_links(vault::sqlite::Query& rows, Closed closed = Closed::LeftOut);
    std::vector<Attempt> read_attempts(vault::sqlite::Query& rows);
    std::vector<QuarantineItem> read_items(vault::sqlite::Query& rows, RawFieldsOf raw);
    std::vector<Change> read_changes(vault::sqlite::Query& rows);

    std::unique_ptr<vault::Vault> own_vault_;  ///< of an overlay
    vault::Vault& vault_;
    std::optional<Version> reached_;  ///< the mark in keys.db, once it was looked at
    vault::sqlite::Database database_;
    std::optional<vault::sqlite::Transaction> snapshot_;
    int snapshots_ = 0;  ///< one in the other
    Numbering numbering_;
    const FieldTable* fields_ = nullptr;
    std::vector<std::pair<std::string, FieldId>> temporary_numbers_;
    std::map<CustomerId, ErrorCode> unopened_;
    std::map<System, std::uint64_t> link_counts_;  ///< a writer's, as far as somebody asked
};

}  // namespace syncline::store
