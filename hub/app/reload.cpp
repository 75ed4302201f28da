#include "app/reload.hpp"

#include "app/configured_hub.hpp"

#include <string>

namespace syncline::app {
namespace {

/// "" when a running hub can go on with `next`.
std::string what_needs_a_restart(const HubSetting& now, const HubSetting& next) {
    if (next.id != now.id) return "the hub's id";
    if (next.store_folder != now.store_folder) return "the folder of the store";
    if (next.root_key.file != now.root_key.file ||
        next.root_key.passphrase != now.root_key.passphrase)
        return "what the root key comes from";
    return {};
}

}  // namespace

Result<HubSetting> read_successor(const Places& places, const HubSetting& now) {
    SYNCLINE_TRY(const auto next, ConfiguredHub::read(places));
    const std::string changed = what_needs_a_restart(now, next->setting());
    if (changed.empty()) return next->setting();
    return Error{
        ErrorCode::ConfigInvalid,
        Remedy::Reconfigure,
        (places.folder / "hub.json").string(),
        changed + " cannot change while the hub runs; stop it and start it again"};
}

}  // namespace syncline::app
