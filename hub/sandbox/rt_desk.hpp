#pragma once

#include "base/clock.hpp"
#include "sandbox/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::sandbox {

/// A column of Request Tracker's users that clients read and write.
struct RtColumn {
    std::string_view name;
    std::size_t size = 0;  ///< bytes; what is longer is cut without a word. 0 = no limit
    enum class Search : std::uint8_t { Yes, Ignored } search = Search::Ignored;
};
std::span<const RtColumn> rt_user_columns();

/// Members of a request's JSON object as Request Tracker takes them: texts by name.
using RtFields = std::map<std::string, std::string, std::less<>>;

struct RtUser {
    std::int64_t id = 0;
    RtFields values;  ///< every column of rt_user_columns()
    bool privileged = false;
    bool disabled = false;
    std::string creator;  ///< a user's Name
    std::string last_updated_by;
    std::string created;  ///< 2026-03-01 09:30:00, UTC
    std::string last_updated;
    std::int64_t last_transaction = 0;  ///< the ETag
};

struct RtTransaction {
    std::int64_t id = 0;
    std::string type;  ///< Create, Set, Disabled, Enabled
    std::string field;
    std::string old_value;
    std::string new_value;
    std::string object_type;
    std::int64_t object_id = 0;
    std::string creator;
    std::string created;
};

/// One condition of a JSON search.
struct RtLimit {
    std::string field;
    std::string comparison = "=";
    std::string value;
    std::string aggregator = "OR";  ///< with other conditions on the same field
};
struct RtOrder {
    std::string field;
    enum class Direction : std::uint8_t { Ascending, Descending } direction = Direction::Ascending;
};
struct RtSearch {
    std::vector<RtLimit> limits;
    std::vector<RtOrder> order;
    std::uint32_t page = 1;
    std::uint32_t per_page = 20;
    enum class Disabled : std::uint8_t { Hidden, Shown } disabled = Disabled::Hidden;
};
template <class Row>
struct RtPage {
    std::vector<Row> rows;
    std::uint64_t total = 0;
};

/// The answer to the creation of a user: its id, or why there is none.
struct RtCreation {
    std::optional<std::int64_t> id;
    std::string message;
};

/// The users of an imitated Request Tracker 5 and the journal of their changes, in a SQLite file.
/// Follows the real one where clients feel it: names and e-mail addresses are unique without regard
/// to case, too long values are cut, each change of a field is a transaction of its own, ids have
/// gaps because groups take numbers from the same row. Any thread. Faults when SQLite fails.
class RtDesk {
public:
    /// The Name of the user who owns the token.
    static constexpr std::string_view kTokenOwner = "hub";

    /// Opens `file`, or makes it with the users that each Request Tracker has.
    RtDesk(const std::filesystem::path& file, Clock& clock);

    /// What the server itself keeps: its port, its token.
    std::optional<std::string> setting(std::string_view name);
    void set_setting(std::string_view name, std::string_view value);

    /// `key`: an id or a Name.
    std::optional<RtUser> find(std::string_view key);
    std::optional<RtTransaction> find_transaction(std::int64_t id);
    RtPage<RtUser> search_users(const RtSearch& search);
    RtPage<RtTransaction> search_transactions(const RtSearch& search);

    RtCreation create(const RtFields& fields, std::string_view actor = kTokenOwner);
    /// Sets what differs and says so, a message for each field, errors among them. @pre the user is
    /// there
    std::vector<std::string> update(
        std::int64_t id, const RtFields& fields, std::string_view actor = kTokenOwner
    );

private:
    enum class Standing : std::uint8_t { Privileged, Ordinary };
    void make_schema();
    void make_system_user(std::int64_t id, const RtFields& fields, Standing standing);
    std::optional<RtUser> load(std::string_view key);
    std::optional<std::string> refusal(
        std::string_view column, const std::string& value, std::int64_t own_id
    );
    std::optional<std::string> set(
        const RtUser& user, const RtColumn& column, const std::string& value, std::int64_t actor
    );
    std::optional<std::string> set_flag(
        const RtUser& user, const std::string& name, const std::string& value, std::int64_t actor
    );
    void journal(const RtTransaction& change, std::int64_t actor);
    std::int64_t id_of(std::string_view name);
    std::string now();

    std::mutex mutex_;
    Database database_;
    Clock& clock_;
};

}  // namespace syncline::sandbox
