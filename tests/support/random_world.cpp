#include "support/random_world.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace syncline::testing {
namespace {

std::string digits(std::uint64_t number, std::size_t width) {
    const std::string text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

/// A Belgian VAT number that its check digits accept.
std::string vat_number(std::uint64_t n) {
    const std::uint64_t base = 5'000'000 + n;
    return "BE0" + digits(base, 7) + digits(97 - base % 97, 2);
}

}  // namespace

std::vector<std::uint64_t> seeds(std::uint64_t count) {
    std::uint64_t first = 1;
    if (const char* wanted = std::getenv("SYNCLINE_SEEDS")) {
        const std::string text(wanted);
        first = std::stoull(text);
        if (const auto colon = text.find(':'); colon != text.npos)
            count = std::stoull(text.substr(colon + 1));
    }
    std::vector<std::uint64_t> all(count);
    std::iota(all.begin(), all.end(), first);
    return all;
}

const std::map<std::string, std::string>& remote_fields() {
    static const std::map<std::string, std::string> fields{
        {"name", "name"},
        {"emails.main.address", "email"},
        {"phones.main.number", "phone"},
        {"addresses.billing.city", "city"},
        {"identifiers.vat.value", "vat"}};
    return fields;
}

Member RandomWorld::draw_member(const std::string& name, bool may_be_deferred) {
    FakeSystem::Character character;
    character.version =
        random_.one_in(2) ? connect::VersionKind::Opaque : connect::VersionKind::Ordered;
    character.states_what_it_stored = !random_.one_in(3);
    character.incremental = random_.one_in(2);
    character.always_lists = {"name", "email", "phone", "city", "vat"};
    character.ids_are_planned = random_.one_in(3);
    character.upper_cases = random_.one_in(4);
    if (random_.one_in(4)) character.cut_at = 14;
    if (random_.one_in(4)) character.unique = "email";
    if (random_.one_in(3)) {
        character.conditional_write = false;
        if (random_.one_in(2)) character.version = connect::VersionKind::None;
    }
    if (random_.one_in(4) && !character.upper_cases && character.states_what_it_stored)
        character.rewrites = "city";
    if (random_.one_in(4)) character.stale_for = std::chrono::seconds{2};
    const bool deferred = may_be_deferred && random_.one_in(3);
    if (deferred) {
        character = {};
        character.deferred = true;
        character.version = connect::VersionKind::None;
        character.always_lists = {"name", "email", "phone", "city", "vat"};
    }
    Member made = member(name, character);
    if (random_.one_in(5) && !deferred)
        mapped(made.setting, "addresses.billing.city").direction = MappingDirection::Out;
    if (random_.one_in(5))
        mapped(made.setting, "phones.main.number").direction = MappingDirection::In;
    if (!character.unique.empty()) mapped(made.setting, "emails.main.address").unique = true;
    if (character.upper_cases) {
        LensSetting upper;
        upper.name = "upper";
        mapped(made.setting, "addresses.billing.city").lenses = {upper};
    }
    if (character.cut_at != 0)
        mapped(made.setting, "name").limit_characters =
            static_cast<std::uint32_t>(character.cut_at);
    if (deferred) {
        made.setting.rights.create = false;
        made.setting.scope.linked_only = true;
    }
    return made;
}

RandomWorld::RandomWorld(std::uint64_t seed, Memory memory) : random_(seed) {
    static const std::vector<std::string> names{"erp", "books", "desk", "supplier"};
    const std::size_t count = 2 + random_.below(3);
    std::vector<Member> members;
    for (std::size_t i = 0; i < count; ++i) {
        names_.push_back(names[i]);
        members.push_back(draw_member(names[i], i > 1));
        characters_[names[i]] = members.back().character;
    }
    const bool asks = random_.one_in(3);
    world_ = std::make_unique<World>(
        std::move(members),
        [&](HubSetting& hub) {
            PolicySetting phone;
            phone.pattern = "phones.main.number";
            phone.kind = asks ? PolicyKind::Review : PolicyKind::Newest;
            phone.on_undecided = Undecided::Order;
            hub.policies.push_back(phone);
        },
        memory
    );
    for (std::uint64_t i = 3 + random_.below(8); i > 0; --i)
        add_customer();
}

std::string RandomWorld::new_value(const std::string& remote) {
    const std::uint64_t n = ++values_;
    if (remote == "email") return "mail" + std::to_string(n) + "@customer.example";
    if (remote == "phone") return "+322555" + digits(n, 4);
    if (remote == "vat") return vat_number(500'000 + n);
    if (remote == "city") return "Town " + std::to_string(n);
    return std::to_string(n) + " Incorporated Company";
}

void RandomWorld::add_customer() {
    const std::uint64_t n = ++customers_;
    std::map<std::string, std::string> fields{
        {"name", digits(n, 3) + " Acme and Sons"},
        {"email", "info" + std::to_string(random_.one_in(6) ? 1 : n) + "@acme.example"},
        {"phone", random_.one_in(4) ? "" : new_value("phone")},
        {"city", random_.one_in(4) ? "" : new_value("city")},
        {"vat", random_.one_in(3) ? "" : vat_number(n)}};
    for (const std::string& name : names_) {
        if (name != names_.front() && !random_.one_in(2)) continue;
        if (random_.one_in(4)) fields["phone"] = new_value("phone");
        (*world_)[name].add(fields);
    }
}

RemoteId RandomWorld::any_record(const std::string& system) {
    std::vector<RemoteId> ids;
    for (const auto& [id, fields] : (*world_)[system].records()) {
        if (!unreadable_[system][id]) ids.push_back(id);
    }
    return ids.empty() ? RemoteId{} : ids[random_.below(ids.size())];
}

void RandomWorld::edit_something() {
    static const std::vector<std::string> remotes{"name", "email", "phone", "city"};
    const std::string system = any_system();
    const RemoteId id = any_record(system);
    if (id.empty()) return;
    const std::string& remote = remotes[random_.below(remotes.size())];
    std::string value = new_value(remote);
    if (remote != "name" && random_.one_in(6)) value.clear();
    if (remote == "phone" && random_.one_in(5)) value = "ask " + std::to_string(random_.below(9));
    (*world_)[system].edit(id, remote, value);
}

void RandomWorld::cause_trouble() {
    const std::string name = any_system();
    FakeSystem& system = (*world_)[name];
    FakeSystem::Faults& faults = system.faults();
    const RemoteId id = any_record(name);
    switch (random_.below(8)) {
        case 0:
            faults.write_lost_before = 1;
            return;
        case 1:
            faults.write_lost_after = 1;
            return;
        case 2:
            faults.refuse_field = 1;
            return;
        case 3:
            faults.write_never_sent = 1;
            return;
        case 4:
            faults.read_fails = 1;
            return;
        case 5:
            if (!id.empty() && !characters_.at(name).deferred) system.remove(id);
            return;
        case 6:
            if (!id.empty()) {
                system.make_unreadable(id, "cannot be read");
                unreadable_[name][id] = true;
            }
            return;
        default:
            system.take_in_corrections();
            return;
    }
}

void RandomWorld::live(int events) {
    for (int i = 0; i < events; ++i) {
        switch (random_.below(8)) {
            case 0:
                add_customer();
                break;
            case 1:
                cause_trouble();
                break;
            case 2:
            case 3:
                world_->pass();
                break;
            default:
                edit_something();
                break;
        }
    }
    for (const std::string& name : names_)
        (*world_)[name].faults() = {};
}

}  // namespace syncline::testing
