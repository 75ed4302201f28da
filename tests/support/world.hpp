#pragma once

#include "model/field.hpp"
#include "model/settings.hpp"
#include "support/fake_system.hpp"
#include "support/fakes.hpp"
#include "sync/run/engine.hpp"

#include <memory>
#include <string>
#include <vector>

namespace syncline::testing {

/// Settings of a system that maps name, email, phone, city and vat, one remote field each.
SystemSetting fake_setting(const std::string& id);

/// A hub configuration over fake systems, with the association ladder and policies of the demo.
HubSetting fake_hub(std::vector<SystemSetting> systems);

/// The concrete fields a configuration uses, numbered from 1 in the order they are met.
FieldTable fields_of(const HubSetting& hub);

/// "name" -> its number in fields_of().
FieldId id_of(const FieldTable& fields, std::string_view path);

}  // namespace syncline::testing
