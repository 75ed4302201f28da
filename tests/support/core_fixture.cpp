#include "support/core_fixture.hpp"

#include "base/assert.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <utility>

namespace syncline::testing {
namespace {

constexpr std::int64_t kStart = 1'790'000'000'000;
constexpr std::uint64_t kPast = static_cast<std::uint64_t>(kStart - 1'000) << 16U;

HubSetting hub_of(const std::vector<std::string>& names, const Bench::Adjust& adjust) {
    std::vector<SystemSetting> settings;
    for (const std::string& name : names)
        settings.push_back(fake_setting(name));
    HubSetting hub = fake_hub(std::move(settings));
    if (adjust) adjust(hub);
    return hub;
}

FieldTable fields_with_set(const HubSetting& hub, std::string_view set_field) {
    std::vector<Field> fields = fields_of(hub).fields();
    for (Field& field : fields) {
        if (field.path == set_field) field.merge = MergeKind::Set;
    }
    return FieldTable(std::move(fields));
}

constexpr std::array<std::string_view, 4> kStates{"open", "looked", "answered", "told"};
constexpr std::array<std::string_view, 5> kBases{
    "fresh", "image of ", "foreign", "contested", "invalid after "};

}  // namespace

Bench::Bench(
    const std::vector<std::string>& systems, const Adjust& adjust, std::string_view set_field
)
    : versions(clock, version(999)),
      hub(hub_of(systems, adjust)),
      fields(fields_with_set(hub, set_field)) {
    clock.set(at(22));
    rules.fields = &fields;
    rules.hub = &hub;
    aggregate.customer.id = mint<CustomerId>(at(0), random);
    mappings.reserve(hub.systems.size());
    aggregate.links.reserve(hub.systems.size() + 2);
    for (SystemSetting& setting : hub.systems)
        add_system(setting);
}

void Bench::add_system(SystemSetting& setting) {
    auto compiled = mapping::SystemMapping::compile(setting, fields);
    SYNCLINE_ASSERT(compiled.has_value());
    mappings.push_back(std::move(compiled).value());
    sync::SystemRules system;
    system.setting = &setting;
    system.mapping = &mappings.back();
    system.token_order = sync::TokenOrder::Ordered;
    system.conditional_write = true;
    system.can_write = true;
    rules.systems.push_back(system);
    Link link;
    link.id = mint<LinkId>(at(0), random);
    link.system = setting.id;
    link.entity = setting.entity;
    link.remote_id = RemoteId{"7"};
    link.customer = aggregate.customer.id;
    link.state = LinkState::Active;
    link.token = "5";
    aggregate.links.push_back(std::move(link));
}

Timestamp Bench::at(int second) {
    return from_unix_ms(kStart + std::int64_t{second} * 1'000);
}

Version Bench::version(int n) {
    return Version{kPast + static_cast<std::uint64_t>(n)};
}

const Field& Bench::field(std::string_view path) const {
    const Field* found = fields.find(path);
    SYNCLINE_ASSERT(found != nullptr);
    return *found;
}

FieldValue Bench::value(std::string_view path, const std::string& text) const {
    const Field& of = field(path);
    FieldValue made = FieldValue::cleared(of.parts.size());
    const std::string leaf = of.is_composite() ? of.path + ".city" : of.path;
    if (!text.empty()) made.parts[FieldTable::part_index(of, leaf)] = text;
    return made;
}

RawFields Bench::raw(std::string_view path, const std::string& text) const {
    const std::string leaf =
        field(path).is_composite() ? std::string(path) + ".city" : std::string(path);
    for (const MappedFieldSetting& entry : hub.systems.front().mapping) {
        if (entry.field == leaf) return text_field(entry.remotes.front(), text);
    }
    SYNCLINE_ASSERT(false);
    return {};
}

sync::SystemRules& Bench::system(std::string_view name) {
    for (sync::SystemRules& system : rules.systems) {
        if (system.id().text() == name) return system;
    }
    SYNCLINE_ASSERT(false);
    return rules.systems.front();
}

Link& Bench::link(std::string_view system) {
    Link* found = aggregate.find_link(SystemId{std::string(system)});
    SYNCLINE_ASSERT(found != nullptr);
    return *found;
}

LinkField& Bench::entry(std::string_view system, std::string_view path) {
    return link(system).fields[id(path)];
}

const FieldState* Bench::standing(std::string_view path) const {
    return aggregate.customer.fields.find(id(path));
}

FieldState& Bench::stands(
    std::string_view path,
    const std::string& text,
    int n,
    const Origin& origin,
    EditInterval interval
) {
    FieldState& state = aggregate.customer.fields[id(path)];
    state = {value(path, text), version(n), origin, interval, Rule::FirstValue};
    return state;
}

LinkField& Bench::holds(
    std::string_view system, std::string_view path, const std::string& text, Base base
) {
    return holds(system, path, raw(path, text), base);
}

LinkField& Bench::holds(std::string_view system, std::string_view path, RawFields raw, Base base) {
    LinkField& of = entry(system, path);
    of.shadow = Shadow{std::move(raw), base, at(10)};
    return of;
}

void Bench::said(
    std::string_view system, std::string_view path, const std::string& text, EditInterval interval
) {
    entry(system, path).contribution = Contribution{value(path, text), version(1), interval};
}

Attempt& Bench::wrote(
    std::string_view system,
    std::string_view path,
    const std::string& text,
    int n,
    AttemptState state
) {
    Attempt attempt;
    attempt.id = mint<AttemptId>(at(12), random);
    attempt.state = state;
    attempt.system = SystemId{std::string(system)};
    attempt.entity = "customer";
    attempt.customer = aggregate.customer.id;
    attempt.link = link(system).id;
    attempt.issued_at = at(12);
    if (state == AttemptState::Answered) attempt.answered_at = at(13);
    attempt.expected_token = "5";
    attempt.fields[id(path)] = {value(path, text), raw(path, text), version(n)};
    aggregate.attempts.push_back(std::move(attempt));
    return aggregate.attempts.back();
}

Case& Bench::asks_about(std::string_view path) {
    Case item;
    item.id = mint<CaseId>(at(5), random);
    item.kind = CaseKind::Conflict;
    item.customer = aggregate.customer.id;
    item.field = id(path);
    item.opened_at = at(5);
    aggregate.cases.push_back(std::move(item));
    return aggregate.cases.back();
}

QuarantineItem& Bench::set_aside(
    std::string_view system, std::string_view path, Direction direction, std::uint64_t number
) {
    QuarantineItem item;
    item.id = number;
    item.system = SystemId{std::string(system)};
    item.direction = direction;
    item.link = link(system).id;
    item.customer = aggregate.customer.id;
    if (!path.empty()) item.field = id(path);
    item.first_at = at(5);
    item.last_at = at(5);
    item.version = version(2);
    aggregate.quarantined.push_back(std::move(item));
    return aggregate.quarantined.back();
}

Observation Bench::reading(std::string_view system, RawFields remote_fields) const {
    Observation seen;
    seen.system = SystemId{std::string(system)};
    seen.entity = "customer";
    seen.remote_id = RemoteId{"7"};
    seen.fields = std::move(remote_fields);
    seen.token = "6";
    seen.sent_at = at(20);
    seen.received_at = at(21);
    return seen;
}

sync::AbsorbResult Bench::absorb(const Observation& seen, const sync::AbsorbOptions& options) {
    return sync::absorb(
        rules, aggregate, link(seen.system.text()), seen, options, moment(), effects
    );
}

std::string Bench::shown(Version version) const {
    if (!version.exists()) return "0";
    if (version.number > kPast + 999) return "new";
    return std::to_string(version.number - kPast);
}

std::string Bench::shown(const Base& base) const {
    const bool has_version = base.kind == Base::Kind::Image || base.kind == Base::Kind::Invalid;
    return std::string(kBases.at(static_cast<std::size_t>(base.kind))) +
           (has_version ? shown(base.version) : "");
}

std::string Bench::shown(const FieldValue& value) {
    std::string text;
    for (const auto& part : value.parts)
        text += (text.empty() || !part ? "" : ", ") + part.value_or("");
    return text.empty() ? "(cleared)" : text;
}

std::string Bench::standing_text(std::string_view path) const {
    const FieldState* state = standing(path);
    if (state == nullptr) return "nothing";
    return shown(state->value) + " " + shown(state->version) + " " + state->origin.name;
}

std::string Bench::said_text(std::string_view system, std::string_view path) const {
    const Link* of = aggregate.find_link(SystemId{std::string(system)});
    const LinkField* entry = of != nullptr ? of->fields.find(id(path)) : nullptr;
    return entry != nullptr && entry->contribution ? shown(entry->contribution->value) : "nothing";
}

std::vector<std::string> Bench::attempts_left() const {
    std::vector<std::string> lines;
    for (const Attempt& attempt : aggregate.attempts) {
        for (const auto& [field_id, sent] : attempt.fields)
            lines.push_back(
                std::string(kStates.at(static_cast<std::size_t>(attempt.state))) + " " +
                shown(sent.version) + " " + fields.at(field_id).path
            );
    }
    return lines;
}

std::vector<std::string> Bench::journal() const {
    std::vector<std::string> lines;
    for (const FieldChange& change : effects.changes) {
        lines.push_back(
            std::string(name(change.kind)) + " " + std::string(name(change.rule)) + " " +
            change.origin.name + " " + (change.after ? shown(*change.after) : "?")
        );
    }
    return lines;
}

std::vector<std::string> Bench::set_aside_now() const {
    std::vector<std::string> lines;
    for (const QuarantineItem& item : effects.quarantined) {
        const std::string path = item.field == FieldId{} ? "record" : fields.at(item.field).path;
        lines.push_back((item.direction == Direction::Inbound ? "inbound " : "outbound ") + path);
    }
    return lines;
}

std::vector<std::string> Bench::open_cases() const {
    std::vector<std::string> lines;
    for (const Case& item : aggregate.cases) {
        if (!item.is_open()) continue;
        const Field* of = fields.find(item.field);
        lines.push_back(std::string(name(item.kind)) + (of != nullptr ? " " + of->path : ""));
    }
    return lines;
}

RawFields text_field(const std::string& remote, const std::string& text) {
    RawFields fields;
    fields[remote] = RawValue::of_text(text);
    return fields;
}

PolicySetting policy(std::string_view pattern, PolicyKind kind) {
    PolicySetting setting;
    setting.pattern = std::string(pattern);
    setting.kind = kind;
    setting.on_undecided = Undecided::Order;
    return setting;
}

Bench::Adjust with_policy(const PolicySetting& policy) {
    return [policy](HubSetting& hub) { hub.policies.push_back(policy); };
}

std::ostream& operator<<(std::ostream& out, const AbsorbRow& row) {
    return out << row.name;
}

namespace {

Bench::Adjust adjusted(const AbsorbRow& row) {
    return [&row](HubSetting& hub) {
        mapped(hub.systems[1], kName).limit_characters = 8;
        for (MappedFieldSetting& entry : hub.systems[1].mapping) {
            if (entry.field == row.path) entry.direction = row.direction;
        }
        if (!row.by) return;
        PolicySetting chosen = policy(row.path, *row.by);
        chosen.systems = row.authorities;
        hub.policies.insert(hub.policies.begin(), chosen);
    };
}

void remember(Bench& bench, const AbsorbRow& row) {
    const Origin erp = Origin::of(SystemId{"erp"});
    if (row.stands) bench.stands(row.path, *row.stands, 2, erp, Bench::between(5, 15));
    if (row.shadow) bench.holds("books", row.path, *row.shadow, row.base);
    if (row.said) bench.said("books", row.path, *row.said);
    bench.entry("books", row.path).ignored_pushes = row.ignored;
    for (const AbsorbRow::Sent& sent : row.sent)
        bench.wrote("books", row.path, sent.text, sent.version, sent.state);
    if (row.also) row.also(bench);
}

}  // namespace

void expect_row(const AbsorbRow& row) {
    const bool is_set = row.by == PolicyKind::Union;
    Bench bench({"erp", "books", "desk"}, adjusted(row), is_set ? row.path : std::string_view{});
    remember(bench, row);
    const std::string stood = bench.standing_text(row.path);
    const std::string said = bench.said_text("books", row.path);
    Observation seen = bench.reading("books", bench.raw(row.path, row.read));
    if (row.read_null) seen.fields.begin()->second = RawValue::null();
    seen.token = row.token;
    sync::AbsorbOptions options;
    options.retry_quarantined = row.retry;
    if (row.is_answer) options.answers = bench.aggregate.attempts.back().id;

    const sync::AbsorbResult result = bench.absorb(seen, options);

    ASSERT_EQ(result.lines.size(), 1U);
    EXPECT_EQ(result.lines.front().second, row.line);
    const LinkField& entry = bench.entry("books", row.path);
    ASSERT_TRUE(entry.shadow.has_value());
    EXPECT_TRUE(entry.shadow->raw == seen.fields);
    EXPECT_EQ(entry.shadow->seen_at, seen.sent_at);
    EXPECT_EQ(bench.shown(entry.shadow->base), row.after);
    EXPECT_EQ(bench.standing_text(row.path), row.stands_after.value_or(stood));
    EXPECT_EQ(bench.effects.customer_touched, row.stands_after.has_value());
    EXPECT_EQ(bench.said_text("books", row.path), row.said_after.value_or(said));
    EXPECT_EQ(bench.attempts_left(), row.attempts);
    EXPECT_EQ(bench.journal(), row.journal);
    EXPECT_EQ(bench.set_aside_now(), row.set_aside);
    EXPECT_EQ(bench.effects.released, row.released);
    EXPECT_EQ(bench.open_cases(), row.cases);
    EXPECT_EQ(int{entry.ignored_pushes}, int{row.ignored_after});
    const bool differs = row.line != sync::AbsorbLine::Unchanged || row.token != "5";
    EXPECT_EQ(
        bench.effects.touched_links.contains(bench.link("books").id),
        differs || row.ignored_after != row.ignored
    );
}

}  // namespace syncline::testing
