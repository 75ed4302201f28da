#include "model/stamp.hpp"

namespace syncline {

std::string_view name(Rule rule) {
    switch (rule) {
        case Rule::None:
            return "none";
        case Rule::FirstValue:
            return "first_value";
        case Rule::OnlyChange:
            return "only_change";
        case Rule::SameChange:
            return "same_change";
        case Rule::Authority:
            return "authority";
        case Rule::Newest:
            return "newest";
        case Rule::NewestUndecided:
            return "newest_undecided";
        case Rule::Keep:
            return "keep";
        case Rule::Union:
            return "union";
        case Rule::NullGuard:
            return "null_guard";
        case Rule::Review:
            return "review";
        case Rule::User:
            return "user";
        case Rule::Adoption:
            return "adoption";
        case Rule::LateOwnWrite:
            return "late_own_write";
        case Rule::Drift:
            return "drift";
        case Rule::Default:
            return "default";
        case Rule::Merge:
            return "merge";
        case Rule::Unmerge:
            return "unmerge";
        case Rule::Undo:
            return "undo";
        case Rule::Restore:
            return "restore";
        case Rule::Delete:
            return "delete";
    }
    return "unknown";
}

}  // namespace syncline
