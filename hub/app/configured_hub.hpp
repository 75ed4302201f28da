#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "model/field.hpp"
#include "model/settings.hpp"
#include "sync/run/engine.hpp"

#include <memory>
#include <string>
#include <vector>

namespace syncline::app {

/// The configuration of a hub, checked, without its keys and store: there need be none yet. Also
/// the systems that are only observed.
class ConfiguredHub {
public:
    /// ConfigInvalid, with every mistake, where it cannot be used.
    static Result<std::unique_ptr<ConfiguredHub>> read(const Places& places);
    ConfiguredHub(const ConfiguredHub&) = delete;
    ConfiguredHub& operator=(const ConfiguredHub&) = delete;

    const HubSetting& setting() const noexcept { return setting_; }
    const FieldTable& fields() const noexcept { return fields_; }
    const std::vector<sync::SystemRules>& systems() const noexcept { return rules_->rules.systems; }
    /// NotFound for another name. Borrowed from the hub.
    Result<const sync::SystemRules*> system(const std::string& id) const;

private:
    ConfiguredHub() = default;
    HubSetting setting_;
    FieldTable fields_;
    std::unique_ptr<sync::CompiledRules> rules_;
};

}  // namespace syncline::app
