#include "model/case.hpp"
#include "model/change.hpp"
#include "model/customer.hpp"
#include "model/link.hpp"
#include "model/settings.hpp"

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
        case LinkState::Condemned:
            return "condemned";
    }
    return "unknown";
}

std::string_view name(LinkRole role) {
    switch (role) {
        case LinkRole::Primary:
            return "primary";
        case LinkRole::Secondary:
            return "secondary";
    }
    return "unknown";
}

std::string_view name(CustomerState state) {
    switch (state) {
        case CustomerState::Active:
            return "active";
        case CustomerState::Alias:
            return "merged";
        case CustomerState::Deleted:
            return "deleted";
    }
    return "unknown";
}

std::string_view name(WhenGone reaction) {
    switch (reaction) {
        case WhenGone::Review:
            return "review";
        case WhenGone::Unlink:
            return "unlink";
        case WhenGone::Recreate:
            return "recreate";
        case WhenGone::Deactivate:
            return "deactivate";
        case WhenGone::Delete:
            return "delete";
    }
    return "unknown";
}

std::string_view name(OnDelete reaction) {
    switch (reaction) {
        case OnDelete::Review:
            return "review";
        case OnDelete::Unlink:
            return "unlink";
        case OnDelete::Deactivate:
            return "deactivate";
        case OnDelete::Delete:
            return "delete";
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
        case ChangeKind::Written:
            return "written";
        case ChangeKind::Linked:
            return "linked";
        case ChangeKind::Unlinked:
            return "unlinked";
        case ChangeKind::Created:
            return "created";
        case ChangeKind::Removed:
            return "removed";
        case ChangeKind::Merged:
            return "merged";
        case ChangeKind::MergedInto:
            return "merged_into";
        case ChangeKind::Unmerged:
            return "unmerged";
        case ChangeKind::Deleted:
            return "deleted";
        case ChangeKind::Undeleted:
            return "undeleted";
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
        case CaseKind::Apart:
            return "apart";
    }
    return "unknown";
}

}  // namespace syncline
