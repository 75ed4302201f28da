#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace syncline::connect {

/// What a connector says about itself without being run: the file beside its library
/// (docs/reference/connector-manifest.md).
struct Manifest {
    std::string id;     ///< "org.syncline.sql"
    std::string alias;  ///< "sql"
    std::string title;
    std::string version;
    std::filesystem::path library;
    std::vector<std::string> path_settings;        ///< JSON Pointers of settings that name files
    codec::Json settings = codec::Json::object();  ///< JSON Schema of its settings
    std::vector<std::string> messages;             ///< what it may say in the log: ListedMessage
    /// Mediated HTTP, when `base_url` is not empty.
    std::string base_url;                        ///< JSON Pointer of the setting that holds it
    std::string base_path;                       ///< appended: "/REST/2.0"
    std::map<std::string, std::string> headers;  ///< "authorization": "token {/token}"
};

/// All connectors in a folder, by file name. Broken manifests are skipped and named in `problems`.
std::vector<Manifest> list_connectors(
    const std::filesystem::path& folder, std::vector<Error>& problems
);

/// The connector with this id or alias. PluginUnusable, with the nearest name, when there is none.
Result<Manifest> find_connector(const std::filesystem::path& folder, const std::string& name);

/// Settings with references resolved: {"$file": path} and {"$secret": "file:path" | "env:NAME" |
/// "credential:name"} become their texts, and path settings become absolute. Relative paths are
/// below `base`. ConfigInvalid names the setting, never a value.
Result<codec::Json> resolve_settings(
    const std::string& settings_json, const Manifest& manifest, const std::filesystem::path& base
);

/// The text that "file:path", "env:NAME" or "credential:name" refers to. ConfigInvalid says why
/// there is none, never a value.
Result<std::string> read_secret(const std::string& reference, const std::filesystem::path& base);

/// The setting that a JSON Pointer of a manifest names, or nothing.
const codec::Json* find_setting(const codec::Json& settings, const std::string& pointer);

/// "token {/token}" with each {JSON Pointer} replaced by that setting. ConfigInvalid when it is
/// missing.
Result<std::string> fill_template(const std::string& pattern, const codec::Json& settings);

}  // namespace syncline::connect
