#pragma once

#include "odbc_session.hpp"
#include "statement.hpp"
#include "syncline/connector.hpp"
#include "worker.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sql {

struct OdbcSettings {
    std::string words;                          ///< the connection string, or "DSN=…"
    std::string user;                           ///< "" = the string or the data source says it
    std::string password;                       ///< "" = none
    std::vector<std::string> session;           ///< statements that each connection begins with
    std::chrono::milliseconds timeout{30'000};  ///< of one statement
};

/// Reads settings/database/odbc. Throws Failure CONFIG, naming the setting.
OdbcSettings read_odbc_settings(const syncline::sdk::Json& settings);

/// A session that is kept, in a thread of its own, because a driver may wait for as long as it
/// likes: what does not answer in time is left, with its connection.
class OdbcConnection {
public:
    using Settings = OdbcSettings;
    using Error = OdbcError;
    using Answer = OdbcAnswer;

    explicit OdbcConnection(OdbcSettings settings) : settings_(std::move(settings)) {}
    ~OdbcConnection();
    OdbcConnection(const OdbcConnection&) = delete;
    OdbcConnection& operator=(const OdbcConnection&) = delete;

    /// Connects, unless a connection is there. Throws OdbcError.
    void open(const syncline::sdk::Call& call);
    void drop() noexcept;
    bool is_open() const noexcept { return session_ != nullptr; }
    bool is_in_transaction() const noexcept { return is_open() && transaction_.has_value(); }

    /// Each of these throws OdbcError. A connection that was kept and turns out to be gone before
    /// it was used is made anew.
    Answer run(const syncline::sdk::Call& call, OdbcQuery query);
    Answer run(const syncline::sdk::Call& call, const Statement& statement);
    void begin(const syncline::sdk::Call& call, std::uint32_t isolation);
    void commit(const syncline::sdk::Call& call);
    void roll_back(const syncline::sdk::Call& call);
    /// Runs something of the session, such as a question to the catalogue.
    Answer ask(const syncline::sdk::Call& call, std::function<Answer(OdbcSession&)> question);

    const OdbcSource& source() const noexcept { return source_; }
    const OdbcSettings& settings() const noexcept { return settings_; }

private:
    enum class Patience : std::uint8_t { UntilStopped, UntilAnswered };

    void release() noexcept;
    void connect(const syncline::sdk::Call& call);
    Answer wait_for(
        const syncline::sdk::Call& call,
        std::function<Answer(OdbcSession&)> work,
        Patience patience = Patience::UntilStopped
    );
    Answer wait_for_first(
        const syncline::sdk::Call& call, const std::function<Answer(OdbcSession&)>& work
    );

    OdbcSettings settings_;
    OdbcSource source_;
    std::shared_ptr<OdbcSession> session_;  ///< owned by the work in hand too
    std::unique_ptr<Worker> worker_;
    std::optional<std::uint32_t> transaction_;  ///< the isolation of the one that was begun
    bool is_proved_ = false;                    ///< it answered since it was opened
};

}  // namespace sql
