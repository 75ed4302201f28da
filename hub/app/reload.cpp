#include "app/reload.hpp"

#include "codec/configuration.hpp"
#include "model/catalogue.hpp"
#include "sync/run/engine.hpp"

#include <string>

namespace syncline::app {
namespace {

/// "" when a running hub can go on with `next`.
std::string what_needs_a_restart(const HubSetting& now, const HubSetting& next) {
    if (next.id != now.id) return "the hub's id";
    if (next.store_folder != now.store_folder) return "the folder of the store";
    if (next.root_key_file != now.root_key_file) return "the file of the root key";
    return {};
}

}  // namespace

Result<HubSetting> read_successor(const Places& places, const HubSetting& now) {
    SYNCLINE_TRY(HubSetting next, codec::read_configuration(places.folder, Catalogue::customer()));
    SYNCLINE_TRY(const FieldTable fields, fields_in_use(next));
    if (const auto rules = sync::compile_rules(next, fields); !rules) return rules.error();
    const std::string changed = what_needs_a_restart(now, next);
    if (changed.empty()) return next;
    return Error{
        ErrorCode::ConfigInvalid,
        Remedy::Reconfigure,
        (places.folder / "hub.json").string(),
        changed + " cannot change while the hub runs; stop it and start it again"};
}

}  // namespace syncline::app
