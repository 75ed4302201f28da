#include "support/world.hpp"

#include "base/assert.hpp"

#include <map>
#include <set>
#include <utility>

namespace syncline::testing {

SystemSetting fake_setting(const std::string& id) {
    SystemSetting system;
    system.id = SystemId{id};
    system.title = id;
    system.connector = "fake";
    system.settings_json = "{}";
    system.default_country = "BE";
    system.rights = {true, true, false};
    system.file = id + ".json";
    const std::vector<std::pair<std::string, std::string>> mapped{
        {"name", "name"},
        {"emails.main.address", "email"},
        {"phones.main.number", "phone"},
        {"addresses.billing.city", "city"},
        {"identifiers.vat.value", "vat"},
    };
    for (const auto& [field, remote] : mapped) {
        MappedFieldSetting entry;
        entry.field = field;
        entry.remotes = {remote};
        entry.where = id + ".json:1";
        system.mapping.push_back(std::move(entry));
    }
    return system;
}

HubSetting fake_hub(std::vector<SystemSetting> systems) {
    HubSetting hub;
    hub.id = "test";
    hub.default_country = "BE";
    for (const SystemSetting& system : systems)
        hub.order.push_back(system.id);
    hub.systems = std::move(systems);
    PolicySetting newest;
    newest.pattern = "*";
    newest.on_undecided = Undecided::Order;
    PolicySetting email;
    email.pattern = "emails.main.address";
    email.on_undecided = Undecided::Review;
    hub.policies = {newest, email};
    RungSetting by_vat;
    by_vat.match = {"identifiers.vat.value"};
    by_vat.then = RungSetting::Then::Link;
    RungSetting by_email;
    by_email.match = {"emails.main.address", "name"};
    by_email.then = RungSetting::Then::Link;
    hub.association = {by_vat, by_email};
    return hub;
}

FieldTable fields_of(const HubSetting& hub) {
    std::map<std::string, FieldId, std::less<>> numbers;
    const auto number_of = [&](std::string_view path) {
        const auto [entry, is_new] = numbers.try_emplace(
            std::string(path), FieldId{static_cast<std::uint32_t>(numbers.size() + 1)}
        );
        return entry->second;
    };
    std::set<std::string> seen;
    std::vector<Field> fields;
    for (const SystemSetting& system : hub.systems) {
        for (const MappedFieldSetting& entry : system.mapping) {
            auto field = make_field(Catalogue::customer(), entry.field, number_of);
            SYNCLINE_ASSERT(field.has_value());
            if (seen.insert(field->path).second) fields.push_back(*std::move(field));
        }
    }
    return FieldTable{std::move(fields)};
}

FieldId id_of(const FieldTable& fields, std::string_view path) {
    const Field* field = fields.find(path);
    SYNCLINE_ASSERT(field != nullptr);
    return field->id;
}

}  // namespace syncline::testing
