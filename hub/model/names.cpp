#include "model/case.hpp"
#include "model/change.hpp"
#include "model/link.hpp"

namespace syncline {

std::string_view name(LinkState state) {
    switch (state) {
        case LinkState::Unassociated:
            return "unassociated";
        case LinkState::Active:
            return "active";
        case LinkState::Gone:
            return "gone";
        case LinkState::OutOfScope:
            return "out_of_scope";
        case LinkState::Suspended:
            return "suspended";
    }
    return "unknown";
}

std::string_view name(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::Version:
            return "version";
        case ChangeKind::Loser:
            return "loser";
        case ChangeKind::Contested:
            return "contested";
        case ChangeKind::Drift:
            return "drift";
        case ChangeKind::LateOwnWrite:
            return "late_own_write";
        case ChangeKind::Transform:
            return "transform";
    }
    return "unknown";
}

std::string_view name(CaseKind kind) {
    switch (kind) {
        case CaseKind::Association:
            return "association";
        case CaseKind::Conflict:
            return "conflict";
        case CaseKind::Gone:
            return "gone";
        case CaseKind::Duplicate:
            return "duplicate";
    }
    return "unknown";
}

}  // namespace syncline
