#pragma once

#include "base/id.hpp"
#include "base/uuid.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <string_view>

namespace syncline {

/// A connected system by its configured name: "accounting". (The plugin that talks to it is a
/// connector; the same connector may serve several systems.)
struct SystemTag;
using SystemId = Id<SystemTag>;

/// A remote record's own key, opaque to the hub.
struct RemoteTag;
using RemoteId = Id<RemoteTag>;

/// Systems are named by the configuration.
inline std::string_view log_text(const SystemId& system) {
    return system.text();
}

struct CustomerTag;
using CustomerId = Uuid<CustomerTag>;
struct LinkTag;
using LinkId = Uuid<LinkTag>;
struct AttemptTag;
using AttemptId = Uuid<AttemptTag>;
struct CaseTag;
using CaseId = Uuid<CaseTag>;
struct RunTag;
using RunId = Uuid<RunTag>;
struct MergeTag;
using MergeId = Uuid<MergeTag>;

/// A concrete path's number, allocated once in hub.db and never re-used: renaming a field does not
/// orphan its data. Zero is no field.
struct FieldId {
    std::uint32_t number = 0;
    friend constexpr auto operator<=>(const FieldId&, const FieldId&) = default;
};

}  // namespace syncline

template <>
struct std::hash<syncline::FieldId> {
    std::size_t operator()(syncline::FieldId id) const noexcept { return id.number; }
};
