#include "mariadb_outcome.hpp"

#include "redaction.hpp"

#include <algorithm>
#include <array>
#include <errmsg.h>
#include <mysqld_error.h>
#include <string_view>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Failure;

struct Meaning {
    unsigned number;
    syncline_status status;
    std::string_view says;  ///< "" = what the server says
};

constexpr unsigned kMysqlTimedOut = 3024;  ///< ER_QUERY_TIMEOUT of MySQL

/// Alike in whatever is done.
constexpr std::array kMeanings{
    Meaning{ER_ACCESS_DENIED_ERROR, SYNCLINE_E_AUTH, "the server refuses the user or the password"},
    Meaning{
        ER_ACCESS_DENIED_NO_PASSWORD_ERROR,
        SYNCLINE_E_AUTH,
        "the server refuses the user or the password"},
    Meaning{
        ER_HOST_NOT_PRIVILEGED, SYNCLINE_E_AUTH, "the server takes no connection from this host"},
    Meaning{ER_MUST_CHANGE_PASSWORD, SYNCLINE_E_AUTH, "the password has expired"},
    Meaning{ER_BAD_DB_ERROR, SYNCLINE_E_CONFIG, "the server has no database of that name"},
    Meaning{ER_DBACCESS_DENIED_ERROR, SYNCLINE_E_PERMISSION, ""},
    Meaning{ER_TABLEACCESS_DENIED_ERROR, SYNCLINE_E_PERMISSION, ""},
    Meaning{ER_COLUMNACCESS_DENIED_ERROR, SYNCLINE_E_PERMISSION, ""},
    Meaning{ER_SPECIFIC_ACCESS_DENIED_ERROR, SYNCLINE_E_PERMISSION, ""},
    Meaning{ER_OPTION_PREVENTS_STATEMENT, SYNCLINE_E_PERMISSION, "the database is read-only"},
    Meaning{ER_READ_ONLY_MODE, SYNCLINE_E_PERMISSION, "the database is read-only"},
    Meaning{ER_DUP_ENTRY, SYNCLINE_E_DUPLICATE, ""},
    Meaning{
        ER_LOCK_WAIT_TIMEOUT,
        SYNCLINE_E_TRANSIENT,
        "the table or row is locked by another program"},
    Meaning{ER_LOCK_DEADLOCK, SYNCLINE_E_TRANSIENT, "another program's transaction was in the way"},
    Meaning{ER_CHECKREAD, SYNCLINE_E_TRANSIENT, "another program's transaction was in the way"},
    Meaning{
        ER_STATEMENT_TIMEOUT,
        SYNCLINE_E_TRANSIENT,
        "the statement took longer than \"timeout\" allows"},
    Meaning{
        kMysqlTimedOut, SYNCLINE_E_TRANSIENT, "the statement took longer than \"timeout\" allows"},
    Meaning{ER_CON_COUNT_ERROR, SYNCLINE_E_TRANSIENT, ""},
    Meaning{ER_TOO_MANY_USER_CONNECTIONS, SYNCLINE_E_TRANSIENT, ""},
    Meaning{ER_SERVER_SHUTDOWN, SYNCLINE_E_TRANSIENT, ""},
    Meaning{ER_QUERY_INTERRUPTED, SYNCLINE_E_TRANSIENT, ""},
    Meaning{ER_CONNECTION_KILLED, SYNCLINE_E_TRANSIENT, "the server ended the connection"},
    Meaning{ER_DISK_FULL, SYNCLINE_E_TRANSIENT, ""},
    Meaning{ER_RECORD_FILE_FULL, SYNCLINE_E_TRANSIENT, ""},
    Meaning{ER_TABLE_DEF_CHANGED, SYNCLINE_E_TRANSIENT, ""}};

/// Errors of SQL itself: it names what is not there, or has what no server understands.
constexpr std::array<unsigned, 5> kWrongSql{
    ER_NO_SUCH_TABLE, ER_BAD_FIELD_ERROR, ER_PARSE_ERROR, ER_NO_DB_ERROR, ER_VIEW_INVALID};

/// Errors that quote a value of a row, in the server's spelling.
constexpr std::array<unsigned, 5> kQuotesValue{
    ER_DUP_ENTRY,
    ER_TRUNCATED_WRONG_VALUE_FOR_FIELD,
    ER_TRUNCATED_WRONG_VALUE,
    ER_WRONG_VALUE_FOR_TYPE,
    ER_DATA_OUT_OF_RANGE};

/// Errors with which a commit was certainly not made.
constexpr std::array<unsigned, 3> kRolledBack{
    ER_LOCK_DEADLOCK, ER_OPTION_PREVENTS_STATEMENT, ER_READ_ONLY_MODE};

template <std::size_t kCount>
bool has(const std::array<unsigned, kCount>& numbers, unsigned number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

std::string said(const MariadbError& error, const Statement* statement) {
    std::string text = error.message;
    if (has(kQuotesValue, error.number)) {
        const auto begin = text.find('\'');
        // The value may have quotes in it; what follows it begins with one of these words.
        auto end = std::string::npos;
        for (const char* next : {"' for ", "' in "})
            end = std::min(end, text.rfind(next));
        if (begin != std::string::npos)
            text.replace(
                begin, end == std::string::npos || end < begin ? text.size() : end + 1 - begin, "…"
            );
    }
    return without_values(std::move(text), statement) + " (error " + std::to_string(error.number) +
           ")";
}

/// The last name among those quoted at `at`: `a`.`b`.`c` or 'c'.
std::string name_at(std::string_view text, std::size_t at) {
    std::string name;
    while (at < text.size() && (text[at] == '`' || text[at] == '\'' || text[at] == '"')) {
        const auto end = text.find(text[at], at + 1);
        if (end == std::string_view::npos) break;
        name = text.substr(at + 1, end - at - 1);
        at = end + 1;
        if (at < text.size() && text[at] == '.') ++at;
    }
    return name;
}

std::string name_after(const std::string& text, const char* word) {
    const auto at = text.rfind(word);
    return at == std::string::npos ? "" : name_at(text, at + std::string_view(word).size());
}

Failure unanswered(const MariadbError& error, Step step) {
    if (error.was_cancelled) return {SYNCLINE_E_CANCELLED, "stopped"};
    const std::string words = said(error, nullptr);
    if (step != Step::Connecting)
        return {SYNCLINE_E_TRANSIENT, "the connection was lost: " + words};
    if (error.number == CR_SSL_CONNECTION_ERROR)
        return {SYNCLINE_E_CONFIG, "the connection is not safe: " + words};
    if (error.number == CR_AUTH_PLUGIN_CANNOT_LOAD)
        return {
            SYNCLINE_E_AUTH,
            "the server wants to know who it is in a way that is not offered: " + words};
    return {SYNCLINE_E_TRANSIENT, "the server cannot be reached: " + words};
}

}  // namespace

std::string column_in(const MariadbError& error) {
    const std::string name = name_after(error.message, "olumn ");
    if (!name.empty()) return name;
    return name_after(error.message, "Field ");
}

std::string constraint_in(const MariadbError& error) {
    if (error.number == ER_DUP_ENTRY) {
        const std::string key = name_after(error.message, " for key ");
        const auto dot = key.rfind('.');  // MySQL says 'table.key'
        return dot == std::string::npos ? key : key.substr(dot + 1);
    }
    return name_after(error.message, "CONSTRAINT ");
}

Failure failure_of(const MariadbError& error, Step step, const Statement* statement) {
    if (step == Step::Committing && !(error.is_answer && has(kRolledBack, error.number)))
        return {
            SYNCLINE_E_IN_DOUBT,
            "the server did not answer whether the write was committed: " + said(error, nullptr)};
    if (!error.is_answer) return unanswered(error, step);
    const auto* const known =
        std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
            return meaning.number == error.number;
        });
    const std::string words = said(error, statement);
    if (known != kMeanings.end()) {
        if (!known->says.empty())
            return {
                known->status,
                std::string(known->says) + " (error " + std::to_string(error.number) + ")"};
        const bool is_refusal = known->status == SYNCLINE_E_DUPLICATE;
        return {
            known->status,
            (is_refusal ? "the database refused it: " : "the database does not do it: ") + words};
    }
    if (step == Step::Connecting)
        return {SYNCLINE_E_TRANSIENT, "the server does not take the connection: " + words};
    if (step == Step::Reading)
        return {
            has(kWrongSql, error.number) ? SYNCLINE_E_CONFIG : SYNCLINE_E_TRANSIENT,
            "the database cannot read it: " + words};
    return {SYNCLINE_E_INVALID, "the database refused it: " + words};
}

}  // namespace sql
