#include "app/workspace.hpp"

#include "app/root_key.hpp"
#include "codec/configuration.hpp"
#include "model/catalogue.hpp"
#include "store/sqlite/restore.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

void add_paths(const Condition& condition, std::vector<std::string>& paths) {
    if (!condition.path.empty()) paths.push_back(condition.path);
    for (const Condition& operand : condition.operands)
        add_paths(operand, paths);
}

/// Every canonical path that the configuration mentions, in its order.
std::vector<std::string> paths_in_use(const HubSetting& hub) {
    std::vector<std::string> paths;
    for (const SystemSetting& system : hub.systems) {
        for (const MappedFieldSetting& entry : system.mapping)
            paths.push_back(entry.field);
        add_paths(system.scope.where, paths);
    }
    for (const RungSetting& rung : hub.association)
        paths.insert(paths.end(), rung.match.begin(), rung.match.end());
    return paths;
}

/// The fields a configuration uses. `number_of` gives each path its number.
Result<FieldTable> table_of(
    const HubSetting& hub, const std::function<FieldId(const std::string& path)>& number_of
) {
    const std::set<std::string> clear(hub.clear_text_fields.begin(), hub.clear_text_fields.end());
    std::vector<Field> fields;
    for (const std::string& path : paths_in_use(hub)) {
        auto field = make_field(Catalogue::customer(), path, number_of);
        if (!field) {
            return Error{
                ErrorCode::ConfigInvalid,
                Remedy::Reconfigure,
                path,
                "the record has no such field"};
        }
        const bool is_listed = std::any_of(fields.begin(), fields.end(), [&](const Field& other) {
            return other.id == field->id;
        });
        if (is_listed) continue;
        for (FieldPart& part : field->parts)
            part.sensitive = part.sensitive && !clear.contains(part.path);
        fields.push_back(*std::move(field));
    }
    std::sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) {
        return a.id < b.id;
    });
    return FieldTable(std::move(fields));
}

}  // namespace

Result<FieldTable> fields_in_use(const HubSetting& hub) {
    std::map<std::string, FieldId> numbers;
    return table_of(hub, [&](const std::string& path) {
        const FieldId next{static_cast<std::uint32_t>(numbers.size() + 1)};
        return numbers.try_emplace(path, next).first->second;
    });
}

Result<void> Workspace::number_fields(Opening opening) {
    std::map<std::string, FieldId> known;
    std::uint32_t highest = 0;
    for (const auto& [path, id] : store_->field_ids()) {
        known[path] = id;
        highest = std::max(highest, id.number);
    }
    const auto number_of = [&](const std::string& path) {
        if (const auto found = known.find(path); found != known.end()) return found->second;
        // A reader cannot allocate: nothing is stored under a path without a number yet.
        const FieldId id = opening == Opening::Reader ? FieldId{++highest} : store_->field_id(path);
        known[path] = id;
        return id;
    };
    SYNCLINE_TRY(fields_, table_of(hub_, number_of));
    store_->use_fields(fields_);
    return {};
}

Result<std::unique_ptr<Workspace>> Workspace::open(
    const Places& places, Opening opening, Clock& clock
) {
    SYNCLINE_TRY(HubSetting read, codec::read_configuration(places.folder, Catalogue::customer()));
    return open(places, std::move(read), opening, clock);
}

Result<std::unique_ptr<Workspace>> Workspace::open(
    const Places& places, HubSetting setting, Opening opening, Clock& clock
) {
    std::unique_ptr<Workspace> workspace(new Workspace(places));
    for (const SystemSetting& system : setting.systems) {
        if (system.observe) workspace->observed_.push_back(system.id);
    }
    std::erase_if(setting.systems, [](const SystemSetting& system) { return system.observe; });
    workspace->hub_ = std::move(setting);
    const HubSetting& hub = workspace->hub_;
    if (opening == Opening::Writer) store::finish_restore(hub.store_folder);
    if (auto whole = expect_no_unfinished_restore(hub); !whole) return whole.error();
    std::error_code ignored;
    const bool has_root_key =
        !hub.root_key.file.empty() && std::filesystem::exists(hub.root_key.file, ignored);
    if (!has_root_key &&
        !std::filesystem::exists(std::filesystem::path(hub.store_folder) / "keyring", ignored)) {
        return Error{
            ErrorCode::KeyMissing,
            Remedy::Reconfigure,
            places.folder.string(),
            "this hub has no keys and no store yet; `syncline -C " + places.folder.string() +
                " init` makes them"};
    }
    SYNCLINE_TRY(const vault::RootKeySource root, root_key_of(hub));
    SYNCLINE_TRY(vault::Vault opened, vault::Vault::open(hub.store_folder, root, hub.id, clock));
    workspace->vault_ = std::make_unique<vault::Vault>(std::move(opened));
    if (opening == Opening::Overlay) {
        SYNCLINE_TRY(
            workspace->store_, store::open_overlay(hub.store_folder, *workspace->vault_, clock)
        );
    } else {
        const auto access =
            opening == Opening::Writer ? store::Access::ReadWrite : store::Access::ReadOnly;
        SYNCLINE_TRY(
            workspace->store_,
            store::open_sqlite(hub.store_folder, access, *workspace->vault_, clock)
        );
    }
    if (auto numbered = workspace->number_fields(opening); !numbered) return numbered.error();
    return workspace;
}

Result<void> expect_no_unfinished_restore(const HubSetting& hub) {
    if (!store::is_restore_unfinished(hub.store_folder)) return {};
    return Error{
        ErrorCode::AlreadyRunning,
        Remedy::Retry,
        hub.store_folder,
        "a restore is at work or was cut off here; `syncline run` or `syncline restore` finishes "
        "it"};
}

Result<void> expect_hub(const Places& places) {
    std::error_code ignored;
    if (std::filesystem::exists(places.folder / "hub.json", ignored)) return {};
    const auto read = codec::read_configuration(places.folder, Catalogue::customer());
    if (!read) return read.error();
    return {};
}

Result<HubSetting> initialise_workspace(const Places& places, Clock& clock) {
    SYNCLINE_TRY(HubSetting hub, codec::read_configuration(places.folder, Catalogue::customer()));
    SYNCLINE_TRY(const vault::RootKeySource root, root_key_of(hub, RootKeyUse::First));
    if (auto made = vault::Vault::initialise(hub.store_folder, root); !made) return made.error();
    if (auto opened = Workspace::open(places, Opening::Writer, clock); !opened)
        return opened.error();
    return hub;
}

}  // namespace syncline::app
