#include "odbc_session.hpp"

#include "wide_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <sql.h>
#include <sqlext.h>
#include <utility>

namespace sql {
namespace {

static_assert(sizeof(SQLWCHAR) == sizeof(char16_t), "the driver manager's texts are UTF-16");

constexpr std::size_t kWords = 1'024;

bool is_good(SQLRETURN code) {
    return code == SQL_SUCCESS || code == SQL_SUCCESS_WITH_INFO;
}

/// The driver manager takes texts that it does not change by pointers to what may be changed.
SQLWCHAR* text_for(std::u16string& text) {
    return reinterpret_cast<SQLWCHAR*>(text.data());
}

std::string text_of(const SQLWCHAR* words, std::size_t size) {
    const std::u16string_view view(reinterpret_cast<const char16_t*>(words), size);
    return narrow(view).value_or("?");
}

/// A number that goes where the functions have a pointer.
SQLPOINTER as_pointer(std::uintptr_t number) {
    return reinterpret_cast<SQLPOINTER>(number);  // NOLINT(performance-no-int-to-ptr): their way
}

bool is_connection_lost(const OdbcError& error) {
    // Class 08 is of the connection; 57P01 and after it are a PostgreSQL server that goes down.
    return error.is_of_class("08") || error.state.starts_with("57P0") || error.state == "HYT01";
}

OdbcError error_of(SQLSMALLINT kind, SQLHANDLE handle) {
    OdbcError error;
    std::array<SQLWCHAR, 6> state{};
    std::array<SQLWCHAR, kWords> words{};
    SQLINTEGER native = 0;
    SQLSMALLINT size = 0;
    const SQLRETURN told =
        ::SQLGetDiagRecW(kind, handle, 1, state.data(), &native, words.data(), kWords, &size);
    if (is_good(told)) {
        error.state = text_of(state.data(), state.size() - 1);
        error.native = native;
        error.message = text_of(
            words.data(), std::min<std::size_t>(static_cast<std::size_t>(size), kWords - 1)
        );
    } else {
        error.message = "the driver says nothing more";
    }
    error.is_lost = is_connection_lost(error);
    return error;
}

/// Was something cut, as a note beside a success says?
bool tells_of_a_cut(SQLHANDLE statement) {
    for (SQLSMALLINT i = 1;; ++i) {
        std::array<SQLWCHAR, 6> state{};
        std::array<SQLWCHAR, kWords> words{};
        SQLINTEGER native = 0;
        SQLSMALLINT size = 0;
        if (!is_good(::SQLGetDiagRecW(
                SQL_HANDLE_STMT, statement, i, state.data(), &native, words.data(), kWords, &size
            )))
            return false;
        const std::string told = text_of(state.data(), state.size() - 1);
        if (told == "01004" || told == "01S07" || told == "22001") return true;
    }
}

bool is_binary(SQLSMALLINT type) {
    return type == SQL_BINARY || type == SQL_VARBINARY || type == SQL_LONGVARBINARY;
}

}  // namespace

/// A statement from its beginning until its rows were read.
class OdbcSession::Running {
public:
    explicit Running(OdbcSession& session) : session_(session) {
        if (!is_good(::SQLAllocHandle(SQL_HANDLE_STMT, session.connection_, &handle_)))
            throw lost_perhaps(error_of(SQL_HANDLE_DBC, session.connection_));
        const std::lock_guard lock(session.running_mutex_);
        session.running_ = handle_;
    }
    ~Running() {
        {
            const std::lock_guard lock(session_.running_mutex_);
            session_.running_ = nullptr;
        }
        ::SQLFreeHandle(SQL_HANDLE_STMT, handle_);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    SQLHANDLE handle() const noexcept { return handle_; }
    void check(SQLRETURN code) const {
        if (!is_good(code)) throw lost_perhaps(error_of(SQL_HANDLE_STMT, handle_));
    }

    OdbcAnswer answer(std::uint32_t most_rows) const {
        OdbcAnswer answer;
        SQLSMALLINT columns = 0;
        check(::SQLNumResultCols(handle_, &columns));
        if (columns == 0) {
            SQLLEN found = 0;
            check(::SQLRowCount(handle_, &found));
            answer.found = found < 0 ? 0 : static_cast<std::uint64_t>(found);
            return answer;
        }
        for (SQLSMALLINT i = 1; i <= columns; ++i)
            answer.columns.push_back(description(i));
        while (most_rows == 0 || answer.rows.size() < most_rows) {
            const SQLRETURN code = ::SQLFetch(handle_);
            if (code == SQL_NO_DATA) break;
            check(code);
            auto& row = answer.rows.emplace_back();
            for (SQLSMALLINT i = 1; i <= columns; ++i)
                row.push_back(value(i, answer.columns[row.size()].type));
        }
        return answer;
    }

private:
    OdbcError lost_perhaps(OdbcError error) const {
        SQLUINTEGER dead = SQL_CD_FALSE;
        SQLINTEGER size = 0;
        const SQLRETURN asked = ::SQLGetConnectAttrW(
            session_.connection_, SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, &size
        );
        error.is_lost = error.is_lost || (is_good(asked) && dead == SQL_CD_TRUE);
        return error;
    }

    OdbcDescription description(SQLSMALLINT column) const {
        std::array<SQLWCHAR, kWords> words{};
        SQLSMALLINT size = 0;
        SQLSMALLINT type = 0;
        SQLULEN length = 0;
        SQLSMALLINT digits = 0;
        SQLSMALLINT null = SQL_NULLABLE_UNKNOWN;
        check(::SQLDescribeColW(
            handle_,
            static_cast<SQLUSMALLINT>(column),
            words.data(),
            kWords,
            &size,
            &type,
            &length,
            &digits,
            &null
        ));
        OdbcDescription known;
        known.name = text_of(words.data(), static_cast<std::size_t>(size));
        known.type = type;
        known.size = length;
        known.digits = digits;
        known.takes_null = null != SQL_NO_NULLS;
        const SQLRETURN named = ::SQLColAttributeW(
            handle_,
            static_cast<SQLUSMALLINT>(column),
            SQL_DESC_TYPE_NAME,
            words.data(),
            sizeof(SQLWCHAR) * kWords,
            &size,
            nullptr
        );
        if (is_good(named))
            known.type_name =
                text_of(words.data(), static_cast<std::size_t>(size) / sizeof(SQLWCHAR));
        return known;
    }

    OdbcValue value(SQLSMALLINT column, SQLSMALLINT type) const {
        std::array<SQLWCHAR, kWords> part{};
        SQLLEN size = 0;
        const auto place = static_cast<SQLUSMALLINT>(column);
        if (is_binary(type)) {  // whether it is there is all that is told of it
            const SQLRETURN code =
                ::SQLGetData(handle_, place, SQL_C_BINARY, part.data(), sizeof part, &size);
            check(code);
            if (size == SQL_NULL_DATA) return {};
            return {std::string(), false};
        }
        std::u16string whole;
        for (;;) {
            const SQLRETURN code =
                ::SQLGetData(handle_, place, SQL_C_WCHAR, part.data(), sizeof part, &size);
            if (code == SQL_NO_DATA) break;
            check(code);
            if (size == SQL_NULL_DATA) return {};
            const bool is_more =
                code == SQL_SUCCESS_WITH_INFO &&
                (size == SQL_NO_TOTAL || static_cast<std::size_t>(size) >= sizeof part);
            const std::size_t taken =
                is_more ? kWords - 1 : static_cast<std::size_t>(size) / sizeof(SQLWCHAR);
            whole.append(reinterpret_cast<const char16_t*>(part.data()), taken);
            if (!is_more) break;
        }
        auto text = narrow(whole);
        if (!text) return {std::string(), false};
        return {std::move(text), true};
    }

    OdbcSession& session_;
    SQLHANDLE handle_ = nullptr;
};

OdbcSession::OdbcSession() {
    ::SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment_);
    ::SQLSetEnvAttr(environment_, SQL_ATTR_ODBC_VERSION, as_pointer(SQL_OV_ODBC3), 0);
    ::SQLAllocHandle(SQL_HANDLE_DBC, environment_, &connection_);
}

OdbcSession::~OdbcSession() {
    if (is_connected_) {
        ::SQLEndTran(SQL_HANDLE_DBC, connection_, SQL_ROLLBACK);
        ::SQLDisconnect(connection_);
    }
    ::SQLFreeHandle(SQL_HANDLE_DBC, connection_);
    ::SQLFreeHandle(SQL_HANDLE_ENV, environment_);
}

void OdbcSession::connect(const std::string& words, std::chrono::seconds patience) {
    const auto seconds = static_cast<std::uintptr_t>(patience.count());
    ::SQLSetConnectAttrW(connection_, SQL_ATTR_LOGIN_TIMEOUT, as_pointer(seconds), SQL_IS_UINTEGER);
    std::u16string text = wide(words);
    SQLSMALLINT ignored = 0;
    const SQLRETURN code = ::SQLDriverConnectW(
        connection_,
        nullptr,
        text_for(text),
        static_cast<SQLSMALLINT>(text.size()),
        nullptr,
        0,
        &ignored,
        SQL_DRIVER_NOPROMPT
    );
    if (!is_good(code)) throw error_of(SQL_HANDLE_DBC, connection_);
    is_connected_ = true;
    describe_source();
}

void OdbcSession::describe_source() {
    const auto text = [&](SQLUSMALLINT what) {
        std::array<SQLWCHAR, kWords> words{};
        SQLSMALLINT size = 0;
        const bool is_told =
            is_good(::SQLGetInfoW(connection_, what, words.data(), sizeof words, &size));
        return is_told ? text_of(words.data(), static_cast<std::size_t>(size) / sizeof(SQLWCHAR))
                       : std::string();
    };
    const auto number = [&](SQLUSMALLINT what, auto answer) -> std::uint32_t {
        SQLSMALLINT size = 0;
        const bool is_told =
            is_good(::SQLGetInfoW(connection_, what, &answer, sizeof answer, &size));
        return is_told ? answer : 0;
    };
    source_.name = text(SQL_DBMS_NAME);
    source_.quote = text(SQL_IDENTIFIER_QUOTE_CHAR);
    if (source_.quote == " ") source_.quote.clear();
    const bool has_transactions = number(SQL_TXN_CAPABLE, SQLUSMALLINT{SQL_TC_NONE}) != SQL_TC_NONE;
    source_.isolations = has_transactions ? number(SQL_TXN_ISOLATION_OPTION, SQLUINTEGER{0}) : 0;
    source_.usual_isolation = number(SQL_DEFAULT_TXN_ISOLATION, SQLUINTEGER{0});
}

OdbcAnswer OdbcSession::execute(const OdbcQuery& query) {
    const Running running(*this);
    SQLHANDLE const statement = running.handle();
    // Drivers that know no such limits leave them out.
    const auto seconds = static_cast<std::uintptr_t>(query.timeout.count());
    ::SQLSetStmtAttrW(statement, SQL_ATTR_QUERY_TIMEOUT, as_pointer(seconds), SQL_IS_UINTEGER);
    if (query.most_rows > 0)
        ::SQLSetStmtAttrW(
            statement, SQL_ATTR_MAX_ROWS, as_pointer(query.most_rows), SQL_IS_UINTEGER
        );
    std::vector<std::u16string> texts;
    std::vector<SQLLEN> sizes(query.parameters.size());
    texts.reserve(query.parameters.size());  // the driver borrows from both
    for (std::size_t i = 0; i < query.parameters.size(); ++i) {
        const OdbcParameter& parameter = query.parameters[i];
        texts.push_back(wide(parameter.text.value_or("")));
        std::u16string& text = texts.back();
        sizes[i] = parameter.text ? static_cast<SQLLEN>(text.size() * sizeof(SQLWCHAR))
                                  : SQLLEN{SQL_NULL_DATA};
        const SQLULEN size = std::max<SQLULEN>({parameter.size, text.size(), 1});
        running.check(::SQLBindParameter(
            statement,
            static_cast<SQLUSMALLINT>(i + 1),
            SQL_PARAM_INPUT,
            SQL_C_WCHAR,
            parameter.type,
            size,
            parameter.digits,
            text.data(),
            static_cast<SQLLEN>((text.size() + 1) * sizeof(SQLWCHAR)),
            &sizes[i]
        ));
    }
    std::u16string text = wide(query.text);
    const SQLRETURN code =
        ::SQLExecDirectW(statement, text_for(text), static_cast<SQLINTEGER>(text.size()));
    if (code == SQL_NO_DATA) return {};  // a write that concerned no row
    running.check(code);
    OdbcAnswer answer = running.answer(query.most_rows);
    if (answer.columns.empty() && code == SQL_SUCCESS_WITH_INFO && tells_of_a_cut(statement)) {
        OdbcError cut;
        cut.state = "22001";
        cut.message = "a value would be cut";
        throw cut;
    }
    return answer;
}

void OdbcSession::begin(std::uint32_t isolation) {
    const auto set = [&](SQLINTEGER attribute, std::uintptr_t value) {
        if (!is_good(
                ::SQLSetConnectAttrW(connection_, attribute, as_pointer(value), SQL_IS_UINTEGER)
            ))
            throw error_of(SQL_HANDLE_DBC, connection_);
    };
    if (isolation != source_.usual_isolation) set(SQL_ATTR_TXN_ISOLATION, isolation);
    set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
}

void OdbcSession::end(bool is_kept) {
    if (!is_good(::SQLEndTran(SQL_HANDLE_DBC, connection_, is_kept ? SQL_COMMIT : SQL_ROLLBACK)))
        throw error_of(SQL_HANDLE_DBC, connection_);
    ::SQLSetConnectAttrW(
        connection_, SQL_ATTR_AUTOCOMMIT, as_pointer(SQL_AUTOCOMMIT_ON), SQL_IS_UINTEGER
    );
    if (source_.usual_isolation != 0)
        ::SQLSetConnectAttrW(
            connection_,
            SQL_ATTR_TXN_ISOLATION,
            as_pointer(source_.usual_isolation),
            SQL_IS_UINTEGER
        );
}

namespace {

/// A name for the functions of the catalogue: without one they are given none.
struct Name {
    explicit Name(const std::string& name) : text(wide(name)) {}
    SQLWCHAR* words() { return text.empty() ? nullptr : text_for(text); }
    SQLSMALLINT size() const { return static_cast<SQLSMALLINT>(text.size()); }
    std::u16string text;
};

}  // namespace

OdbcAnswer OdbcSession::catalogue(const Running& running, std::int16_t code) {
    running.check(code);
    return running.answer(0);
}

bool OdbcSession::has_table(const std::string& schema, const std::string& table) {
    constexpr std::size_t kNameColumn = 2;
    const Running running(*this);
    Name home(schema);
    Name name(table);
    const OdbcAnswer found = catalogue(
        running,
        ::SQLTablesW(
            running.handle(),
            nullptr,
            0,
            home.words(),
            home.size(),
            name.words(),
            name.size(),
            nullptr,
            0
        )
    );
    // The name was taken for a pattern.
    return std::any_of(found.rows.begin(), found.rows.end(), [&](const auto& row) {
        return row.size() > kNameColumn && row[kNameColumn].text == table;
    });
}

OdbcAnswer OdbcSession::unique_indexes(const std::string& schema, const std::string& table) {
    const Running running(*this);
    Name home(schema);
    Name name(table);
    return catalogue(
        running,
        ::SQLStatisticsW(
            running.handle(),
            nullptr,
            0,
            home.words(),
            home.size(),
            name.words(),
            name.size(),
            SQL_INDEX_UNIQUE,
            SQL_QUICK
        )
    );
}

OdbcAnswer OdbcSession::references(const std::string& schema, const std::string& table) {
    const Running running(*this);
    Name home(schema);
    Name name(table);
    return catalogue(
        running,
        ::SQLForeignKeysW(
            running.handle(),
            nullptr,
            0,
            nullptr,
            0,
            nullptr,
            0,
            nullptr,
            0,
            home.words(),
            home.size(),
            name.words(),
            name.size()
        )
    );
}

void OdbcSession::cancel() noexcept {
    const std::lock_guard lock(running_mutex_);
    if (running_ != nullptr) ::SQLCancel(running_);
}

}  // namespace sql
