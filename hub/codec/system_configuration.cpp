#include "codec/system_configuration.hpp"

#include "codec/lookup_table.hpp"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <utility>

namespace syncline::codec {
namespace {

Condition read_condition(const SettingNode& node, const Catalogue& catalogue, unsigned depth = 0);

std::vector<Condition> read_operands(
    const SettingNode& node, const Catalogue& catalogue, unsigned depth
) {
    std::vector<Condition> operands;
    for (const SettingNode& item : node.items())
        operands.push_back(read_condition(item, catalogue, depth + 1));
    return operands;
}

/// ["status", "archived"] or ["status", ["a", "b"]]
void read_comparison(const SettingNode& node, const Catalogue& catalogue, Condition& condition) {
    const std::vector<SettingNode> parts = node.items();
    if (parts.size() != 2) {
        node.refuse("expected a path and what to compare it with");
        return;
    }
    condition.path = parts[0].text();
    check_path(parts[0], condition.path, catalogue);
    if (condition.op == Condition::Operator::In)
        condition.values = parts[1].texts();
    else
        condition.values.push_back(parts[1].scalar());
}

Condition read_condition(const SettingNode& node, const Catalogue& catalogue, unsigned depth) {
    constexpr unsigned kDeepest = 6;
    Condition condition;
    const auto members = node.members();
    if (members.empty()) return condition;
    if (members.size() != 1 || depth >= kDeepest) {
        node.refuse("a condition has one operator (eq, in, exists, and, or, not), at most 6 deep");
        return condition;
    }
    const auto& [word, body] = members.front();
    if (word == "eq" || word == "in") {
        condition.op = word == "eq" ? Condition::Operator::Equal : Condition::Operator::In;
        read_comparison(body, catalogue, condition);
    } else if (word == "exists") {
        condition.op = Condition::Operator::Exists;
        condition.path = body.text();
        check_path(body, condition.path, catalogue);
    } else if (word == "and" || word == "or") {
        condition.op = word == "and" ? Condition::Operator::And : Condition::Operator::Or;
        condition.operands = read_operands(body, catalogue, depth);
    } else if (word == "not") {
        condition.op = Condition::Operator::Not;
        condition.operands.push_back(read_condition(body, catalogue, depth + 1));
    } else {
        node.refuse("unknown operator \"" + word + "\"; there are eq, in, exists, and, or, not");
    }
    return condition;
}

/// { "enum": { "A": "active" } }, { "phone": { "write": "national" } }, { "default": "BE" }
void read_lens_body(const SettingNode& body, LensSetting& lens) {
    if (body.json().is_array()) {
        lens.list = body.texts();
        return;
    }
    if (!body.json().is_object()) {
        lens.options["value"] = body.scalar();
        return;
    }
    for (const auto& [key, value] : body.members()) {
        if (lens.name == "enum")
            lens.table.emplace_back(key, value.scalar());
        else if (value.json().is_array())
            lens.list = value.texts();
        else
            lens.options[key] = value.scalar();
    }
}

/// Puts the rows of a lookup's file into its table: the lenses themselves read no files.
void read_rows(const SettingNode& node, const std::filesystem::path& folder, LensSetting& lens) {
    const std::string* file = lens.options.find("file");
    if (file == nullptr || file->empty()) {
        node.refuse(
            "lens lookup needs option file: { \"lookup\": { \"file\": \"payment-terms.csv\" } }"
        );
        return;
    }
    const auto path = (folder / *file).lexically_normal();
    auto table = read_lookup_table(path);
    if (!table) {
        node.refuse(table.error().where + ": " + table.error().detail);
        return;
    }
    lens.table = std::move(*table);
}

LensSetting read_lens(const SettingNode& node, const std::filesystem::path& folder) {
    LensSetting lens;
    if (node.json().is_string()) {
        lens.name = node.text();
        return lens;
    }
    const auto members = node.members();
    if (members.size() != 1) {
        node.refuse("a lens is its name, or an object with its name and its options");
        return lens;
    }
    lens.name = members.front().first;
    read_lens_body(members.front().second, lens);
    if (lens.name == "lookup") read_rows(node, folder, lens);
    return lens;
}

MappingDirection read_direction(const SettingNode& node) {
    const std::string word = node.text();
    if (word == "in") return MappingDirection::In;
    if (word == "out") return MappingDirection::Out;
    if (word != "both") node.refuse("direction is \"both\", \"in\" or \"out\"");
    return MappingDirection::Both;
}

MappedFieldSetting read_mapped_field(
    const SettingNode& node, const Catalogue& catalogue, const std::filesystem::path& folder
) {
    MappedFieldSetting entry;
    node.check_keys({"field", "remote", "lens", "direction", "limit", "unique"});
    entry.where = node.where();
    entry.field = node.required("field");
    if (const auto field = node.find("field")) check_path(*field, entry.field, catalogue);
    if (const auto remote = node.find("remote")) {
        if (remote->json().is_array())
            entry.remotes = remote->texts();
        else
            entry.remotes.push_back(remote->text());
    } else {
        node.refuse("the key \"remote\" is missing");
    }
    if (const auto lenses = node.find("lens")) {
        for (const SettingNode& lens : lenses->items())
            entry.lenses.push_back(read_lens(lens, folder));
    }
    if (const auto direction = node.find("direction")) entry.direction = read_direction(*direction);
    if (const auto limit = node.find("limit");
        limit && limit->check_keys({"characters", "bytes"})) {
        if (const auto n = limit->find("characters")) entry.limit_characters = n->number();
        if (const auto n = limit->find("bytes")) entry.limit_bytes = n->number();
    }
    if (const auto unique = node.find("unique")) entry.unique = unique->boolean();
    return entry;
}

void read_mapping(
    const SettingNode& node,
    const Catalogue& catalogue,
    const std::filesystem::path& folder,
    SystemSetting& system
) {
    const auto entities = node.members();
    if (entities.size() != 1 || entities.front().first != "customer") {
        node.refuse("a mapping has one entity, \"customer\", with the list of its fields");
        return;
    }
    for (const SettingNode& entry : entities.front().second.items())
        system.mapping.push_back(read_mapped_field(entry, catalogue, folder));
    if (system.mapping.empty()) node.refuse("a mapping needs at least one field");
}

void read_rights(const SettingNode& node, RightsSetting& rights) {
    node.check_keys({"create", "update", "delete"});
    if (const auto right = node.find("create")) rights.create = right->boolean();
    if (const auto right = node.find("update")) rights.update = right->boolean();
    if (const auto right = node.find("delete")) rights.remove = right->boolean();
}

/// One of the words that an enum is called by.
template <class Enum>
Enum read_word(const SettingNode& node, std::initializer_list<Enum> known) {
    const std::string word = node.text();
    std::string words;
    for (const Enum candidate : known) {
        if (name(candidate) == word) return candidate;
        words += (words.empty() ? "\"" : ", \"") + std::string(name(candidate)) + "\"";
    }
    node.refuse("one of " + words + " is meant");
    return *known.begin();
}

void read_deletes(const SettingNode& root, SystemSetting& system) {
    if (const auto gone = root.find("when_gone")) {
        system.when_gone = read_word(
            *gone,
            {WhenGone::Review,
             WhenGone::Unlink,
             WhenGone::Recreate,
             WhenGone::Deactivate,
             WhenGone::Delete}
        );
        if (system.when_gone == WhenGone::Recreate && !system.rights.create)
            gone->refuse("\"recreate\" needs the right to create: \"rights\": { \"create\": true }"
            );
    }
    if (const auto deleted = root.find("on_delete")) {
        system.on_delete = read_word(
            *deleted, {OnDelete::Review, OnDelete::Unlink, OnDelete::Deactivate, OnDelete::Delete}
        );
        if (system.on_delete == OnDelete::Delete && !system.rights.remove)
            deleted->refuse("\"delete\" needs the right to delete: \"rights\": { \"delete\": true }"
            );
        if (system.on_delete == OnDelete::Deactivate && !system.rights.update)
            deleted->refuse(
                "\"deactivate\" needs the right to update: \"rights\": { \"update\": true }"
            );
    }
}

/// How often the system is read, and how soon and how often it is written to.
void read_pace(const SettingNode& root, SystemSetting& system) {
    if (const auto poll = root.find("poll")) {
        system.poll = poll->duration();
        constexpr std::chrono::milliseconds kShortest{100};
        if (system.poll.count() > 0 && system.poll < kShortest)
            poll->refuse("the shortest time between two readings is 100ms");
    }
    if (const auto listing = root.find("full_listing")) {
        const bool is_never = listing->json().is_string() && listing->text() == "0s";
        system.full_listing = is_never ? std::chrono::milliseconds{0} : listing->duration();
        constexpr std::chrono::minutes kShortest{1};
        if (system.full_listing.count() > 0 && system.full_listing < kShortest)
            listing->refuse(
                "the shortest time between two complete listings is 1m; \"0s\" means never"
            );
    }
    if (const auto settle = root.find("settle")) {
        system.settle = settle->duration();
        constexpr std::chrono::minutes kLongest{10};
        if (system.settle > kLongest) settle->refuse("the longest settle window is 10m");
    }
    if (const auto rate = root.find("rate"); rate && rate->check_keys({"calls_per_minute"})) {
        const auto calls = rate->find("calls_per_minute");
        if (calls) system.calls_per_minute = calls->number();
        if (!calls || system.calls_per_minute == 0)
            rate->refuse("a rate is a number of calls a minute: { \"calls_per_minute\": 60 }");
    }
}

}  // namespace

void check_path(const SettingNode& node, const std::string& path, const Catalogue& catalogue) {
    if (path.empty() || catalogue.leaf(path) != nullptr || catalogue.composite(path) != nullptr)
        return;
    const std::string near = catalogue.suggestion(path);
    node.refuse(
        "the record has no field \"" + path + "\"" +
        (near.empty() ? "; see docs/reference/customer.md" : "; did you mean \"" + near + "\"?")
    );
}

void check_country(const SettingNode& node, const std::string& code) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !is_upper(code[0]) || !is_upper(code[1]))
        node.refuse("a country is a two-letter code of ISO 3166-1 in capitals: \"BE\"");
}

SystemSetting read_system(SettingFile& file, const Catalogue& catalogue) {
    SystemSetting system;
    system.file = file.path().string();
    const SettingNode root(file, file.root(), "");
    if (!file.problems().empty()) return system;
    const bool is_object = root.check_keys(
        {"$schema",
         "system",
         "title",
         "observe",
         "connector",
         "settings",
         "default_country",
         "poll",
         "full_listing",
         "settle",
         "rate",
         "scope",
         "rights",
         "when_gone",
         "on_delete",
         "mapping"}
    );
    if (!is_object) return system;
    system.id = SystemId{root.required("system")};
    if (!is_well_formed_path(system.id.text()) || system.id.text().find('.') != std::string::npos) {
        root.find("system").value_or(root).refuse(
            "a system's name has small letters, digits and underscores only"
        );
    }
    system.title = root.text_or("title", system.id.text());
    if (const auto observe = root.find("observe")) system.observe = observe->boolean();
    system.connector = root.required("connector");
    system.settings_json = "{}";
    if (const auto settings = root.find("settings")) {
        settings->members();
        system.settings_json = to_line(settings->json());
    }
    if (const auto country = root.find("default_country")) {
        system.default_country = country->text();
        check_country(*country, system.default_country);
    }
    read_pace(root, system);
    if (const auto scope = root.find("scope");
        scope && scope->check_keys({"where", "linked_only"})) {
        if (const auto where = scope->find("where"))
            system.scope.where = read_condition(*where, catalogue);
        if (const auto only = scope->find("linked_only"))
            system.scope.linked_only = only->boolean();
    }
    if (const auto rights = root.find("rights")) read_rights(*rights, system.rights);
    read_deletes(root, system);
    if (const auto mapping = root.find("mapping"))
        read_mapping(*mapping, catalogue, file.path().parent_path(), system);
    else
        root.refuse("the key \"mapping\" is missing");
    return system;
}

}  // namespace syncline::codec
