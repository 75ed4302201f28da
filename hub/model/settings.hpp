#pragma once

#include "base/log.hpp"
#include "model/flat_map.hpp"
#include "model/ids.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// Configuration as typed values: what codec/ reads from config files and everybody else obeys.

/// One lens of a mapping by name with its options; mapping/ gives it meaning.
struct LensSetting {
    std::string name;                                        ///< "phone", "enum", "address_lines"
    FlatMap<std::string, std::string> options;               ///< "write": "national"
    std::vector<std::pair<std::string, std::string>> table;  ///< enum: remote -> canonical
    std::vector<std::string> list;                           ///< address_lines: layout
};

enum class MappingDirection : std::uint8_t { Both, In, Out };

struct MappedFieldSetting {
    std::string field;                 ///< canonical path: a leaf, or a composite
    std::vector<std::string> remotes;  ///< one remote field, or several for a composite
    std::vector<LensSetting> lenses;   ///< applied in order on the way in, reversed on the way out
    MappingDirection direction = MappingDirection::Both;
    std::uint32_t limit_characters = 0;  ///< the remote cuts longer values; 0 = no limit
    std::uint32_t limit_bytes = 0;
    bool unique = false;  ///< the remote refuses a second record with this value
    std::string where;    ///< file:line of the entry, for messages
};

/// A condition over canonical fields: { "eq": ["status", "archived"] }, exists, in, and, or, not.
struct Condition {
    enum class Operator : std::uint8_t { Always, Equal, In, Exists, And, Or, Not };
    Operator op = Operator::Always;
    std::string path;                 ///< Equal, In, Exists
    std::vector<std::string> values;  ///< Equal: one; In: several
    std::vector<Condition> operands;  ///< And, Or: any number; Not: one
};

/// Which customers a system takes part in.
struct ScopeSetting {
    Condition where;
    bool linked_only = false;  ///< only customers it already has a record of
};

struct RightsSetting {
    bool create = false;
    bool update = false;
    bool remove = false;
};

/// What follows when this system proves that a record is no more.
enum class WhenGone : std::uint8_t {
    Review,      ///< a person is asked
    Unlink,      ///< the customer stays without a record here
    Recreate,    ///< the record is made again, once; then a person is asked
    Deactivate,  ///< the customer's status becomes "inactive"
    Delete,      ///< the customer is deleted; what the other systems do is their `on_delete`
};
std::string_view name(WhenGone reaction);

/// What happens to the record in this system when its customer is deleted.
enum class OnDelete : std::uint8_t {
    Review,      ///< it stays, and a person is asked
    Unlink,      ///< it stays, and nothing is taken from it any more
    Deactivate,  ///< it stays, and its status is written
    Delete,      ///< it is deleted too; needs the right
};
std::string_view name(OnDelete reaction);

struct SystemSetting {
    SystemId id;
    std::string title;
    /// Only looked at by plans, and otherwise as if it were not configured, until a person has seen
    /// what follows from it and releases it.
    bool observe = false;
    std::string connector;      ///< connector id or alias: "sql"
    std::string settings_json;  ///< passed to the connector as is, references resolved by connect
    std::string default_country;
    std::chrono::milliseconds poll{5000};
    /// How old the last complete listing may become; 0: none is made without being asked for.
    std::chrono::milliseconds full_listing{std::chrono::hours{24}};
    std::chrono::milliseconds settle{0};  ///< a change is written when it is this old
    std::uint32_t calls_per_minute = 0;   ///< 0 = no limit
    ScopeSetting scope;
    RightsSetting rights;
    WhenGone when_gone = WhenGone::Review;
    OnDelete on_delete = OnDelete::Review;
    std::string entity = "customer";
    std::vector<MappedFieldSetting> mapping;
    std::string file;  ///< for messages
};

enum class PolicyKind : std::uint8_t { Authority, Newest, Keep, Union, Review };
enum class Undecided : std::uint8_t { Order, Review };

struct PolicySetting {
    std::string pattern;  ///< "*", "identifiers.*", "addresses.billing", "emails.main.address"
    PolicyKind kind = PolicyKind::Newest;
    std::vector<SystemId> systems;  ///< Authority: best first
    std::shared_ptr<const PolicySetting>
        otherwise;  ///< Authority: when no named system is involved
    /// Newest, when the order of the edits is unknowable. Not set: by the field's domain.
    std::optional<Undecided> on_undecided;
};

/// One rung of the association ladder.
struct RungSetting {
    std::vector<std::string> match;  ///< all these fields equal, none empty
    std::vector<SystemId> from;      ///< only for records of these systems; empty = all
    enum class Then : std::uint8_t { Link, Review } then = Then::Review;
};

struct ThresholdSetting {
    std::uint32_t count = 0;    ///< 0 with percent 0 = no limit
    std::uint32_t percent = 0;  ///< of the system's links
};

enum class LogFormat : std::uint8_t { Text, Json };

struct LogSetting {
    LogFormat format = LogFormat::Text;
    LogLevel level = LogLevel::Info;  ///< what is less than this is left out
};

/// What the root key of a hub comes from: a file, or a passphrase.
struct RootKeySetting {
    std::string file;  ///< absolute; "" = a passphrase
    /// Where the passphrase is kept: "env:NAME", "file:PATH", "credential:NAME"; "ask" = a person
    /// is asked for it.
    std::string passphrase;
};

struct HubSetting {
    std::string id;
    std::string default_country;
    std::string time_zone;
    std::string store_folder;  ///< absolute
    RootKeySetting root_key;
    std::vector<SystemSetting> systems;
    std::vector<SystemId> order;  ///< decides where a policy cannot
    std::vector<PolicySetting> policies;
    std::vector<RungSetting> association;
    ThresholdSetting creates, updates, clears;
    ThresholdSetting deletes{0, 20};  ///< records gone in a system, and records to delete there
    /// Records in which one remote field would get the same value instead of another one.
    ThresholdSetting same_value{0, 20};
    std::vector<std::string>
        clear_text_fields;  ///< "encryption": { "off": [paths] }: leaf paths stored in clear
    LogSetting log;
};
/// A hub is called by its id.
inline std::string_view log_text(const HubSetting& hub) {
    return hub.id;
}

}  // namespace syncline
