#include "connect/discover_document.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <utility>

namespace syncline::connect {
namespace {

using codec::Json;

VersionKind version_kind(const std::string& word) {
    if (word == "ordered") return VersionKind::Ordered;
    if (word == "opaque") return VersionKind::Opaque;
    return VersionKind::None;
}

Capabilities capabilities_of(const Json& entity) {
    Capabilities can;
    can.entity = entity.at("entity").get<std::string>();
    can.version = version_kind(entity.value("version", "none"));
    const std::string write = entity.value("write", "none");
    can.can_write = write != "none";
    can.write_deferred = write == "deferred";
    can.can_delete = entity.value("delete", false);
    can.conditional_write = entity.value("conditional_write", false);
    can.lookup_by_id = entity.value("lookup", false);
    can.listing_proves_absence = entity.value("listing", "partial") == "complete";
    can.incremental = entity.value("incremental", false);
    can.can_watch = entity.value("watch", false);
    can.creates_need_planned_id = entity.value("create_id", "assigned") == "planned";
    can.cannot_create = entity.value("cannot_create", "");
    can.limits = entity.value("limits", std::vector<std::string>());
    can.max_batch = std::max(codec::number_or(entity, "max_batch", 200U), 1U);
    can.max_inflight_ms = codec::number_or(entity, "max_inflight_ms", 60'000U);
    can.stale_window_ms = codec::number_or(entity, "stale_window_ms", 0U);
    for (const Json& field : entity.value("fields", Json::array())) {
        Capabilities::RemoteField remote;
        remote.name = field.at("name").get<std::string>();
        remote.writable = field.value("writable", true);
        remote.create_only = field.value("create_only", false);
        remote.required_on_create = field.value("required_on_create", false);
        remote.max_characters = codec::number_or(field, "max_characters", 0U);
        can.fields.push_back(std::move(remote));
    }
    return can;
}

}  // namespace

Result<Capabilities> read_discover_document(
    std::string_view document, const std::string& entity, const std::string& where
) {
    const auto unusable = [&](std::string detail) {
        return Error{ErrorCode::PluginUnusable, Remedy::Stop, where, std::move(detail)};
    };
    auto parsed = codec::parse_json(document);
    if (!parsed) return unusable("its discover document is not JSON");
    try {
        for (const Json& candidate : parsed->at("entities")) {
            if (candidate.at("entity") == entity) return capabilities_of(candidate);
        }
    } catch (const Json::exception&) {
        return unusable("its discover document has the wrong shape");
    }
    return unusable("it has no entity \"" + entity + "\"");
}

}  // namespace syncline::connect
