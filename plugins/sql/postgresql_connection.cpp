#include "postgresql_connection.hpp"

#include "waiting.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace sql {
namespace {

using std::chrono::milliseconds;
using syncline::sdk::Call;
using syncline::sdk::Failure;

constexpr milliseconds kConnectPatience{10'000};
constexpr std::size_t kMostStatements{100};
/// A statement is taken for what the tables were like when the server saw it first.
constexpr milliseconds kStatements{10'000};

const char* ssl_mode(ServerSettings::Tls tls) {
    switch (tls) {
        case ServerSettings::Tls::Verify:
            return "verify-full";
        case ServerSettings::Tls::Encrypt:
            return "require";
        case ServerSettings::Tls::Off:
            break;
    }
    return "disable";
}

/// The state in a message of PQERRORS_SQLSTATE: "… FATAL:  28P01".
std::string state_in(std::string_view message) {
    constexpr std::size_t kLength = 5;
    for (auto at = message.find(":  "); at != std::string_view::npos;
         at = message.find(":  ", at + 1)) {
        const std::string_view word = message.substr(at + 3, kLength);
        const auto is_plain = [](char c) {
            return std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'A' && c <= 'Z');
        };
        const std::string_view next = message.substr(std::min(at + 3 + kLength, message.size()));
        if (word.size() == kLength && std::all_of(word.begin(), word.end(), is_plain) &&
            (next.empty() || next.front() == '\n'))
            return std::string(word);
    }
    return {};
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

PostgresqlError error_in(const PGresult* result) {
    const auto field = [&](int code) {
        const char* text = ::PQresultErrorField(result, code);
        return std::string(text == nullptr ? "" : text);
    };
    PostgresqlError error;
    error.state = field(PG_DIAG_SQLSTATE);
    error.message = field(PG_DIAG_MESSAGE_PRIMARY);
    error.schema = field(PG_DIAG_SCHEMA_NAME);
    error.table = field(PG_DIAG_TABLE_NAME);
    error.column = field(PG_DIAG_COLUMN_NAME);
    error.constraint = field(PG_DIAG_CONSTRAINT_NAME);
    return error;
}

}  // namespace

void PostgresqlConnection::lose(std::string message) {
    drop();
    PostgresqlError error;
    error.message = one_line(std::move(message));
    error.state = state_in(error.message);
    throw error;
}

bool PostgresqlConnection::is_in_transaction() const noexcept {
    return is_open() && ::PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

void PostgresqlConnection::open(const Call& call) {
    // One that the server has closed has something to read.
    if (is_open() && (Clock::now() - used_at_ > kFresh ||
                      is_ready(::PQsocket(connection_.get()), POLLIN, milliseconds(0)))) {
        try {
            run(call, Statement("SELECT 1"));
        } catch (const PostgresqlError&) {
            drop();
        }
    }
    if (is_open()) {
        forget_statements(call);
        return;
    }
    connect(call);
    set_up(call);
}

void PostgresqlConnection::connect(const Call& call) {
    const std::string resend = std::to_string(settings_.timeout.count());
    const std::string port = std::to_string(settings_.port);
    const std::string ca = settings_.ca_file.empty() ? kAuthorities : settings_.ca_file;
    const char* const user_timeout = settings_.host.starts_with('/') ? "0" : resend.c_str();
    constexpr std::size_t kWords = 14;
    const std::array<const char*, kWords> words{
        "host",
        "port",
        "dbname",
        "user",
        "password",
        "passfile",
        "sslmode",
        "sslrootcert",
        "gssencmode",
        "client_encoding",
        "application_name",
        "tcp_user_timeout",
        "keepalives_idle",
        nullptr};
    const std::array<const char*, kWords> values{
        settings_.host.c_str(),
        port.c_str(),
        settings_.database.c_str(),
        settings_.user.c_str(),
        settings_.password.c_str(),
        "/dev/null",
        ssl_mode(settings_.tls),
        ca.c_str(),
        "disable",
        "UTF8",
        "syncline",
        user_timeout,
        "30",
        nullptr};
    connection_.reset(::PQconnectStartParams(words.data(), values.data(), 0));
    if (connection_ == nullptr) throw std::bad_alloc();
    PGconn* const raw = connection_.get();
    // Words of the server may be in any language; its states are not.
    ::PQsetErrorVerbosity(raw, PQERRORS_SQLSTATE);
    if (::PQstatus(raw) == CONNECTION_BAD) lose(::PQerrorMessage(raw));
    const auto until = Clock::now() + kConnectPatience;
    for (auto step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK;) {
        const short events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (is_ready(::PQsocket(raw), events, kLook)) step = ::PQconnectPoll(raw);
        if (step == PGRES_POLLING_FAILED) lose(::PQerrorMessage(raw));
        if (call.cancelled()) throw Failure(SYNCLINE_E_CANCELLED, "stopped");
        if (Clock::now() > until) lose("it did not answer within 10 s");
    }
    ::PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
    ::PQsetNoticeProcessor(
        raw, [](void*, const char*) {}, nullptr
    );
}

/// Locks are waited for 2 s, as with other databases. A commit is durable when it is answered.
void PostgresqlConnection::set_up(const Call& call) {
    // Where the server does not know the encoding of its texts it would refuse those that are no
    // UTF-8: they come as they are.
    const char* const encoding = ::PQparameterStatus(connection_.get(), "server_encoding");
    if (encoding != nullptr && std::string_view(encoding) == "SQL_ASCII") convert_texts(false);
    const Answer zone = run(call, Statement("SELECT current_setting('TimeZone')"));
    time_zone_ = ::PQgetvalue(zone.get(), 0, 0);
    Statement words("SELECT set_config('statement_timeout', ");
    words.bind(std::to_string(settings_.timeout.count()))
        << ", false), set_config('lock_timeout', '2000', false), "
           "set_config('idle_in_transaction_session_timeout', '60000', false), "
           "set_config('DateStyle', 'ISO', false), set_config('TimeZone', 'UTC', false), "
           "set_config('extra_float_digits', '1', false), "
           "set_config('default_transaction_isolation', 'read committed', false), "
           "CASE WHEN current_setting('synchronous_commit') = 'off' "
           "THEN set_config('synchronous_commit', 'on', false) END";
    run(call, words);
}

void PostgresqlConnection::wait_for_answer(const Call& call, bool& was_cancelled) {
    PGconn* const raw = connection_.get();
    const auto until = Clock::now() + settings_.timeout + kGrace;
    while (::PQisBusy(raw) != 0) {
        if (is_ready(::PQsocket(raw), POLLIN, kLook) && ::PQconsumeInput(raw) == 0)
            lose(::PQerrorMessage(raw));
        if (Clock::now() > until) lose("it did not answer in time");
        if (was_cancelled || !call.cancelled()) continue;
        was_cancelled = true;
        std::array<char, 256> ignored{};
        PGcancel* const cancel = ::PQgetCancel(raw);
        if (cancel != nullptr) ::PQcancel(cancel, ignored.data(), ignored.size());
        ::PQfreeCancel(cancel);
    }
}

void PostgresqlConnection::convert_texts(bool is_wanted) {
    const char* const encoding = ::PQparameterStatus(connection_.get(), "server_encoding");
    if (::PQsetClientEncoding(connection_.get(), is_wanted ? "UTF8" : encoding) != 0)
        lose(::PQerrorMessage(connection_.get()));
}

PostgresqlConnection::Answer PostgresqlConnection::run(
    const Call& call, const Statement& statement
) {
    if (!is_open()) lose("the connection was lost");
    std::string text = statement.pieces.front();
    std::vector<const char*> values;
    for (std::size_t i = 0; i < statement.values.size(); ++i) {
        text += "$" + std::to_string(i + 1) + statement.pieces[i + 1];
        const auto& value = statement.values[i].text;
        values.push_back(value ? value->c_str() : nullptr);
    }
    PGconn* const raw = connection_.get();
    const int count = static_cast<int>(values.size());
    const char* const name = count > 0 ? prepared(call, text) : nullptr;
    const int is_sent =
        name == nullptr
            ? ::PQsendQueryParams(
                  raw, text.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0
              )
            : ::PQsendQueryPrepared(raw, name, count, values.data(), nullptr, nullptr, 0);
    if (is_sent == 0) lose(::PQerrorMessage(raw));
    try {
        return answer(call);
    } catch (PostgresqlError& error) {
        if (name == nullptr) throw;
        statements_since_ = {};
        // The table was altered since, or a pool between us and the server changed the session.
        error.is_outdated =
            error.is_of_class("0A") || error.is_of_class("26") || error.is_of_class("42");
        if (error.is_of_class("26")) may_prepare_ = false;
        throw;
    }
}

PostgresqlConnection::Answer PostgresqlConnection::answer(const Call& call) {
    PGconn* const raw = connection_.get();
    Answer answer;
    bool was_cancelled = false;
    for (;;) {
        wait_for_answer(call, was_cancelled);
        Answer next(::PQgetResult(raw));
        if (next == nullptr) break;
        answer = std::move(next);
    }
    used_at_ = Clock::now();
    const auto status = ::PQresultStatus(answer.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return answer;
    PostgresqlError error = error_in(answer.get());
    error.was_cancelled = was_cancelled;
    if (error.message.empty()) error.message = one_line(::PQerrorMessage(raw));
    if (::PQstatus(raw) != CONNECTION_OK) drop();
    throw error;
}

/// The name of a statement that the server has, or gets now that it comes again; nullptr: it is run
/// as it is.
const char* PostgresqlConnection::prepared(const Call& call, const std::string& text) {
    if (!may_prepare_) return nullptr;
    if (statements_.empty()) statements_since_ = Clock::now();
    const auto found = statements_.find(text);
    if (found == statements_.end()) {
        if (statements_.size() < kMostStatements) statements_.emplace(text, "");
        return nullptr;
    }
    if (!found->second.empty()) return found->second.c_str();
    const std::string name = "syncline" + std::to_string(++names_);
    if (::PQsendPrepare(connection_.get(), name.c_str(), text.c_str(), 0, nullptr) == 0)
        lose(::PQerrorMessage(connection_.get()));
    answer(call);
    found->second = name;
    return found->second.c_str();
}

void PostgresqlConnection::forget_statements(const Call& call) {
    if (statements_.empty() || Clock::now() - statements_since_ < kStatements) return;
    statements_.clear();
    run(call, Statement("DEALLOCATE ALL"));
}

bool PostgresqlConnection::listen(const Call& call, const std::string& channel) {
    if (!channels_.insert(channel).second) return false;
    run(call, Statement("LISTEN " + quoted(channel)));
    return true;
}

bool PostgresqlConnection::is_notified(const Call& call, std::uint32_t timeout_ms) {
    if (!is_open()) lose("the connection was lost");
    PGconn* const raw = connection_.get();
    const auto until = Clock::now() + milliseconds(timeout_ms);
    for (;;) {
        if (::PQconsumeInput(raw) == 0) lose(::PQerrorMessage(raw));
        bool is_told = false;
        while (PGnotify* const told = ::PQnotifies(raw)) {
            is_told = is_told || told->be_pid != ::PQbackendPID(raw);  // our own writes are known
            ::PQfreemem(told);
        }
        if (is_told) return true;
        const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        if (!call.wait_readable(::PQsocket(raw), static_cast<std::uint32_t>(left))) return false;
    }
}

}  // namespace sql
