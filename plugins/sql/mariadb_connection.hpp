#pragma once

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

/// Of a MariaDB or MySQL server.
struct MariadbSettings {
    enum class Tls : std::uint8_t { Off, Encrypt, Verify };

    std::string host;  ///< name, address, or the file of the server's socket
    unsigned port = 3306;
    std::string database;
    std::string user;
    std::string password;  ///< "" = none
    Tls tls = Tls::Off;
    std::string ca_file;                        ///< "" = the system's
    std::chrono::milliseconds timeout{30'000};  ///< of one statement
};

/// Reads settings/database/mariadb. Throws Failure CONFIG, naming the setting.
MariadbSettings read_mariadb_settings(const syncline::sdk::Json& settings);

/// An error of the server, or of the way to it.
struct MariadbError : std::exception {
    unsigned number = 0;  ///< of the server or the client library
    std::string message;
    bool is_answer = false;      ///< the server said it
    bool was_cancelled = false;  ///< the hub asked
    const char* what() const noexcept override { return message.c_str(); }
};

/// A session with a server: waits for answers no longer than it has to. Texts are UTF-8, times
/// those of UTC, identifiers in double quotes, and the session is strict: no value is cut or
/// replaced in silence.
class MariadbConnection {
public:
    /// Rows of texts; nothing = NULL.
    struct Answer {
        std::vector<std::vector<std::optional<std::string>>> rows;
        std::uint64_t found = 0;  ///< rows that a write found, changed or not
    };

    explicit MariadbConnection(MariadbSettings settings) : settings_(std::move(settings)) {}

    /// Connects, unless a connection is there and answers. Throws MariadbError.
    void open(const syncline::sdk::Call& call);
    void drop() noexcept { connection_.reset(); }
    bool is_open() const noexcept { return connection_ != nullptr; }
    bool is_in_transaction() const noexcept;

    /// Runs one statement. Throws MariadbError.
    Answer run(const syncline::sdk::Call& call, const Statement& statement);
    /// The time zone that programs have which ask for none.
    const std::string& time_zone() const noexcept { return time_zone_; }
    const MariadbSettings& settings() const noexcept { return settings_; }

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

    MariadbSettings settings_;
    std::unique_ptr<MYSQL, Close> connection_;
    std::string time_zone_;
    Clock::time_point used_at_{};
};

}  // namespace sql
