#pragma once

#include "app/dialog.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

#include <functional>
#include <string>
#include <vector>

namespace syncline::app {

/// "a, b" -> "a", "b": a list as a person types it.
std::vector<std::string> comma_separated(const std::string& text);

/// Keeps a secret that was typed, and returns what refers to it: "file:../secrets/erp.password".
using KeepSecret =
    std::function<Result<std::string>(const std::string& setting, const std::string& secret)>;

/// Asks for the settings that a connector's manifest describes as a JSON Schema: what is required,
/// one alternative of several, then, if wanted, what has a default. `entity` is the key of settings
/// by entity. Secrets become references.
Result<codec::Json> ask_settings(
    Dialog& dialog,
    const codec::Json& schema,
    const std::string& entity,
    const KeepSecret& keep_secret
);

/// Puts a value that was given as text to its place in `settings`: "database.sqlite=erp.db". What
/// the schema says is a number, a boolean or a list (by commas) becomes one; JSON is taken as it is
/// where the schema wants an object. UsageInvalid names the setting that the connector does not
/// have.
Result<void> set_setting(
    codec::Json& settings, const codec::Json& schema, const std::string& assignment
);

}  // namespace syncline::app
