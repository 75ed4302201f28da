#include "connect/manifest.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

namespace syncline::connect {
namespace {

namespace fs = std::filesystem;
using codec::Json;

constexpr std::size_t kMaxTextBytes = 65'536;  ///< of a manifest or a secret

std::optional<std::string> read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || fs::is_directory(file, ignored)) return std::nullopt;
    std::string text(kMaxTextBytes + 1, '\0');  // no more of a file that has no end
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxTextBytes) return std::nullopt;
    return std::string(trimmed(text));
}

Error invalid(const std::string& where, std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, where, std::move(detail)};
}

/// JSON Pointers in a manifest: as settings paths and as {/path} in header templates.
bool has_broken_pointer(const Manifest& manifest) {
    const auto is_broken = [](std::string_view pointer) {
        return !pointer.starts_with('/') || pointer.find('~') != std::string_view::npos;
    };
    if (!manifest.base_url.empty() && is_broken(manifest.base_url)) return true;
    for (const std::string& pointer : manifest.path_settings) {
        if (is_broken(pointer)) return true;
    }
    for (const auto& [name, pattern] : manifest.headers) {
        for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
            if (is_broken(std::string_view(pattern).substr(at + 1))) return true;
        }
    }
    return false;
}

Result<Manifest> read_manifest(const fs::path& file) {
    const auto text = read_text(file);
    if (!text) {
        return Error{
            ErrorCode::PluginUnusable, Remedy::Reconfigure, file.string(), "it cannot be read"};
    }
    auto parsed = codec::parse_json(*text);
    const auto unusable = [&](const std::string& detail) {
        return Error{ErrorCode::PluginUnusable, Remedy::Reconfigure, file.string(), detail};
    };
    if (!parsed || !parsed->is_object()) return unusable("the manifest is not a JSON object");
    const Json& json = *parsed;
    Manifest manifest;
    try {
        manifest.id = json.at("id").get<std::string>();
        manifest.alias = json.value("alias", manifest.id);
        manifest.title = json.value("title", manifest.id);
        manifest.version = json.at("version").get<std::string>();
        manifest.path_settings = json.value("path_settings", std::vector<std::string>{});
        manifest.settings = json.value("settings", Json::object());
        manifest.messages = json.value("messages", std::vector<std::string>{});
        if (const auto http = json.find("http"); http != json.end()) {
            manifest.base_url = http->at("base_url").get<std::string>();
            manifest.base_path = http->value("base_path", "");
            manifest.headers = http->value("headers", std::map<std::string, std::string>{});
        }
    } catch (const Json::exception&) {
        return unusable("the manifest lacks id or version, or a value has the wrong type");
    }
    if (has_broken_pointer(manifest))
        return unusable("a setting is named by a JSON Pointer, which begins with a slash: /token");
    manifest.library = fs::path(file).replace_extension(".so");
    return manifest;
}

/// The text a reference stands for.
Result<std::string> resolve_reference(
    const std::string& kind, const std::string& target, const fs::path& base
) {
    const auto from_file = [&](const fs::path& file) -> Result<std::string> {
        const fs::path absolute = (base / file).lexically_normal();
        auto text = read_text(absolute);
        if (text && !text->empty()) return *std::move(text);
        return invalid(
            absolute.string(),
            text ? "this file, which a setting refers to, is empty"
                 : "this file, which a setting refers to, cannot be read"
        );
    };
    if (kind == "$file") return from_file(target);
    if (target.starts_with("file:")) return from_file(target.substr(5));
    if (target.starts_with("env:")) {
        const std::string name = target.substr(4);
        if (const char* value = std::getenv(name.c_str())) return std::string(value);
        return invalid("$secret", "the environment variable " + name + " is not set");
    }
    if (target.starts_with("credential:")) {
        const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
        if (folder != nullptr) return from_file(fs::path(folder) / target.substr(11));
        return invalid("$secret", "there is no systemd credential directory");
    }
    return invalid("$secret", "a secret begins with file:, env: or credential:");
}

Result<void> resolve_in(Json& json, const std::string& pointer, const fs::path& base) {
    if (json.is_object() && json.size() == 1) {
        const std::string key = json.begin().key();
        if (key == "$file" || key == "$secret") {
            if (!json.begin().value().is_string()) return invalid(pointer, "a reference is a text");
            auto text = resolve_reference(key, json.begin().value().get<std::string>(), base);
            if (!text) {
                Error error = text.error();
                error.detail += " (setting " + pointer + ")";
                return error;
            }
            json = *std::move(text);
            return {};
        }
    }
    if (!json.is_structured()) return {};
    for (const auto& [key, value] : json.items()) {
        if (auto done = resolve_in(value, pointer + "/" + key, base); !done) return done.error();
    }
    return {};
}

}  // namespace

std::vector<Manifest> list_connectors(const fs::path& folder, std::vector<Error>& problems) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<Manifest> manifests;
    for (const fs::path& file : files) {
        auto manifest = read_manifest(file);
        if (manifest)
            manifests.push_back(std::move(manifest).value());
        else
            problems.push_back(manifest.error());
    }
    return manifests;
}

Result<Manifest> find_connector(const fs::path& folder, const std::string& name) {
    std::vector<Error> problems;
    std::vector<std::string> names;
    for (Manifest& manifest : list_connectors(folder, problems)) {
        if (manifest.id == name || manifest.alias == name) return std::move(manifest);
        names.push_back(manifest.alias);
    }
    std::string detail = "no connector is called \"" + name + "\" in " + folder.string();
    if (const std::string near = nearest(name, names); !near.empty())
        detail += "; did you mean \"" + near + "\"?";
    std::string installed;
    for (const std::string& alias : names)
        installed += (installed.empty() ? "" : ", ") + alias;
    detail += installed.empty() ? "; none is installed there" : "; installed: " + installed;
    for (const Error& problem : problems)
        detail += "; " + problem.where + ": " + problem.detail;
    return Error{ErrorCode::PluginUnusable, Remedy::Reconfigure, "connector", std::move(detail)};
}

Result<Json> resolve_settings(
    const std::string& settings_json, const Manifest& manifest, const fs::path& base
) {
    SYNCLINE_TRY(Json settings, codec::parse_json(settings_json));
    if (auto done = resolve_in(settings, "", base); !done) return done.error();
    for (const std::string& pointer : manifest.path_settings) {
        const Json* path = find_setting(settings, pointer);
        if (path == nullptr || !path->is_string()) continue;
        std::string whole = (base / path->get<std::string>()).lexically_normal().string();
        settings[Json::json_pointer(pointer)] = std::move(whole);
    }
    return settings;
}

Result<std::string> read_secret(const std::string& reference, const fs::path& base) {
    return resolve_reference("$secret", reference, base);
}

const Json* find_setting(const Json& settings, const std::string& pointer) {
    try {
        const Json::json_pointer at(pointer);
        return settings.contains(at) ? &settings.at(at) : nullptr;
    } catch (const Json::exception&) {  // an index that is no number of a list's item
        return nullptr;
    }
}

Result<std::string> fill_template(const std::string& pattern, const Json& settings) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const auto end = pattern[i] == '{' ? pattern.find('}', i) : std::string::npos;
        if (end == std::string::npos) {
            out += pattern[i];
            continue;
        }
        const std::string pointer = pattern.substr(i + 1, end - i - 1);
        const Json* setting = find_setting(settings, pointer);
        if (setting == nullptr || !setting->is_string())
            return invalid(pointer, "this setting is missing");
        out += setting->get<std::string>();
        i = end;
    }
    return out;
}

}  // namespace syncline::connect
