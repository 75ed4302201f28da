#pragma once

#include "server_settings.hpp"
#include "statement.hpp"
#include "syncline/connector.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mysql.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sql {

/// An error of the server, or of the way to it.
struct MariadbError : std::exception {
    unsigned number = 0;  ///< of the server or the client library
    std::string message;
    bool is_answer = false;      ///< the server said it
    bool was_cancelled = false;  ///< the hub asked
    std::string code() const { return std::to_string(number); }
    const char* what() const noexcept override { return message.c_str(); }
};

/// A session with a server: waits for answers no longer than it has to. Texts are UTF-8, times
/// those of UTC, identifiers in double quotes, and the session is strict: no value is cut or
/// replaced in silence.
class MariadbConnection {
public:
    using Settings = ServerSettings;
    using Error = MariadbError;
    /// Rows of texts; nothing = NULL.
    struct Answer {
        std::vector<std::vector<std::optional<std::string>>> rows;
        std::uint64_t found = 0;  ///< rows that a write found, changed or not
    };

    explicit MariadbConnection(ServerSettings settings) : settings_(std::move(settings)) {}

    /// Connects, unless a connection is there and answers. Throws MariadbError.
    void open(const syncline::sdk::Call& call);
    void drop() noexcept { connection_.reset(); }
    bool is_open() const noexcept { return connection_ != nullptr; }
    bool is_in_transaction() const noexcept;

    /// Runs one statement. Throws MariadbError.
    Answer run(const syncline::sdk::Call& call, const Statement& statement);
    void roll_back(const syncline::sdk::Call& call) { run(call, Statement("ROLLBACK")); }
    /// The time zone that programs have which ask for none.
    const std::string& time_zone() const noexcept { return time_zone_; }
    const ServerSettings& settings() const noexcept { return settings_; }

private:
    struct Close {
        void operator()(MYSQL* connection) const noexcept { ::mysql_close(connection); }
    };
    using Clock = std::chrono::steady_clock;

    void connect();
    void set_up(const syncline::sdk::Call& call);
    void wait_for_answer(const syncline::sdk::Call& call, bool is_commit);
    std::string text_of(const Statement& statement);
    [[noreturn]] void fail();

    ServerSettings settings_;
    std::unique_ptr<MYSQL, Close> connection_;
    std::string time_zone_;
    Clock::time_point used_at_{};
};

}  // namespace sql
