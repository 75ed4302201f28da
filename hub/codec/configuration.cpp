#include "codec/configuration.hpp"

#include "base/text.hpp"
#include "codec/setting_reader.hpp"
#include "codec/system_configuration.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <string>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

namespace fs = std::filesystem;

/// The files a pattern such as "systems/*.json" names, in the order of their names.
std::vector<fs::path> files_like(const fs::path& pattern) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(pattern.parent_path(), failed)) {
        const std::string name = entry.path().filename().string();
        if (::fnmatch(pattern.filename().c_str(), name.c_str(), FNM_PERIOD) == 0)
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string absolute(const fs::path& folder, const std::string& path) {
    return (folder / path).lexically_normal().string();
}

class HubReader {
public:
    HubReader(const fs::path& folder, const Catalogue& catalogue)
        : folder_(folder), catalogue_(catalogue), file_(folder / "hub.json") {}

    Result<HubSetting> read();

private:
    void read_root(const SettingNode& root);
    void read_places(const SettingNode& root);
    void read_root_key(const SettingNode& node);
    void read_systems(const SettingNode& node);
    void read_order(const SettingNode& root);
    PolicySetting read_policy(const std::string& pattern, const SettingNode& node);
    void read_policies(const SettingNode& node);
    void check_pattern(const SettingNode& node, const std::string& pattern);
    void read_association(const SettingNode& node);
    void read_thresholds(const SettingNode& node);
    void read_encryption(const SettingNode& node);
    void read_log(const SettingNode& node);
    std::vector<SystemId> read_system_names(const SettingNode& node);

    const fs::path folder_;
    const Catalogue& catalogue_;
    SettingFile file_;
    std::vector<Error> problems_;  ///< of the system files
    HubSetting hub_;
};

void HubReader::read_places(const SettingNode& root) {
    hub_.store_folder = absolute(folder_, "data");
    if (const auto store = root.find("store"); store && store->check_keys({"sqlite"})) {
        if (const auto sqlite = store->find("sqlite"); sqlite && sqlite->check_keys({"folder"}))
            hub_.store_folder = absolute(folder_, sqlite->required("folder"));
    }
    hub_.root_key.file = absolute(folder_, "root.key");
    if (const auto keys = root.find("keys"); keys && keys->check_keys({"root"})) {
        if (const auto key = keys->find("root")) read_root_key(*key);
    }
}

void HubReader::read_root_key(const SettingNode& node) {
    if (!node.check_keys({"file", "passphrase"})) return;
    const auto passphrase = node.find("passphrase");
    if (!passphrase) {
        hub_.root_key.file = absolute(folder_, node.required("file"));
        return;
    }
    if (node.find("file")) node.refuse("a root key comes from a file or from a passphrase");
    hub_.root_key.file.clear();
    if (passphrase->json().is_string()) {
        hub_.root_key.passphrase = passphrase->text();
        if (hub_.root_key.passphrase != "ask")
            passphrase->refuse(
                "a passphrase does not stand in the configuration: \"ask\", or a reference such as "
                "{ "
                "\"$secret\": \"env:NAME\" }"
            );
        return;
    }
    if (!passphrase->check_keys({"$secret"})) return;
    std::string& reference = hub_.root_key.passphrase;
    reference = passphrase->required("$secret");
    const auto is_one = [&](std::string_view kind) { return reference.starts_with(kind); };
    if (is_one("file:"))
        reference = "file:" + absolute(folder_, reference.substr(5));
    else if (!is_one("env:") && !is_one("credential:"))
        passphrase->refuse("a secret begins with file:, env: or credential:");
}

void HubReader::read_systems(const SettingNode& node) {
    for (const SettingNode& item : node.items()) {
        const std::string pattern = item.text();
        const std::vector<fs::path> files = files_like(folder_ / pattern);
        // A hub may have no system yet; a folder that is not there is a slip.
        std::error_code failed;
        const bool may_be_none = pattern.find_first_of("*?[") != std::string::npos &&
                                 fs::is_directory((folder_ / pattern).parent_path(), failed);
        if (files.empty() && !may_be_none) item.refuse("no file is called \"" + pattern + "\"");
        for (const fs::path& path : files) {
            SettingFile file(path);
            SystemSetting system = read_system(file, catalogue_);
            const bool twice = std::any_of(
                hub_.systems.begin(),
                hub_.systems.end(),
                [&](const SystemSetting& other) { return other.id == system.id; }
            );
            if (twice && file.problems().empty())
                file.refuse("/system", "another file configures \"" + system.id.text() + "\" too");
            problems_.insert(problems_.end(), file.problems().begin(), file.problems().end());
            if (system.default_country.empty()) system.default_country = hub_.default_country;
            hub_.systems.push_back(std::move(system));
        }
    }
}

std::vector<SystemId> HubReader::read_system_names(const SettingNode& node) {
    std::vector<SystemId> names;
    std::vector<std::string> known;
    for (const SystemSetting& system : hub_.systems)
        known.push_back(system.id.text());
    for (const SettingNode& item : node.items()) {
        std::string name = item.text();
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const std::string near = nearest(name, known);
            item.refuse(
                "no system is called \"" + name + "\"" +
                (near.empty() ? "" : "; did you mean \"" + near + "\"?")
            );
        }
        names.emplace_back(std::move(name));
    }
    return names;
}

/// Systems that the order does not name come last, as configured.
void HubReader::read_order(const SettingNode& root) {
    if (const auto order = root.find("order")) hub_.order = read_system_names(*order);
    for (const SystemSetting& system : hub_.systems) {
        if (std::find(hub_.order.begin(), hub_.order.end(), system.id) == hub_.order.end())
            hub_.order.push_back(system.id);
    }
    const auto rank = [&](const SystemSetting& system) {
        return std::find(hub_.order.begin(), hub_.order.end(), system.id) - hub_.order.begin();
    };
    std::sort(
        hub_.systems.begin(),
        hub_.systems.end(),
        [&](const SystemSetting& a, const SystemSetting& b) { return rank(a) < rank(b); }
    );
}

PolicySetting HubReader::read_policy(const std::string& pattern, const SettingNode& node) {
    PolicySetting policy;
    policy.pattern = pattern;
    std::string word;
    if (node.json().is_string()) {
        word = node.text();
    } else {
        node.check_keys({"policy", "systems", "otherwise", "on_undecided"});
        word = node.required("policy");
    }
    if (word == "authority")
        policy.kind = PolicyKind::Authority;
    else if (word == "newest")
        policy.kind = PolicyKind::Newest;
    else if (word == "keep")
        policy.kind = PolicyKind::Keep;
    else if (word == "union")
        policy.kind = PolicyKind::Union;
    else if (word == "review")
        policy.kind = PolicyKind::Review;
    else
        node.refuse("a policy is authority, newest, keep, union or review");
    if (const auto systems = node.find("systems")) policy.systems = read_system_names(*systems);
    if (policy.kind == PolicyKind::Authority && policy.systems.empty())
        node.refuse("authority needs \"systems\", best first");
    if (const auto otherwise = node.find("otherwise"))
        policy.otherwise = std::make_shared<const PolicySetting>(read_policy(pattern, *otherwise));
    if (const auto undecided = node.find("on_undecided")) {
        const std::string answer = undecided->text();
        if (answer == "order")
            policy.on_undecided = Undecided::Order;
        else if (answer == "review")
            policy.on_undecided = Undecided::Review;
        else
            undecided->refuse("on_undecided is \"order\" or \"review\"");
    }
    return policy;
}

/// "*", "identifiers.*" or a path.
void HubReader::check_pattern(const SettingNode& node, const std::string& pattern) {
    const std::string stem = pattern.ends_with(".*") ? pattern.substr(0, pattern.size() - 2) : "";
    const auto begins = [&](std::string_view known) {
        const auto have = split(known, '.');
        const auto want = split(stem, '.');
        return want.size() <= have.size() &&
               std::equal(want.begin(), want.end(), have.begin(), [](auto a, auto b) {
                   return a == b || b == "*";
               });
    };
    if (pattern == "*") return;
    if (stem.empty()) {
        check_path(node, pattern, catalogue_);
        const auto whole = catalogue_.composite_of(pattern);
        if (whole && *whole != pattern)
            node.refuse("\"" + *whole + "\" is decided as a whole: give it the policy");
        return;
    }
    const bool known = std::any_of(
        catalogue_.leaves().begin(),
        catalogue_.leaves().end(),
        [&](const LeafSpec& leaf) { return begins(leaf.pattern); }
    );
    if (!known) node.refuse("no field of the record begins with \"" + stem + "\"");
}

void HubReader::read_policies(const SettingNode& node) {
    for (const auto& [pattern, body] : node.members()) {
        check_pattern(body, pattern);
        hub_.policies.push_back(read_policy(pattern, body));
    }
}

void HubReader::read_association(const SettingNode& node) {
    for (const SettingNode& item : node.items()) {
        item.check_keys({"match", "from", "then"});
        RungSetting rung;
        if (const auto match = item.find("match")) {
            for (const SettingNode& path : match->items()) {
                rung.match.push_back(path.text());
                check_path(path, rung.match.back(), catalogue_);
            }
        }
        if (rung.match.empty()) item.refuse("a rung needs \"match\", a list of fields");
        if (const auto from = item.find("from")) rung.from = read_system_names(*from);
        const std::string then = item.required("then");
        if (then == "link")
            rung.then = RungSetting::Then::Link;
        else if (then != "review")
            item.refuse("\"then\" is \"link\" or \"review\"");
        hub_.association.push_back(std::move(rung));
    }
}

void HubReader::read_thresholds(const SettingNode& node) {
    node.check_keys({"creates", "updates", "clears", "deletes", "same_value"});
    const auto read = [&](const char* key, ThresholdSetting& threshold) {
        const auto item = node.find(key);
        if (!item || !item->check_keys({"count", "percent"})) return;
        if (const auto count = item->find("count")) threshold.count = count->number();
        if (const auto percent = item->find("percent")) threshold.percent = percent->number();
        if (threshold.percent > 100) item->refuse("a percentage is at most 100");
    };
    read("creates", hub_.creates);
    read("updates", hub_.updates);
    read("clears", hub_.clears);
    read("deletes", hub_.deletes);
    read("same_value", hub_.same_value);
}

void HubReader::read_encryption(const SettingNode& node) {
    node.check_keys({"off"});
    const auto off = node.find("off");
    if (!off) return;
    for (const SettingNode& path : off->items()) {
        hub_.clear_text_fields.push_back(path.text());
        if (catalogue_.leaf(hub_.clear_text_fields.back()) == nullptr)
            path.refuse("encryption is switched off for single fields only, by their path");
    }
}

void HubReader::read_log(const SettingNode& node) {
    node.check_keys({"format", "level"});
    if (const auto format = node.find("format")) {
        const std::string word = format->text();
        if (word == "json")
            hub_.log.format = LogFormat::Json;
        else if (word != "text")
            format->refuse("the log's format is \"text\" or \"json\"");
    }
    if (const auto level = node.find("level")) {
        const auto known = log_level(level->text());
        if (!known) level->refuse("the log's level is debug, info, warning or error");
        hub_.log.level = known.value_or(hub_.log.level);
    }
}

void HubReader::read_root(const SettingNode& root) {
    const bool is_object = root.check_keys(
        {"$schema",
         "hub",
         "store",
         "keys",
         "systems",
         "order",
         "policies",
         "association",
         "thresholds",
         "encryption",
         "log"}
    );
    if (!is_object) return;
    if (const auto hub = root.find("hub")) {
        hub->check_keys({"id", "default_country", "time_zone"});
        hub_.id = hub->required("id");
        hub_.default_country = hub->required("default_country");
        if (!hub_.default_country.empty()) check_country(*hub, hub_.default_country);
        hub_.time_zone = hub->text_or("time_zone", "UTC");
    } else {
        root.refuse("the key \"hub\" is missing");
    }
    read_places(root);
    if (const auto systems = root.find("systems"))
        read_systems(*systems);
    else
        root.refuse("the key \"systems\" is missing");
    read_order(root);
    if (const auto policies = root.find("policies")) read_policies(*policies);
    if (const auto association = root.find("association")) read_association(*association);
    if (const auto thresholds = root.find("thresholds")) read_thresholds(*thresholds);
    if (const auto encryption = root.find("encryption")) read_encryption(*encryption);
    if (const auto log = root.find("log")) read_log(*log);
}

Result<HubSetting> HubReader::read() {
    if (file_.problems().empty()) read_root(SettingNode(file_, file_.root(), ""));
    problems_.insert(problems_.begin(), file_.problems().begin(), file_.problems().end());
    if (problems_.empty()) return std::move(hub_);
    Error first = problems_.front();
    for (std::size_t i = 1; i < problems_.size(); ++i)
        first.detail += "\n" + problems_[i].where + ": " + problems_[i].detail;
    return first;
}

/// Why there is no hub.json in a folder, and what to do.
Error no_hub(const fs::path& folder) {
    const auto error = [](const fs::path& where, std::string detail) {
        return Error{
            ErrorCode::ConfigInvalid, Remedy::Reconfigure, where.string(), std::move(detail)};
    };
    std::error_code failed;
    const fs::path file = folder / "hub.json";
    if (fs::is_regular_file(folder, failed))
        return error(
            folder,
            "this is a file, and -C names the folder of a hub: " + folder.parent_path().string()
        );
    const fs::path below = folder / "hub";
    if (fs::exists(below / "hub.json", failed))
        return error(
            file, "there is no hub here, but in " + below.string() + "; name that folder with -C"
        );
    if (!fs::exists(file, failed) && failed)
        return error(file, "this configuration file cannot be read: " + failed.message());
    return error(
        file,
        "there is no hub here: -C names the folder of a hub. `syncline init` makes one; `syncline "
        "demo create` makes an example"
    );
}

}  // namespace

Result<HubSetting> read_configuration(const fs::path& folder, const Catalogue& catalogue) {
    std::error_code failed;
    if (!fs::exists(folder / "hub.json", failed)) return no_hub(folder);
    return HubReader(fs::absolute(folder), catalogue).read();
}

}  // namespace syncline::codec
