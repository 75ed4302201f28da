#include "postgresql_outcome.hpp"

#include "redaction.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace sql {
namespace {

using syncline::sdk::Failure;

struct Meaning {
    std::string_view state;  ///< a whole state, or the two characters of its class
    syncline_status status;
    std::string_view says;  ///< "" = what the server says
};

/// Alike in whatever is done; the first that fits counts.
constexpr std::array kMeanings{
    Meaning{"23505", SYNCLINE_E_DUPLICATE, ""},
    Meaning{"23P01", SYNCLINE_E_DUPLICATE, ""},
    Meaning{"25006", SYNCLINE_E_PERMISSION, "the database is read-only"},
    Meaning{"25P03", SYNCLINE_E_TRANSIENT, "the transaction was idle for too long"},
    Meaning{"28", SYNCLINE_E_AUTH, "the server refuses the user or the password"},
    Meaning{"3D", SYNCLINE_E_CONFIG, "the server has no database of that name"},
    Meaning{"40002", SYNCLINE_E_INVALID, ""},
    Meaning{"40P01", SYNCLINE_E_TRANSIENT, "another program's transaction was in the way"},
    Meaning{"40", SYNCLINE_E_TRANSIENT, "another program's transaction was in the way"},
    Meaning{"42501", SYNCLINE_E_PERMISSION, ""},
    Meaning{"55P03", SYNCLINE_E_TRANSIENT, "the table or row is locked by another program"},
    Meaning{"57014", SYNCLINE_E_TRANSIENT, "the statement took longer than \"timeout\" allows"},
    Meaning{"53", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"55", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"57", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"58", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"08", SYNCLINE_E_TRANSIENT, ""}};

/// States in which a commit was certainly not made: the server rolled it back and says why.
constexpr std::array<std::string_view, 6> kRolledBack{"22", "23", "40", "42", "44", "P0"};

std::string said(const PostgresqlError& error, const Statement* statement) {
    std::string text = without_values(error.message, statement);
    return error.state.empty() ? text : text + " (SQLSTATE " + error.state + ")";
}

bool fits(const PostgresqlError& error, std::string_view state) {
    return std::string_view(error.state).starts_with(state);
}

bool is_rolled_back(const PostgresqlError& error) {
    return error.state != "40003" &&
           std::any_of(kRolledBack.begin(), kRolledBack.end(), [&](std::string_view state) {
               return fits(error, state);
           });
}

Failure without_state(const PostgresqlError& error, Step step) {
    if (step != Step::Connecting)
        return {SYNCLINE_E_TRANSIENT, "the connection was lost: " + error.message};
    if (error.message.find("no password supplied") != std::string::npos)
        return {SYNCLINE_E_AUTH, "the server wants a password, and settings have none"};
    for (const char* about_tls : {"SSL", "certificate", "root.crt"}) {
        if (error.message.find(about_tls) != std::string::npos)
            return {SYNCLINE_E_CONFIG, "the connection is not safe: " + error.message};
    }
    return {SYNCLINE_E_TRANSIENT, "the server cannot be reached: " + error.message};
}

}  // namespace

Failure failure_of(const PostgresqlError& error, Step step, const Statement* statement) {
    if (step == Step::Committing && !is_rolled_back(error))
        return {
            SYNCLINE_E_IN_DOUBT,
            "the server did not answer whether the write was committed: " + said(error, nullptr)};
    if (error.was_cancelled) return {SYNCLINE_E_CANCELLED, "stopped"};
    if (error.is_outdated)
        return {SYNCLINE_E_TRANSIENT, "the table was altered meanwhile: " + said(error, statement)};
    if (error.state.empty()) return without_state(error, step);
    const auto known =
        std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
            return fits(error, meaning.state);
        });
    const std::string words = said(error, statement);
    if (known != kMeanings.end()) {
        if (!known->says.empty())
            return {known->status, std::string(known->says) + " (SQLSTATE " + error.state + ")"};
        const bool is_refusal =
            known->status == SYNCLINE_E_DUPLICATE || known->status == SYNCLINE_E_INVALID;
        return {
            known->status,
            (is_refusal ? "the database refused it: " : "the database does not do it: ") + words,
            error.column};
    }
    if (step == Step::Connecting)
        return {SYNCLINE_E_TRANSIENT, "the server does not take the connection: " + words};
    if (step == Step::Reading && (error.state == "22007" || error.state == "22008"))
        return {SYNCLINE_E_CURSOR, "this position is of other settings"};
    if (step == Step::Reading)
        return {
            error.is_of_class("42") ? SYNCLINE_E_CONFIG : SYNCLINE_E_TRANSIENT,
            "the database cannot read it: " + words};
    return {SYNCLINE_E_INVALID, "the database refused it: " + words, error.column};
}

}  // namespace sql
