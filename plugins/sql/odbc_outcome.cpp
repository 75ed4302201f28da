#include "odbc_outcome.hpp"

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
    std::string_view says;  ///< "" = what the driver says
};

/// Alike in whatever is done; the first that fits counts. States of ODBC, and those that drivers
/// hand on from their source.
constexpr std::array kMeanings{
    Meaning{"23505", SYNCLINE_E_DUPLICATE, ""},
    Meaning{"23P01", SYNCLINE_E_DUPLICATE, ""},
    Meaning{"25006", SYNCLINE_E_PERMISSION, "the source is read-only"},
    Meaning{"28", SYNCLINE_E_AUTH, "the source refuses the user or the password"},
    Meaning{"3D", SYNCLINE_E_CONFIG, "the source has no database of that name"},
    Meaning{"40002", SYNCLINE_E_INVALID, ""},
    Meaning{"40", SYNCLINE_E_TRANSIENT, "another program's transaction was in the way"},
    Meaning{"42501", SYNCLINE_E_PERMISSION, ""},
    Meaning{"53", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"55P03", SYNCLINE_E_TRANSIENT, "the table or row is locked by another program"},
    Meaning{"55", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"57014", SYNCLINE_E_TRANSIENT, "the statement took longer than \"timeout\" allows"},
    Meaning{"57", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"58", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"08", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"HYT", SYNCLINE_E_TRANSIENT, "the statement took longer than \"timeout\" allows"},
    Meaning{"HY008", SYNCLINE_E_TRANSIENT, "the statement took longer than \"timeout\" allows"},
    Meaning{"HY001", SYNCLINE_E_TRANSIENT, ""},
    Meaning{"IM", SYNCLINE_E_CONFIG, ""}};

/// Numbers of sources whose drivers give them no state of their own.
struct NativeMeaning {
    std::string_view state;  ///< that it comes with; a class, or whole
    long number;
    std::string_view sign;  ///< words of the message that tell whose number it is
    syncline_status status;
    std::string_view says;
};

constexpr std::string_view kLocked = "the table or row is locked by another program";

constexpr std::array kNativeMeanings{
    NativeMeaning{"HY000", 5, "[SQLite]", SYNCLINE_E_TRANSIENT, kLocked},
    NativeMeaning{"HY000", 6, "[SQLite]", SYNCLINE_E_TRANSIENT, kLocked},
    NativeMeaning{"HY000", 8, "[SQLite]", SYNCLINE_E_PERMISSION, "the source is read-only"},
    NativeMeaning{"23", 1062, "", SYNCLINE_E_DUPLICATE, ""},
    NativeMeaning{"23", 2601, "", SYNCLINE_E_DUPLICATE, ""},
    NativeMeaning{"23", 2627, "", SYNCLINE_E_DUPLICATE, ""},
    NativeMeaning{"42000", 229, "", SYNCLINE_E_PERMISSION, ""},
    NativeMeaning{"42000", 230, "", SYNCLINE_E_PERMISSION, ""},
    NativeMeaning{"42000", 1044, "", SYNCLINE_E_PERMISSION, ""},
    NativeMeaning{"42000", 1142, "", SYNCLINE_E_PERMISSION, ""},
    NativeMeaning{"42000", 1143, "", SYNCLINE_E_PERMISSION, ""},
    NativeMeaning{"HY000", 1205, "", SYNCLINE_E_TRANSIENT, kLocked},
    NativeMeaning{"HY000", 1222, "", SYNCLINE_E_TRANSIENT, kLocked}};

/// States in which a commit was certainly not made: the source rolled it back and says why.
constexpr std::array<std::string_view, 6> kRolledBack{"22", "23", "40", "42", "44", "25S03"};

bool fits(const OdbcError& error, std::string_view state) {
    return std::string_view(error.state).starts_with(state);
}

const NativeMeaning* native_meaning(const OdbcError& error) {
    const auto* const found = std::find_if(
        kNativeMeanings.begin(),
        kNativeMeanings.end(),
        [&](const NativeMeaning& meaning) {
            return fits(error, meaning.state) && error.native == meaning.number &&
                   error.message.find(meaning.sign) != std::string::npos;
        }
    );
    return found == kNativeMeanings.end() ? nullptr : found;
}

/// The first line: what follows it in some drivers quotes the row.
std::string said(const OdbcError& error, const Statement* statement) {
    std::string text = error.message.substr(0, error.message.find('\n'));
    while (text.ends_with(';') || text.ends_with(' '))
        text.pop_back();
    text = without_values(std::move(text), statement);
    for (auto begin = text.find('\''); begin != std::string::npos;) {
        const auto end = text.rfind('\'');
        if (end == begin) break;
        text.replace(begin, end + 1 - begin, "…");
        break;
    }
    return error.state.empty() ? text : text + " (SQLSTATE " + error.state + ")";
}

bool is_rolled_back(const OdbcError& error) {
    if (const NativeMeaning* const native = native_meaning(error))
        return native->status == SYNCLINE_E_TRANSIENT;
    return error.state != "40003" &&
           std::any_of(kRolledBack.begin(), kRolledBack.end(), [&](std::string_view state) {
               return fits(error, state);
           });
}

/// PostgreSQL's driver gives every refusal the state of a server that is away; a password that is
/// tried again and again locks its user out.
bool is_about_password(const OdbcError& error) {
    return fits(error, "28") ||
           (fits(error, "08") && error.message.find("authentication failed") != std::string::npos);
}

Failure told(
    syncline_status status,
    std::string_view says,
    const OdbcError& error,
    const Statement* statement
) {
    if (!says.empty()) return {status, std::string(says) + " (SQLSTATE " + error.state + ")"};
    const bool is_refusal = status == SYNCLINE_E_DUPLICATE || status == SYNCLINE_E_INVALID;
    return {
        status,
        (is_refusal ? "the database refused it: " : "the database does not do it: ") +
            said(error, statement)};
}

}  // namespace

Failure failure_of(const OdbcError& error, Step step, const Statement* statement) {
    if (step == Step::Committing && !is_rolled_back(error))
        return {
            SYNCLINE_E_IN_DOUBT,
            "the source did not answer whether the write was committed: " + said(error, nullptr)};
    if (error.was_cancelled) return {SYNCLINE_E_CANCELLED, "stopped"};
    if (step == Step::Connecting && fits(error, "IM"))
        return {
            SYNCLINE_E_CONFIG,
            "the driver manager has no such driver or data source: " + said(error, nullptr)};
    if (step == Step::Connecting && is_about_password(error))
        return {
            SYNCLINE_E_AUTH,
            "the source refuses the user or the password (SQLSTATE " + error.state + ")"};
    if (error.is_lost || error.state.empty())
        return {
            SYNCLINE_E_TRANSIENT,
            (step == Step::Connecting ? "the source cannot be reached: "
                                      : "the connection was lost: ") +
                said(error, nullptr)};
    if (const NativeMeaning* const native = native_meaning(error))
        return told(native->status, native->says, error, statement);
    const auto* const known =
        std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
            return fits(error, meaning.state);
        });
    if (known != kMeanings.end()) return told(known->status, known->says, error, statement);
    const std::string words = said(error, statement);
    if (step == Step::Connecting)
        return {SYNCLINE_E_TRANSIENT, "the source does not take the connection: " + words};
    if (step == Step::Reading)
        return {
            error.is_of_class("42") ? SYNCLINE_E_CONFIG : SYNCLINE_E_TRANSIENT,
            "the database cannot read it: " + words};
    return {SYNCLINE_E_INVALID, "the database refused it: " + words};
}

}  // namespace sql
