#pragma once

#include "model/field.hpp"
#include "model/settings.hpp"
#include "support/fakes.hpp"
#include "sync/core/absorb.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::testing {

inline constexpr std::string_view kName = "name";
inline constexpr std::string_view kMail = "emails.main.address";
inline constexpr std::string_view kPhone = "phones.main.number";
inline constexpr std::string_view kAddress = "addresses.billing";
inline constexpr std::string_view kVat = "identifiers.vat.value";

/// Telephone numbers, as the hub writes them.
inline const std::string kOne = "+3225550101", kTwo = "+3225550102", kThree = "+3225550103",
                         kFour = "+3225550104";

inline const Base kForeign{Base::Kind::Foreign, {}}, kFresh{Base::Kind::Fresh, {}},
    kContested{Base::Kind::Contested, {}};

/// One customer and the systems that know it, for the pure functions of sync/core: rules, memory,
/// effects and time, without a store or an engine. Every system has an active link with token "5"
/// and no fields yet, ordered versions and conditional writes.
///
/// Times are seconds: at(10) is when a shadow was last seen unless told otherwise, attempts are
/// issued at 12 and answered at 13, readings are sent at 20 and received at 21, now is 22.
class Bench {
public:
    using Adjust = std::function<void(HubSetting&)>;
    explicit Bench(
        const std::vector<std::string>& systems = {"erp", "books"},
        const Adjust& adjust = {},
        std::string_view set_field = {}
    );

    static Timestamp at(int second);
    static EditInterval between(int earliest, int latest) { return {at(earliest), at(latest)}; }
    /// The nth version of the past: below all that this bench makes.
    static Version version(int n);
    static Base image_of(int n) { return Base::image_of(n == 0 ? Version{} : version(n)); }

    const Field& field(std::string_view path) const;
    FieldId id(std::string_view path) const { return field(path).id; }
    /// A value of the field; "" is a cleared one. Of an address: its city.
    FieldValue value(std::string_view path, const std::string& text) const;
    /// The remote field of `path` with this text: an address is its city.
    RawFields raw(std::string_view path, const std::string& text) const;

    sync::SystemRules& system(std::string_view name);
    Link& link(std::string_view system);
    LinkField& entry(std::string_view system, std::string_view path);
    const FieldState* standing(std::string_view path) const;
    sync::Moment moment() { return {clock.now(), versions, random}; }

    // What the hub remembers.
    FieldState& stands(
        std::string_view path,
        const std::string& text,
        int version,
        const Origin& origin = Origin::of(SystemId{"erp"}),
        EditInterval interval = between(1, 2)
    );
    LinkField& holds(std::string_view system, std::string_view path, const std::string& text, Base);
    LinkField& holds(std::string_view system, std::string_view path, RawFields raw, Base base);
    void said(
        std::string_view system,
        std::string_view path,
        const std::string& text,
        EditInterval interval = between(1, 2)
    );
    /// A write of ours to a system. More fields can be added to what is returned.
    Attempt& wrote(
        std::string_view system,
        std::string_view path,
        const std::string& text,
        int version,
        AttemptState state = AttemptState::Open
    );
    Case& asks_about(std::string_view path);  ///< an open conflict
    QuarantineItem& set_aside(
        std::string_view system, std::string_view path, Direction direction, std::uint64_t id
    );

    /// A reading, sent at 20, with token "6".
    Observation reading(std::string_view system, RawFields fields) const;
    sync::AbsorbResult absorb(const Observation& seen, const sync::AbsorbOptions& options = {});

    // The state as text, for messages and comparisons.
    std::string shown(Version version) const;  ///< "2", or "new"
    std::string shown(const Base& base) const;
    static std::string shown(const FieldValue& value);
    std::string standing_text(std::string_view path) const;
    std::string said_text(std::string_view system, std::string_view path) const;
    std::vector<std::string> attempts_left() const;  ///< "open 2 phones.main.number"
    std::vector<std::string> journal() const;        ///< "loser newest erp +32…"
    std::vector<std::string> set_aside_now() const;  ///< "inbound phones.main.number"
    std::vector<std::string> open_cases() const;     ///< "conflict phones.main.number"

    FakeClock clock;
    SeededRandom random;
    HybridClock versions;
    HubSetting hub;
    FieldTable fields;
    std::vector<mapping::SystemMapping> mappings;
    sync::Rules rules;
    sync::Aggregate aggregate;
    sync::Effects effects;

private:
    void add_system(SystemSetting& setting);
};

/// "Acme" as a remote holds it.
RawFields text_field(const std::string& remote, const std::string& text);
PolicySetting policy(std::string_view pattern, PolicyKind kind);
/// Adds a policy for one field to a bench.
Bench::Adjust with_policy(const PolicySetting& policy);

/// A row of the table of `absorb`: one field of `books`, beside `erp` and `desk`, before and after
/// one reading. A canonical value has version 2, was said in `erp`, and its edit may be older or
/// newer than what is read: `erp` comes first in the order of systems. `name` holds 8 characters.
struct AbsorbRow {
    /// A write of ours, issued at 12, answered at 13.
    struct Sent {
        std::string text;
        int version = 2;
        AttemptState state = AttemptState::Answered;
    };

    std::string name;
    sync::AbsorbLine line = sync::AbsorbLine::Unchanged;

    // The memory before.
    std::string_view path = kPhone;
    std::optional<std::string> stands = "+3225550101";
    std::optional<std::string> shadow = "+3225550101";
    Base base = Bench::image_of(2);
    std::optional<std::string> said = {};
    std::vector<Sent> sent = {};
    std::uint8_t ignored = 0;
    MappingDirection direction = MappingDirection::Both;
    std::optional<PolicyKind> by = {};  ///< not given: newest, then the order of systems
    std::vector<SystemId> authorities = {};
    std::function<void(Bench&)> also = {};

    // What is read.
    std::string read = {};
    bool read_null = false;
    std::string token = "6";  ///< was "5"
    bool is_answer = false;   ///< to the last write
    bool retry = false;

    // What holds afterwards. The shadow always takes what was read.
    std::string after = {};                        ///< the base
    std::optional<std::string> stands_after = {};  ///< not given: as before, no new version
    std::optional<std::string> said_after = {};    ///< not given: as before
    std::vector<std::string> attempts = {};        ///< that are left
    std::vector<std::string> journal = {};
    std::vector<std::string> set_aside = {};
    std::vector<std::uint64_t> released = {};  ///< from quarantine
    std::vector<std::string> cases = {};       ///< open ones
    std::uint8_t ignored_after = 0;

    friend std::ostream& operator<<(std::ostream& out, const AbsorbRow& row);
};

/// Absorbs the reading of a row and expects what the row says, and nothing else.
void expect_row(const AbsorbRow& row);

/// Names the test of a row of any table after the row.
template <class Row>
std::string row_name(const ::testing::TestParamInfo<Row>& info) {
    return info.param.name;
}

}  // namespace syncline::testing
