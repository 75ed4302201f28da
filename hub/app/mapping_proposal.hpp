#pragma once

#include "codec/json.hpp"
#include "connect/connection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace syncline::app {

/// One entry of a mapping, as it stands in a system file.
struct ProposedField {
    std::string field;   ///< "phones.main.number"
    std::string remote;  ///< "telefon"
    codec::Json lens = codec::Json::array();
    bool is_writable = true;  ///< else it is mapped with direction in
};

/// What a remote field most likely is, by its name in English, German, French or Dutch and a few
/// habits of legacy systems ("cust_phone_no"). Nothing for a name that says too little.
std::optional<ProposedField> propose_field(const connect::Capabilities::RemoteField& remote);

/// A proposal for every remote field that has one; for each field of the customer only the first.
std::vector<ProposedField> propose_mapping(const connect::Capabilities& can);

/// The lenses that a field is usually read with.
codec::Json usual_lens(const std::string& field);

}  // namespace syncline::app
