#include "mariadb_connection.hpp"

#include "waiting.hpp"

#include <algorithm>
#include <errmsg.h>
#include <mutex>
#include <new>

namespace sql {
namespace {

using std::chrono::milliseconds;
using syncline::sdk::Call;

constexpr unsigned kConnectSeconds = 10;
/// Ways to say who one is that do not tell the password to whoever asks.
constexpr const char* kWaysToLogIn =
    "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password";

}  // namespace

/// After an error of the way to the server nobody knows what it would say next.
void MariadbConnection::fail() {
    MariadbError error;
    error.number = ::mysql_errno(connection_.get());
    error.message = ::mysql_error(connection_.get());
    error.is_answer = error.number < CR_MIN_ERROR || error.number > CER_MAX_ERROR ||
                      (error.number > CR_MAX_ERROR && error.number < CER_MIN_ERROR);
    if (!error.is_answer) drop();
    throw error;
}

bool MariadbConnection::is_in_transaction() const noexcept {
    return is_open() && (connection_->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

void MariadbConnection::open(const Call& call) {
    // One that the server has closed has something to read.
    if (is_open() && (Clock::now() - used_at_ > kFresh ||
                      is_ready(::mysql_get_socket(connection_.get()), POLLIN, milliseconds(0)))) {
        try {
            run(call, Statement("SELECT 1"));
        } catch (const MariadbError&) {
            drop();
        }
    }
    if (is_open()) return;
    connect();
    set_up(call);
}

void MariadbConnection::connect() {
    static std::once_flag once;
    std::call_once(once, [] { ::mysql_library_init(0, nullptr, nullptr); });
    connection_.reset(::mysql_init(nullptr));
    if (connection_ == nullptr) throw std::bad_alloc();
    MYSQL* const raw = connection_.get();
    const bool is_socket = settings_.host.starts_with('/');
    const auto patience =
        static_cast<unsigned>((settings_.timeout + kGrace + milliseconds(999)).count() / 1000);
    const unsigned no = 0;
    ::mysql_options(raw, MYSQL_OPT_CONNECT_TIMEOUT, &kConnectSeconds);
    ::mysql_options(raw, MYSQL_OPT_READ_TIMEOUT, &patience);
    ::mysql_options(raw, MYSQL_OPT_WRITE_TIMEOUT, &patience);
    ::mysql_options(raw, MYSQL_OPT_LOCAL_INFILE, &no);  // a server could ask for any file of ours
    ::mysql_options(raw, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    ::mysql_options4(raw, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "syncline");
    if (!is_socket) ::mysql_options(raw, MARIADB_OPT_RESTRICTED_AUTH, kWaysToLogIn);
    if (settings_.tls != ServerSettings::Tls::Off) {
        const my_bool yes = 1;
        const my_bool verifies = settings_.tls == ServerSettings::Tls::Verify ? 1 : 0;
        const std::string& ca = settings_.ca_file;
        ::mysql_options(raw, MYSQL_OPT_SSL_ENFORCE, &yes);
        ::mysql_options(raw, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verifies);
        if (verifies != 0)
            ::mysql_options(raw, MYSQL_OPT_SSL_CA, ca.empty() ? kAuthorities : ca.c_str());
    }
    const MYSQL* const connected = ::mysql_real_connect(
        raw,
        is_socket                       ? "localhost"
        : settings_.host == "localhost" ? "127.0.0.1"
                                        : settings_.host.c_str(),
        settings_.user.c_str(),
        settings_.password.c_str(),
        settings_.database.c_str(),
        settings_.port,
        is_socket ? settings_.host.c_str() : nullptr,
        CLIENT_FOUND_ROWS
    );
    if (connected != nullptr) return;
    try {
        fail();
    } catch (const MariadbError&) {
        drop();
        throw;
    }
}

/// Locks are waited for 2 s, as with other databases. Each server takes the words it knows: a limit
/// for statements has another name in MySQL, and is for reading only.
void MariadbConnection::set_up(const Call& call) {
    time_zone_ =
        run(call, Statement("SELECT @@session.time_zone")).rows.at(0).at(0).value_or("SYSTEM");
    const bool is_mariadb = ::mariadb_connection(connection_.get()) != 0;
    const std::string ms = std::to_string(settings_.timeout.count());
    run(call,
        Statement(
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,"
            "NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO', time_zone = '+00:00', "
            "innodb_lock_wait_timeout = 2, lock_wait_timeout = 2, autocommit = 1, " +
            (is_mariadb ? "tx_isolation = 'read-committed', max_statement_time = " + ms +
                              " / 1000, idle_transaction_timeout = 60"
                        : "transaction_isolation = 'read-committed', max_execution_time = " + ms)
        ));
}

/// A statement that is no longer wanted ends with its connection; a commit is waited for.
void MariadbConnection::wait_for_answer(const Call& call, bool is_commit) {
    const auto until = Clock::now() + settings_.timeout + kGrace;
    while (!is_ready(::mysql_get_socket(connection_.get()), POLLIN, kLook)) {
        const bool is_late = Clock::now() > until;
        if (!is_late && (is_commit || !call.cancelled())) continue;
        MariadbError error;
        error.number = CR_SERVER_LOST;
        error.message = "it did not answer in time";
        error.was_cancelled = !is_late;
        drop();
        throw error;
    }
}

std::string MariadbConnection::text_of(const Statement& statement) {
    std::string text = statement.pieces.front();
    for (std::size_t i = 0; i < statement.values.size(); ++i) {
        const auto& value = statement.values[i].text;
        if (value && statement.values[i].is_number) {
            text += *value;
        } else if (value) {
            std::string escaped(2 * value->size() + 1, '\0');
            escaped.resize(::mysql_real_escape_string(
                connection_.get(), escaped.data(), value->data(), value->size()
            ));
            text += "'" + escaped + "'";
        } else {
            text += "NULL";
        }
        text += statement.pieces[i + 1];
    }
    return text;
}

MariadbConnection::Answer MariadbConnection::run(const Call& call, const Statement& statement) {
    if (!is_open()) {
        MariadbError error;
        error.number = CR_SERVER_LOST;
        error.message = "the connection was lost";
        throw error;
    }
    MYSQL* const raw = connection_.get();
    const std::string text = text_of(statement);
    if (::mysql_send_query(raw, text.data(), text.size()) != 0) fail();
    wait_for_answer(call, text == "COMMIT");
    if (::mysql_read_query_result(raw) != 0) {
        used_at_ = Clock::now();
        fail();
    }
    Answer answer;
    if (::mysql_field_count(raw) == 0) {
        answer.found = ::mysql_affected_rows(raw);
    } else {
        struct Free {
            void operator()(MYSQL_RES* result) const noexcept { ::mysql_free_result(result); }
        };
        const std::unique_ptr<MYSQL_RES, Free> result(::mysql_store_result(raw));
        if (result == nullptr) fail();
        const unsigned columns = ::mysql_num_fields(result.get());
        while (MYSQL_ROW cells = ::mysql_fetch_row(result.get())) {
            const unsigned long* const sizes = ::mysql_fetch_lengths(result.get());
            auto& row = answer.rows.emplace_back(columns);
            for (unsigned i = 0; i < columns; ++i) {
                if (cells[i] != nullptr) row[i].emplace(cells[i], sizes[i]);
            }
        }
    }
    used_at_ = Clock::now();
    return answer;
}

}  // namespace sql
