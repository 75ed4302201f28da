#pragma once

#include "app/mapping_proposal.hpp"
#include "codec/json.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::app {

/// What a person says about a system that is to be connected.
struct NewSystem {
    std::string id;
    std::string title;
    std::string connector;  ///< alias
    codec::Json settings = codec::Json::object();
    RightsSetting rights;
    bool linked_only = false;
    std::vector<ProposedField> mapping;
};

/// "" when `answer` can be the name of a system of this hub.
std::string what_is_wrong_with_system(const HubSetting& hub, const std::string& answer);

/// The text of its file: observed until it is released.
std::string system_file_text(const NewSystem& system);

/// The text of hub.json with the system as the authority over these fields: in front of the systems
/// that have a say in a field by its own policy, else with a policy that is new. `file_name`, from
/// the folder of the hub, is added to the systems when no pattern there names it.
Result<std::string> with_system(
    const std::string& hub_file,
    const HubSetting& hub,
    const std::string& system,
    const std::string& file_name,
    const std::vector<std::string>& owned
);

/// The fields of the first rung by which records with these fields find their customer; "" when
/// there is none, so that each would become a customer of its own.
std::string rung_for(const HubSetting& hub, const std::vector<ProposedField>& mapping);

}  // namespace syncline::app
