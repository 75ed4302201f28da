#include "app/new_hub.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <string_view>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

std::string quoted(const std::string& text) {
    return codec::to_line(codec::Json(text));
}

std::string root_text(const NewHub& hub) {
    if (hub.passphrase.empty()) return R"({ "file": )" + quoted(hub.root_key_file) + " }";
    if (hub.passphrase == "ask") return R"({ "passphrase": "ask" })";
    return R"({ "passphrase": { "$secret": )" + quoted(hub.passphrase) + " } }";
}

}  // namespace

std::string what_is_wrong_with_id(const std::string& answer) {
    constexpr std::size_t kLongest = 64;
    const bool is_well_formed = !answer.empty() && answer.size() <= kLongest &&
                                std::all_of(answer.begin(), answer.end(), [](unsigned char c) {
                                    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
                                });
    return is_well_formed ? "" : "a hub's name has letters, digits, \".\", \"-\" and \"_\"";
}

std::string what_is_wrong_with_country(const std::string& answer) {
    const bool is_code = answer.size() == 2 && is_upper(answer[0]) && is_upper(answer[1]) &&
                         answer != "EU" && answer != "ZZ";
    return is_code ? "" : "a country is a two-letter code of ISO 3166-1 in capitals: BE";
}

std::string what_is_wrong_with_passphrase(const std::string& reference) {
    if (reference == "ask") return "";
    for (const std::string_view kind : {"env:", "file:", "credential:"}) {
        if (reference.starts_with(kind) && reference.size() > kind.size()) return "";
    }
    return "a passphrase is asked for (ask), or kept: env:NAME, file:PATH or credential:NAME";
}

std::string id_for(const fs::path& folder) {
    const fs::path absolute = fs::absolute(folder).lexically_normal();
    std::string name =
        (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    for (char& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        c = std::isalnum(byte) != 0 && byte < 0x80 ? static_cast<char>(std::tolower(byte)) : '_';
    }
    return name.find_first_not_of('_') == std::string::npos ? "hub" : name;
}

std::string country_of_locale() {
    for (const char* variable : {"LC_ALL", "LC_ADDRESS", "LANG"}) {
        const char* value = std::getenv(variable);
        if (value == nullptr || *value == '\0') continue;
        const std::string_view locale = value;
        const std::size_t at = locale.find('_');
        if (at == std::string_view::npos || locale.size() < at + 3) return "";
        const std::string country(locale.substr(at + 1, 2));
        return what_is_wrong_with_country(country).empty() ? country : "";
    }
    return "";
}

std::string time_zone_of_machine() {
    if (std::ifstream file("/etc/timezone"); file) {
        std::string name;
        if (file >> name) return name;
    }
    std::error_code failed;
    const std::string target = fs::read_symlink("/etc/localtime", failed).string();
    constexpr std::string_view kDatabase = "zoneinfo/";
    const std::size_t at = target.find(kDatabase);
    return failed || at == std::string::npos ? "UTC" : target.substr(at + kDatabase.size());
}

std::string hub_file_text(const NewHub& hub) {
    return "// The hub: who it is, where it keeps things, how conflicts are decided, when it "
           "stops\n"
           "// itself. Every key: docs/reference/configuration.md; `syncline config show "
           "--effective`\n"
           "// lists those left out here.\n"
           "{\n"
           "  \"hub\": { \"id\": " +
           quoted(hub.id) + ", \"default_country\": " + quoted(hub.country) +
           ", \"time_zone\": " + quoted(hub.time_zone) +
           " },\n"
           "  \"store\": { \"sqlite\": { \"folder\": \"data\" } },\n"
           "  \"keys\": { \"root\": " +
           root_text(hub) +
           " },\n"
           "  \"systems\": [\"systems/*.json\"],\n"
           "\n"
           "  // Which of several competing edits stands; the most exact path holds.\n"
           "  \"policies\": {\n"
           "    \"*\": { \"policy\": \"newest\", \"on_undecided\": \"review\" }\n"
           "  },\n"
           "\n"
           "  // How a record that no link knows yet finds its customer: the first rung that "
           "names\n"
           "  // exactly one.\n"
           "  \"association\": [\n"
           "    { \"match\": [\"identifiers.vat.value\"], \"then\": \"link\" },\n"
           "    { \"match\": [\"emails.main.address\", \"name\"], \"then\": \"link\" },\n"
           "    { \"match\": [\"phones.main.number\", \"name\"], \"then\": \"link\" },\n"
           "    { \"match\": [\"name\", \"addresses.billing.street\", "
           "\"addresses.billing.postcode\"], "
           "\"then\": \"review\" }\n"
           "  ],\n"
           "\n"
           "  // More writes than this to one system wait until a person approves them.\n"
           "  \"thresholds\": {\n"
           "    \"creates\": { \"count\": 50, \"percent\": 10 },\n"
           "    \"updates\": { \"count\": 200, \"percent\": 25 },\n"
           "    \"clears\":  { \"count\": 20, \"percent\": 2 },\n"
           "    \"deletes\": { \"count\": 10, \"percent\": 2 }\n"
           "  }\n"
           "}\n";
}

}  // namespace syncline::app
