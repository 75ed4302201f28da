#pragma once

#include "server_settings.hpp"
#include "statement.hpp"
#include "syncline/connector.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sql {

/// An error of the server, or of the way to it.
struct PostgresqlError : std::exception {
    std::string state;  ///< SQLSTATE; "" when there was no answer
    std::string message;
    std::string schema, table, column, constraint;
    bool was_cancelled = false;  ///< the hub asked
    bool is_outdated = false;  ///< of a statement as the server took it before, not of what it says
    const char* what() const noexcept override { return message.c_str(); }
    const std::string& code() const { return state; }
    bool is_of_class(const char* first_two) const { return state.starts_with(first_two); }
};

/// A session with a server: connects, and waits for answers no longer than it has to. After an
/// error without a state it is closed.
class PostgresqlConnection {
public:
    using Settings = ServerSettings;
    using Error = PostgresqlError;
    struct Clear {
        void operator()(PGresult* result) const noexcept { ::PQclear(result); }
    };
    using Answer = std::unique_ptr<PGresult, Clear>;

    explicit PostgresqlConnection(ServerSettings settings) : settings_(std::move(settings)) {}

    /// Connects, unless a connection is there and answers. Throws PostgresqlError.
    void open(const syncline::sdk::Call& call);
    void drop() noexcept {
        connection_.reset();
        channels_.clear();
        statements_.clear();
    }
    bool is_open() const noexcept { return connection_ != nullptr; }
    bool is_in_transaction() const noexcept;

    /// Runs one statement. The server parses and plans it once if it comes again. Throws
    /// PostgresqlError.
    Answer run(const syncline::sdk::Call& call, const Statement& statement);
    void roll_back(const syncline::sdk::Call& call) { run(call, Statement("ROLLBACK")); }
    /// Asks the server to tell of what is said on a channel. False when it was asked before on this
    /// connection. Throws PostgresqlError.
    bool listen(const syncline::sdk::Call& call, const std::string& channel);
    /// Did another session say something on a channel since the last call, or does within
    /// `timeout_ms`? Throws PostgresqlError, and Failure CANCELLED when the hub says stop.
    bool is_notified(const syncline::sdk::Call& call, std::uint32_t timeout_ms);
    /// Are texts converted from the server's encoding to UTF-8? Throws PostgresqlError.
    void convert_texts(bool is_wanted);
    /// The time zone that programs have which ask for none.
    const std::string& time_zone() const noexcept { return time_zone_; }
    const ServerSettings& settings() const noexcept { return settings_; }

private:
    struct Finish {
        void operator()(PGconn* connection) const noexcept { ::PQfinish(connection); }
    };
    using Clock = std::chrono::steady_clock;

    void connect(const syncline::sdk::Call& call);
    void set_up(const syncline::sdk::Call& call);
    void wait_for_answer(const syncline::sdk::Call& call, bool& was_cancelled);
    Answer answer(const syncline::sdk::Call& call);
    const char* prepared(const syncline::sdk::Call& call, const std::string& text);
    void forget_statements(const syncline::sdk::Call& call);
    [[noreturn]] void lose(std::string message);

    ServerSettings settings_;
    std::unique_ptr<PGconn, Finish> connection_;
    std::string time_zone_;
    std::set<std::string> channels_;  ///< listened to on this connection
    /// What was run, and the name under which the server has it; "" = it came only once so far.
    std::map<std::string, std::string> statements_;
    Clock::time_point statements_since_{};
    std::uint64_t names_ = 0;
    bool may_prepare_ = true;
    Clock::time_point used_at_{};
};

}  // namespace sql
