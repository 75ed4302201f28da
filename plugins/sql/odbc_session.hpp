#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sql {

/// An error of a source, of its driver, or of the driver manager.
struct OdbcError : std::exception {
    std::string state;  ///< SQLSTATE; "" when nobody said one
    long native = 0;    ///< the source's own number
    std::string message;
    bool is_lost = false;        ///< the connection is gone
    bool was_cancelled = false;  ///< the hub asked
    const char* what() const noexcept override { return message.c_str(); }
    const std::string& code() const { return state; }
    bool is_of_class(const char* first_two) const { return state.starts_with(first_two); }
};

/// A column of a result, as the driver describes it.
struct OdbcDescription {
    std::string name;
    std::int16_t type = 0;    ///< SQL_VARCHAR, …
    std::string type_name;    ///< the source's own word for it
    std::uint64_t size = 0;   ///< characters, or digits
    std::int16_t digits = 0;  ///< behind the point; of seconds
    bool takes_null = true;
};

struct OdbcValue {
    std::optional<std::string> text;  ///< nothing = NULL
    bool is_readable = true;          ///< a text in which every character is one
};

struct OdbcAnswer {
    std::vector<OdbcDescription> columns;
    std::vector<std::vector<OdbcValue>> rows;
    std::uint64_t found = 0;  ///< rows that a write concerned
};

/// A value for a place "?", as a text that the driver converts to the type.
struct OdbcParameter {
    std::optional<std::string> text;
    std::int16_t type = 0;
    std::uint64_t size = 0;
    std::int16_t digits = 0;
};

struct OdbcQuery {
    std::string text;
    std::vector<OdbcParameter> parameters;
    std::uint32_t most_rows = 0;  ///< 0 = all
    std::chrono::seconds timeout{30};
};

/// What a source says of itself.
struct OdbcSource {
    std::string name;              ///< "PostgreSQL"
    std::string quote;             ///< around identifiers; "" = they cannot be quoted
    std::uint32_t isolations = 0;  ///< SQL_TXN_… that it offers; 0 = no transactions
    std::uint32_t usual_isolation = 0;
};

/// A session with a source through its driver. Texts go both ways in the wide functions, as UTF-16;
/// here they are UTF-8. Every function may wait for as long as the driver does, and throws
/// OdbcError. One thread at a time, but for cancel().
class OdbcSession {
public:
    OdbcSession();
    ~OdbcSession();
    OdbcSession(const OdbcSession&) = delete;
    OdbcSession& operator=(const OdbcSession&) = delete;

    /// `words`: a whole connection string. Called once.
    void connect(const std::string& words, std::chrono::seconds patience);
    const OdbcSource& source() const noexcept { return source_; }

    OdbcAnswer execute(const OdbcQuery& query);
    /// Begins a transaction; `isolation`: SQL_TXN_… that the source offers.
    void begin(std::uint32_t isolation);
    void end(bool is_kept);

    /// Is there a table or view of this name? Schema "" = in any.
    bool has_table(const std::string& schema, const std::string& table);
    /// Rows of SQLStatistics: its unique indexes.
    OdbcAnswer unique_indexes(const std::string& schema, const std::string& table);
    /// Rows of SQLForeignKeys: what it refers to.
    OdbcAnswer references(const std::string& schema, const std::string& table);

    /// Asks the driver to give up what another thread waits for.
    void cancel() noexcept;

private:
    class Running;

    void describe_source();
    OdbcAnswer catalogue(const Running& running, std::int16_t code);

    void* environment_ = nullptr;
    void* connection_ = nullptr;
    bool is_connected_ = false;
    OdbcSource source_;
    std::mutex running_mutex_;
    void* running_ = nullptr;  ///< the statement that is waited for
};

}  // namespace sql
