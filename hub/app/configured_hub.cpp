#include "app/configured_hub.hpp"

#include "codec/configuration.hpp"
#include "model/catalogue.hpp"

namespace syncline::app {

Result<std::unique_ptr<ConfiguredHub>> ConfiguredHub::read(const Places& places) {
    std::unique_ptr<ConfiguredHub> hub(new ConfiguredHub);
    SYNCLINE_TRY(hub->setting_, codec::read_configuration(places.folder, Catalogue::customer()));
    SYNCLINE_TRY(hub->fields_, fields_in_use(hub->setting_));
    SYNCLINE_TRY(hub->rules_, sync::compile_rules(hub->setting_, hub->fields_));
    return hub;
}

Result<const sync::SystemRules*> ConfiguredHub::system(const std::string& id) const {
    if (const sync::SystemRules* found = rules_->rules.find(SystemId{id})) return found;
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        id,
        "no system has this name; see `syncline systems list`"};
}

}  // namespace syncline::app
