#pragma once

#include "database.hpp"
#include "statement.hpp"
#include "step.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sql {

/// What databases behind a connection have alike: one session that is kept, columns that are asked
/// for once, errors that end the transaction.
///
/// `Connection` has the types Settings, Error (with state(), its code) and Answer, and the
/// functions open(), run(), roll_back(), drop() and is_in_transaction(); `Known` describes a column
/// and has a Column of that name. failure_of() tells what an Error means.
template <class Connection, class Known>
class ServerDatabase : public Database {
public:
    using Call = syncline::sdk::Call;
    using Failure = syncline::sdk::Failure;
    using Answer = typename Connection::Answer;
    using Error = typename Connection::Error;

    explicit ServerDatabase(typename Connection::Settings settings)
        : connection_(std::move(settings)) {}

    void open(const Call& call) final {
        call_.emplace(call);
        step_ = Step::Connecting;
        try {
            connection_.open(call);
        } catch (const Error& error) {
            throw failure_of(error, step_);
        }
        step_ = Step::Reading;
        opened();
    }
    void close() noexcept final { call_.reset(); }

    std::vector<Column> columns(const Table& table) final {
        known_.erase(table_sql(table));
        std::vector<Column> out;
        for (const Known& known : known_columns(table))
            out.push_back(known.column);
        return out;
    }

    void rollback() noexcept override {
        step_ = Step::Reading;
        if (!connection_.is_in_transaction() || !call_) return;
        try {
            connection_.roll_back(*call_);
        } catch (const std::exception&) {  // the server rolls back what it lost
            connection_.drop();
        }
    }

    bool excludes_writers() const override { return false; }
    bool lists_keyless(const Table&) const final { return false; }
    std::string table_sql(const Table& table) const final {
        return table.schema.empty() ? identifier(table.name)
                                    : identifier(table.schema) + "." + identifier(table.name);
    }

protected:
    /// What there is under the table's name, from the server; empty = nothing.
    virtual std::vector<Known> ask_columns(const Table& table) = 0;
    /// What a database does when its connection is there.
    virtual void opened() {}
    /// A statement failed; before the transaction is rolled back.
    virtual void failed() noexcept {}
    /// May an error come from columns that are no longer as they were?
    virtual bool is_about_names(const Error& error) const = 0;
    /// Names the column of a refused write, of those written, and what else the server can be asked
    /// of it now that the transaction is over.
    virtual void explain(Failure& refusal, const Error& error, const Statement& statement) = 0;

    const std::vector<Known>& known_columns(const Table& table) {
        const std::string name = table_sql(table);
        const auto found = known_.find(name);
        if (found != known_.end() && !found->second.empty()) return found->second;
        std::vector<Known> columns = ask_columns(table);
        return known_[name] = std::move(columns);
    }

    const Known& known_column(const Table& table, const std::string& name) {
        const std::vector<Known>& columns = known_columns(table);
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const Known& known) {
            return known.column.name == name;
        });
        if (found == columns.end())
            throw Failure(
                SYNCLINE_E_CONFIG,
                columns.empty() ? "the database has no table or view \"" + table.name + "\""
                                : "table \"" + table.name + "\" has no column \"" + name + "\""
            );
        return *found;
    }

    Answer run(const Statement& statement) {
        try {
            return connection_.run(*call_, statement);
        } catch (const Error& error) {
            fail(error, statement);
        }
    }

    /// Rolls back and throws what an error means.
    [[noreturn]] void fail(const Error& error, const Statement& statement) {
        if (is_about_names(error)) known_.clear();  // perhaps the table was altered
        Failure failure = failure_of(error, step_, &statement);
        const bool is_refusal =
            failure.status == SYNCLINE_E_DUPLICATE || failure.status == SYNCLINE_E_INVALID;
        failure.code = error.code();
        failed();
        rollback();
        if (is_refusal && failure.field.empty()) {
            try {
                explain(failure, error, statement);
            } catch (const std::exception&) {  // the refusal itself is what counts
            }
        }
        throw failure;
    }

    /// Before a write: outside of a transaction it would be committed at once.
    void check_transaction(const Table& table) {
        written_ = table;
        if (!connection_.is_in_transaction())
            throw Failure(SYNCLINE_E_TRANSIENT, "the transaction was lost");
    }

    Connection connection_;
    std::optional<Call> call_;
    Step step_ = Step::Connecting;
    Table written_;  ///< the table that was last written to
    std::map<std::string, std::vector<Known>> known_;
};

}  // namespace sql
