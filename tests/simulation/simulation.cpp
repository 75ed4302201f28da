#include "simulation/simulation.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncline::testing {
namespace {

constexpr int kEvents = 160;

/// The hub dies here.
struct Crash {};

std::string digits(std::uint64_t number, std::size_t width) {
    std::string text = std::to_string(number % 10'000'000);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

/// The same telephone number, written in another way.
std::string respelled(const std::string& phone) {
    if (!phone.starts_with("+32") || phone.find(' ') != phone.npos) return phone;
    return "+32 " + phone.substr(3, 1) + " " + phone.substr(4);
}

/// A Belgian VAT number that its check digits accept.
std::string vat_number(std::uint64_t n) {
    const std::uint64_t base = 4'000'000 + n;
    const std::uint64_t check = 97 - base % 97;
    return "BE0" + digits(base, 7) + (check < 10 ? "0" : "") + std::to_string(check);
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& simulated_fields() {
    static const std::vector<std::pair<std::string, std::string>> fields{
        {"name", "name"},
        {"emails.main.address", "email"},
        {"phones.main.number", "phone"},
        {"addresses.billing.city", "city"}};
    return fields;
}

namespace {

/// What follows in a system when records are deleted in it, or elsewhere.
void draw_reactions(SeededRandom& random, SystemSetting& setting) {
    setting.when_gone = static_cast<WhenGone>(random.below(5));
    setting.rights.remove = random.one_in(2);
    setting.on_delete = static_cast<OnDelete>(random.below(setting.rights.remove ? 4 : 3));
}

}  // namespace

std::vector<Member> Simulation::draw_members(SeededRandom& random) {
    static const std::vector<std::string> names{"erp", "books", "desk", "shop", "crm", "supplier"};
    const std::size_t count = 2 + random.below(5);
    std::vector<Member> members;
    for (std::size_t i = 0; i < count; ++i) {
        FakeSystem::Character character;
        character.version =
            random.one_in(2) ? connect::VersionKind::Opaque : connect::VersionKind::Ordered;
        character.states_what_it_stored = !random.one_in(3);
        character.incremental = random.one_in(2);
        character.always_lists = {"name", "email", "phone", "city", "vat"};
        character.ids_are_planned = random.one_in(3);
        character.upper_cases = random.one_in(4);
        if (random.one_in(4)) character.cut_at = 14;
        if (random.one_in(4)) character.unique = "email";
        if (random.one_in(4)) {  // nothing tells a write that its record changed meanwhile
            character.conditional_write = false;
            if (random.one_in(2)) character.version = connect::VersionKind::None;
        }
        if (random.one_in(4)) character.stale_for = std::chrono::seconds{2};
        if (random.one_in(6) && !character.upper_cases && character.states_what_it_stored)
            character.rewrites = "city";
        character.tells_merges = random.one_in(2);
        character.tells_times = random.one_in(2);
        const bool deferred = i + 1 == count && count > 2 && random.one_in(3);
        if (deferred) {
            const auto columns = std::move(character.always_lists);
            character = {};
            character.always_lists = columns;
            character.deferred = true;
            character.version = connect::VersionKind::None;
        }
        Member made = member(names[i], character);
        if (random.one_in(6) && !deferred)  // its people may not change it
            mapped(made.setting, "addresses.billing.city").direction = MappingDirection::Out;
        if (!deferred) draw_reactions(random, made.setting);
        if (!character.unique.empty()) mapped(made.setting, "emails.main.address").unique = true;
        if (character.upper_cases) {  // declared, so that its images are known as such
            LensSetting upper;
            upper.name = "upper";
            mapped(made.setting, "addresses.billing.city").lenses = {upper};
        }
        if (deferred) {
            made.setting.rights.create = false;
            made.setting.scope.linked_only = true;
        }
        if (character.cut_at != 0)
            mapped(made.setting, "name").limit_characters =
                static_cast<std::uint32_t>(character.cut_at);
        members.push_back(std::move(made));
    }
    return members;
}

void Simulation::adjust(HubSetting& hub) {
    hub.deletes = {};
    draw_policies(hub);
}

void Simulation::draw_policies(HubSetting& hub) {
    hub.policies.clear();
    for (const char* pattern : {"*", "emails.main.address", "phones.main.number"}) {
        PolicySetting policy;
        policy.pattern = pattern;
        switch (random_.below(5)) {
            case 0:
                policy.kind = PolicyKind::Authority;
                policy.systems = {hub.order[random_.below(hub.order.size())]};
                break;
            case 1:
                policy.kind = PolicyKind::Keep;
                break;
            case 2:
                policy.kind = PolicyKind::Review;
                break;
            default:
                policy.kind = PolicyKind::Newest;
                policy.on_undecided = random_.one_in(2) ? Undecided::Order : Undecided::Review;
        }
        hub.policies.push_back(policy);
    }
}

Simulation::Simulation(std::uint64_t seed, Trace trace, std::set<int> without)
    : random_(seed), keep_(trace), without_(std::move(without)) {
    outcome_.seed = seed;
    outcome_.trace_hash = 0xCBF29CE484222325ULL;
    std::vector<Member> members = draw_members(random_);
    for (const Member& member : members) {
        names_.push_back(member.setting.id.text());
        characters_[names_.back()] = member.character;
    }
    restores_ = draw_restores(seed);
    world_ = std::make_unique<World>(
        std::move(members),
        [this](HubSetting& hub) { adjust(hub); },
        restores_.of_hub ? Memory::OnDisk : Memory::InMemory
    );
}

Simulation::~Simulation() = default;

void Simulation::note(const std::string& event) {
    for (const char c : event) {  // FNV-1a
        outcome_.trace_hash ^= static_cast<unsigned char>(c);
        outcome_.trace_hash *= 0x100000001B3ULL;
    }
    if (keep_ == Trace::Keep) outcome_.trace.push_back(event);
}

/// What the hub said since the last time.
void Simulation::note_progress() {
    static const char* const words[] = {
        "pulled",
        "pushed",
        "created",
        "deleted",
        "gone",
        "linked",
        "conflict",
        "review",
        "quarantined",
        "trouble",
        "stopped"};
    for (const sync::Progress& progress : std::exchange(world_->told, {})) {
        std::string event = std::string("  ") + words[static_cast<std::size_t>(progress.kind)] +
                            " " + progress.system.text() + ":" + progress.remote_id.text();
        for (const std::string& field : progress.fields)
            event += " " + field;
        note(event);
    }
}

FakeSystem& Simulation::any_system() {
    return (*world_)[names_[random_.below(names_.size())]];
}

std::string Simulation::new_value(const std::string& field) {
    const std::uint64_t n = next_value_++;
    if (field == "name") return "Klant " + digits(n, 5) + (random_.one_in(2) ? " en Zonen" : "");
    if (field == "email") return "post" + std::to_string(n) + "@klant.example";
    if (field == "phone") return "+322555" + digits(n, 4);
    return "Stad " + std::to_string(n);
}

std::string Simulation::told_elsewhere(
    const std::string& system,
    const std::map<std::string, std::string>& record,
    const std::string& field
) {
    const auto vat = record.find("vat");
    if (vat == record.end() || vat->second.empty()) return {};
    for (const std::string& other : names_) {
        if (other == system) continue;
        for (const auto& [id, fields] : (*world_)[other].records()) {
            const auto same = fields.find("vat");
            const auto held = fields.find(field);
            if (same != fields.end() && same->second == vat->second && held != fields.end())
                return held->second;
        }
    }
    return {};
}

void Simulation::add_customer() {
    // Now and then somebody enters a customer that another system has already.
    const bool known = !people_.empty() && random_.one_in(3);
    const std::size_t who = known ? random_.below(people_.size()) : people_.size();
    if (!known) people_.push_back({vat_number(who + 1), {}});
    Person& person = people_[who];
    const std::string system = names_[random_.below(names_.size())];
    // The hub may have made it there meanwhile; its people would see that.
    for (const auto& [id, fields] : (*world_)[system].records()) {
        const auto vat = fields.find("vat");
        if (vat != fields.end() && vat->second == person.vat) return;
    }
    if (person.records.contains(system)) return;
    std::map<std::string, std::string> fields{{"vat", person.vat}};
    for (const auto& [path, remote] : simulated_fields()) {
        if (remote == "name" || !random_.one_in(3)) fields[remote] = new_value(remote);
    }
    person.records[system] = (*world_)[system].add(fields);
    note("add " + system + ":" + person.records[system].text());
}

void Simulation::edit_record() {
    const std::string system = names_[random_.below(names_.size())];
    FakeSystem& place = (*world_)[system];
    const auto records = place.records();
    if (records.empty()) return;
    const auto record =
        std::next(records.begin(), static_cast<std::ptrdiff_t>(random_.below(records.size())));
    const auto& fields = simulated_fields();
    const std::string& field = fields[random_.below(fields.size())].second;
    std::string value = new_value(field);
    if (random_.one_in(10) && field != "name") value.clear();
    if (random_.one_in(10) && field == "phone") value = "ask Piet " + std::to_string(next_value_);
    const auto held = record->second.find("phone");
    if (random_.one_in(6) && field == "phone" && held != record->second.end())
        value = respelled(held->second);
    if (random_.one_in(5)) {  // back to something typed before
        for (const FakeSystem::Authored& typed : place.authored()) {
            if (typed.id == record->first && typed.field == field && random_.one_in(2))
                value = typed.value;
        }
    }
    if (random_.one_in(6)) {
        const std::string told = told_elsewhere(system, record->second, field);
        if (!told.empty()) value = told;
    }
    // A unique field takes no value that another record has, whoever types it.
    const bool is_taken = field == characters_[system].unique && !value.empty() &&
                          std::any_of(records.begin(), records.end(), [&](const auto& other) {
                              const auto has = other.second.find(field);
                              return other.first != record->first && has != other.second.end() &&
                                     has->second == value;
                          });
    if (is_taken) return;
    place.edit(record->first, field, value);
    note("edit " + system + ":" + record->first.text() + "." + field + "=" + value);
}

void Simulation::remove_or_restore() {
    const std::string system = names_[random_.below(names_.size())];
    if (characters_[system].deferred) return;
    for (Person& person : people_) {
        const auto record = person.records.find(system);
        if (record == person.records.end() || !random_.one_in(people_.size())) continue;
        const auto records = (*world_)[system].records();
        const bool is_there = records.contains(record->second);
        const bool is_there_again =
            std::any_of(records.begin(), records.end(), [&](const auto& other) {
                const auto vat = other.second.find("vat");
                return vat != other.second.end() && vat->second == person.vat;
            });
        if (!is_there && is_there_again) return;  // the hub made it anew before it was known
        if (is_there)
            (*world_)[system].remove(record->second);
        else
            (*world_)[system].restore(record->second);
        note((is_there ? "remove " : "restore ") + system + ":" + record->second.text());
        return;
    }
}

/// Somebody merges two records of one system there.
void Simulation::merge_remotely() {
    const std::string system = names_[random_.below(names_.size())];
    const auto records = (*world_)[system].records();
    if (records.size() < 2 || characters_[system].deferred) return;
    const auto pick = [&] {
        return std::next(
            records.begin(), static_cast<std::ptrdiff_t>(random_.below(records.size()))
        );
    };
    const auto lost = pick();
    const auto kept = pick();
    if (lost == kept) return;
    for (const auto& record : {lost, kept}) {
        const auto vat = record->second.find("vat");
        if (vat != record->second.end()) by_hand_.insert(vat->second);
    }
    (*world_)[system].merge(lost->first, kept->first);
    note("merge " + system + ":" + lost->first.text() + " into " + kept->first.text());
}

void Simulation::people_act() {
    if (people_.size() < 2 || random_.one_in(8)) {
        add_customer();
        if (random_.one_in(2)) something_breaks();  // new records are what is made twice
    } else if (random_.one_in(20)) {
        remove_or_restore();
    } else if (random_.one_in(60)) {
        merge_remotely();
    } else {
        edit_record();
    }
}

void Simulation::something_breaks() {
    if (random_.one_in(8)) {
        const std::chrono::minutes ahead{static_cast<int>(random_.below(120)) - 60};
        any_system().put_clock_ahead_by(ahead);
        ++outcome_.faults;
        note("clock " + std::to_string(ahead.count()));
        return;
    }
    FakeSystem::Faults& faults = any_system().faults();
    int FakeSystem::Faults::*const kinds[] = {
        &FakeSystem::Faults::read_fails,
        &FakeSystem::Faults::write_lost_before,
        &FakeSystem::Faults::write_lost_after,
        &FakeSystem::Faults::write_never_sent,
        &FakeSystem::Faults::refuse_field,
        &FakeSystem::Faults::ignore_write,
        &FakeSystem::Faults::lookup_fails,
        &FakeSystem::Faults::write_lingers,
        &FakeSystem::Faults::stale_reads};
    const std::size_t kind = random_.below(std::size(kinds));
    faults.*kinds[kind] += 1 + static_cast<int>(random_.below(3));
    ++outcome_.faults;
    note("fault " + std::to_string(kind));
}

void Simulation::late_requests_land() {
    FakeSystem& system = any_system();
    if (random_.one_in(2))
        system.let_lingering_writes_land();
    else
        system.take_in_corrections();
    note("late");
}

bool Simulation::lives_through(const std::function<void()>& what) {
    static const std::vector<std::string> points{
        "commit.before",
        "commit.after",
        "checkpoint.after",
        "call.before",
        "call.after",
        "settle.after"};
    const bool dies = random_.one_in(6);
    const std::string point = points[random_.below(points.size())];
    std::uint64_t left = 1 + random_.below(4);
    world_->failpoint = [&](std::string_view passed) {
        if (dies && passed == point && --left == 0) throw Crash{};
    };
    bool died = false;
    try {
        what();
    } catch (const Crash&) {
        died = true;
        ++outcome_.faults;
        note("crash " + point);
    }
    world_->failpoint = nullptr;
    note_progress();
    if (died) world_->restart();
    return !died;
}

void Simulation::hub_passes() {
    sync::PassOptions options;
    for (const std::string& name : names_) {
        if (random_.one_in(2)) options.systems.emplace_back(name);
    }
    options.believe_missing = random_.one_in(4);  // an operator approved it
    lives_through([&] {
        const sync::PassReport report = world_->engine().pass(options);
        note("pass " + std::to_string(report.changes()));
    });
}

/// Somebody types in the very record that the hub is about to write, after it was read.
void Simulation::edit_during_a_pass() {
    bool is_done = false;
    world_->failpoint = [&](std::string_view passed) {
        if (is_done || passed != "call.before") return;
        for (const Attempt& attempt : world_->store().unsettled_attempts()) {
            const std::vector<LinkId> ids{attempt.link};
            const auto links = world_->store().links_by_id(ids);
            const std::string system = attempt.system.text();
            if (attempt.state != AttemptState::Open || attempt.kind != AttemptKind::Update ||
                links.empty() || !characters_[system].conditional_write ||
                !(*world_)[system].records().contains(links.front().remote_id))
                continue;
            (*world_)[system].edit(links.front().remote_id, "phone", new_value("phone"));
            note("edit during a pass " + system + ":" + links.front().remote_id.text());
            is_done = true;
            return;
        }
    };
    note("pass " + std::to_string(world_->engine().pass({}).changes()));
    world_->failpoint = nullptr;
    note_progress();
}

SimulationOutcome Simulation::run() {
    const Timestamp begun = world_->clock.now();
    outcome_.events = kEvents;
    for (int i = 0; i < kEvents; ++i) {
        if (without_.contains(i)) continue;
        if (keep_ == Trace::Keep)
            outcome_.trace.push_back(
                "#" + std::to_string(i) + " at " + std::to_string(to_unix_ms(world_->clock.now()))
            );
        const Asked held = asked_of_held();
        random_.begin_again(outcome_.seed * 9'000'011 + static_cast<std::uint64_t>(i));
        restores_before(i);
        random_.begin_again(outcome_.seed * 1'000'003 + static_cast<std::uint64_t>(i));
        // Mostly less than a request can linger, now and then a pause.
        const std::uint64_t most = random_.one_in(8) ? 600'000 : 1'500;
        world_->clock.advance(std::chrono::milliseconds{1 + random_.below(most)});
        switch (random_.below(10)) {
            case 0:
                something_breaks();
                break;
            case 1:
                late_requests_land();
                break;
            case 2:
                operator_acts();
                break;
            case 3:
            case 4:
            case 5:
                hub_passes();
                break;
            default:
                people_act();
        }
        check_held(held);
    }
    random_.begin_again(outcome_.seed * 1'000'003 + kEvents + 1);
    if (random_.one_in(2)) edit_during_a_pass();
    random_.begin_again(outcome_.seed * 1'000'003 + kEvents);
    world_->believes_missing = true;
    come_to_rest();
    check_rest();
    check_merge_and_back();
    if (keep_ == Trace::Keep && !outcome_.violations.empty()) tell_memory();
    count_what_was_met();
    for (const std::string& name : names_) {
        outcome_.edits += (*world_)[name].edits();
        outcome_.writes += (*world_)[name].writes();
        for (const auto& [id, fields] : (*world_)[name].records()) {
            for (const auto& [field, value] : fields)
                note(name + ":" + id.text() + "." + field + "=" + value);
        }
    }
    outcome_.simulated = world_->clock.now() - begun;
    return outcome_;
}

}  // namespace syncline::testing
