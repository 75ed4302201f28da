#include "odbc_connection.hpp"

#include "redaction.hpp"
#include "server_settings.hpp"
#include "syncline/settings.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <cctype>
#include <future>
#include <string_view>
#include <thread>

namespace sql {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using syncline::sdk::Call;
using syncline::sdk::Failure;
using syncline::sdk::Json;
using Clock = std::chrono::steady_clock;

constexpr const char* kWhere = "/database/odbc";
constexpr seconds kLoginPatience{10};

/// Does a connection string give a value to one of these names?
bool gives(const std::string& words, std::initializer_list<std::string_view> names) {
    bool is_name = true;
    bool is_braced = false;
    std::string name;
    for (const char c : words) {
        if (c == '{') is_braced = true;
        if (c == '}') is_braced = false;
        if (c == ';' && !is_braced) {
            is_name = true;
            name.clear();
        } else if (c == '=' && is_name) {
            if (std::find(names.begin(), names.end(), name) != names.end()) return true;
            is_name = false;
        } else if (is_name && c != ' ') {
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return false;
}

/// A value as a connection string writes it.
std::string worded(const std::string& value) {
    if (value.find_first_of("[]{}(),;?*=!@ ") == std::string::npos) return value;
    std::string out = "{";
    for (const char c : value) {
        out += c;
        if (c == '}') out += c;
    }
    return out + "}";
}

}  // namespace

OdbcSettings read_odbc_settings(const Json& settings) {
    syncline::sdk::check_keys(
        settings, kWhere, {"dsn", "connection", "user", "password", "session", "timeout"}
    );
    if (settings.contains("dsn") == settings.contains("connection"))
        throw Failure(
            SYNCLINE_E_CONFIG,
            std::string("settings") + kWhere + " needs either \"dsn\" or \"connection\""
        );
    OdbcSettings read;
    if (settings.contains("dsn")) {
        read.words = "DSN=" + worded(syncline::sdk::required_text(settings, kWhere, "dsn"));
    } else {
        read.words = syncline::sdk::required_text(settings, kWhere, "connection");
        if (gives(read.words, {"pwd", "password"}))
            throw Failure(
                SYNCLINE_E_CONFIG,
                std::string("settings") + kWhere +
                    "/connection must hold no password: give it as \"password\", a secret"
            );
        while (read.words.ends_with(';'))
            read.words.pop_back();
    }
    read.user = syncline::sdk::text_or(settings, "user", "");
    read.password = syncline::sdk::text_or(settings, "password", "");
    try {
        read.session = settings.value("session", Json::array()).get<std::vector<std::string>>();
    } catch (const Json::exception&) {
        throw Failure(
            SYNCLINE_E_CONFIG,
            std::string("settings") + kWhere + "/session must be a list of statements"
        );
    }
    read.timeout = read_timeout(settings, kWhere);
    return read;
}

OdbcConnection::~OdbcConnection() {
    release();
    worker_.reset();  // not before it disconnected
}

/// What was lost may keep whoever disconnects waiting.
void OdbcConnection::drop() noexcept {
    release();
    if (worker_) worker_->leave();
    worker_.reset();
}

void OdbcConnection::release() noexcept {
    transaction_.reset();
    if (!session_) return;
    worker_->add([session = std::move(session_)] {});
    session_.reset();
}

void OdbcConnection::open(const Call& call) {
    is_proved_ = !is_open();
    if (!is_open()) connect(call);
}

void OdbcConnection::connect(const Call& call) {
    std::string words = settings_.words;
    if (!settings_.user.empty()) words += ";UID=" + worded(settings_.user);
    if (!settings_.password.empty()) words += ";PWD=" + worded(settings_.password);
    worker_ = std::make_unique<Worker>();
    session_ = std::make_shared<OdbcSession>();
    try {
        wait_for(call, [words](OdbcSession& session) {
            session.connect(words, kLoginPatience);
            return Answer{};
        });
        source_ = session_->source();
        for (const std::string& statement : settings_.session)
            run(call, Statement(statement));
    } catch (OdbcError& error) {
        drop();
        error.message = without(error.message, settings_.password);
        throw;
    } catch (...) {
        drop();
        throw;
    }
}

OdbcAnswer OdbcConnection::wait_for(
    const Call& call, std::function<Answer(OdbcSession&)> work, Patience patience
) {
    if (!is_open()) {
        OdbcError lost;
        lost.message = "the connection was lost";
        lost.is_lost = true;
        throw lost;
    }
    const auto task = std::make_shared<std::packaged_task<Answer()>>(
        [session = session_, work = std::move(work)] { return work(*session); }
    );
    std::future<Answer> answer = task->get_future();
    worker_->add([task] { (*task)(); });
    auto until = Clock::now() + std::max(settings_.timeout, milliseconds(kLoginPatience)) + kGrace;
    if (patience == Patience::UntilAnswered) until = Clock::now() + settings_.timeout + kGrace;
    bool was_asked_to_stop = false;
    bool was_cancelled = false;
    while (answer.wait_for(kLook) != std::future_status::ready) {
        const bool is_late = Clock::now() > until;
        const bool is_stopped = patience == Patience::UntilStopped && call.cancelled();
        if ((is_late || is_stopped) && !was_asked_to_stop && patience == Patience::UntilStopped) {
            was_asked_to_stop = true;
            was_cancelled = is_stopped;
            until = Clock::now() + kGrace;
            // In a thread of its own: a driver manager may keep it waiting too.
            std::thread([session = session_] { session->cancel(); }).detach();
        } else if (is_late) {
            drop();
            OdbcError silent;
            silent.message = "it did not answer in time";
            silent.is_lost = true;
            silent.was_cancelled = was_cancelled;
            throw silent;
        }
    }
    try {
        Answer known = answer.get();
        is_proved_ = true;
        return known;
    } catch (OdbcError& error) {
        error.was_cancelled = was_cancelled;
        if (error.is_lost) {
            drop();
        } else {
            is_proved_ = true;
        }
        throw;
    }
}

OdbcAnswer OdbcConnection::wait_for_first(
    const Call& call, const std::function<Answer(OdbcSession&)>& work
) {
    const bool was_proved = is_proved_;
    const auto transaction = transaction_;
    try {
        return wait_for(call, work);
    } catch (const OdbcError& error) {
        if (was_proved || !error.is_lost || error.was_cancelled) throw;
    }
    connect(call);
    if (transaction) begin(call, *transaction);
    return wait_for(call, work);
}

OdbcAnswer OdbcConnection::run(const Call& call, OdbcQuery query) {
    query.timeout = std::chrono::ceil<seconds>(settings_.timeout);
    return wait_for_first(call, [query = std::move(query)](OdbcSession& session) {
        return session.execute(query);
    });
}

OdbcAnswer OdbcConnection::run(const Call& call, const Statement& statement) {
    OdbcQuery query;
    query.text = statement.pieces.front();
    return run(call, std::move(query));
}

void OdbcConnection::begin(const Call& call, std::uint32_t isolation) {
    const bool was_proved = is_proved_;
    wait_for_first(call, [isolation](OdbcSession& session) {
        session.begin(isolation);
        return Answer{};
    });
    is_proved_ = was_proved;  // many drivers only take note of it
    transaction_ = isolation;
}

void OdbcConnection::commit(const Call& call) {
    wait_for(
        call,
        [](OdbcSession& session) {
            session.end(true);
            return Answer{};
        },
        Patience::UntilAnswered
    );
    transaction_.reset();
}

void OdbcConnection::roll_back(const Call& call) {
    transaction_.reset();
    wait_for(
        call,
        [](OdbcSession& session) {
            session.end(false);
            return Answer{};
        },
        Patience::UntilAnswered
    );
}

OdbcAnswer OdbcConnection::ask(const Call& call, std::function<Answer(OdbcSession&)> question) {
    return wait_for_first(call, question);
}

}  // namespace sql
