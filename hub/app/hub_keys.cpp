#include "app/hub_keys.hpp"

#include "app/root_key.hpp"
#include "codec/configuration.hpp"
#include "model/catalogue.hpp"

#include <utility>

namespace syncline::app {

Result<HubKeys> open_keys(const Places& places, const std::filesystem::path& copy, Clock& clock) {
    SYNCLINE_TRY(HubSetting hub, codec::read_configuration(places.folder, Catalogue::customer()));
    if (auto whole = expect_no_unfinished_restore(hub); !whole) return whole.error();
    SYNCLINE_TRY(const vault::RootKeySource root, root_key_of(hub));
    auto vault = copy.empty() ? vault::Vault::open(hub.store_folder, root, hub.id, clock)
                              : vault::Vault::open_copy(copy, root, hub.id, clock);
    if (!vault) return vault.error();
    return HubKeys{std::move(hub), std::move(vault).value()};
}

}  // namespace syncline::app
