#pragma once

#include "app/workspace.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "sync/run/engine.hpp"

#include <string>

namespace syncline::app {

/// Carries out what a person decides about whole records: "merge_records", "unmerge_records",
/// "link_record", "unlink_record", "delete_record", "undelete_record". With "preview": true nothing
/// is kept. nullptr when `operation` is none of these.
using RecordOperation =
    Result<codec::Json> (*)(sync::Engine&, Workspace&, const codec::Json& params);
RecordOperation record_operation(const std::string& operation);

/// "if_version" of a decision: the version that its user was shown. Throws Json::exception, as
/// `get` does, when it is no number.
sync::IfVersion wanted_version(const codec::Json& params);

}  // namespace syncline::app
