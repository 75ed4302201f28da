#include "sync/core/shown_version.hpp"

#include "base/time.hpp"

#include <algorithm>
#include <string>

namespace syncline::sync {
namespace {

/// Is what people see another than before this entry? What the hub wrote, and what became of its
/// writes, is not: it leaves values and what systems say as they were.
bool changes_what_is_shown(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::Version:
        case ChangeKind::Loser:
        case ChangeKind::Contested:
        case ChangeKind::Drift:
        case ChangeKind::Linked:
        case ChangeKind::Unlinked:
        case ChangeKind::Merged:
        case ChangeKind::MergedInto:
        case ChangeKind::Unmerged:
        case ChangeKind::Deleted:
        case ChangeKind::Undeleted:
            return true;
        case ChangeKind::LateOwnWrite:
        case ChangeKind::Transform:
        case ChangeKind::Written:
        case ChangeKind::Created:
        case ChangeKind::Removed:
            return false;
    }
    return true;
}

bool is_whole(const FieldChange& entry) {
    return entry.field == FieldId{};
}

std::string who(const Origin& origin) {
    return origin.kind == Origin::Kind::User ? "user " + origin.name : origin.name;
}

Error outdated(const Change& change, const FieldChange& entry, const std::string& path) {
    const std::string what =
        is_whole(entry) ? "the record is not what was shown (" + std::string(name(entry.kind)) + ")"
                        : "it changed since it was shown";
    return {
        ErrorCode::Outdated,
        Remedy::Reject,
        is_whole(entry) ? to_text(change.customer) : path,
        what + ", by " + who(entry.origin) + " at " + to_rfc3339(change.at) +
            "; nothing was decided: look again, and decide on what it is now"};
}

}  // namespace

std::uint64_t shown_version(std::span<const Change> history, std::optional<FieldId> field) {
    std::uint64_t newest = 0;
    for (const Change& change : history) {
        const bool counts =
            std::any_of(change.fields.begin(), change.fields.end(), [&](const FieldChange& entry) {
                const bool is_meant = !field || is_whole(entry) || entry.field == *field;
                return is_meant && changes_what_is_shown(entry.kind);
            });
        if (counts) newest = std::max(newest, change.sequence);
    }
    return newest;
}

Result<void> expect_unchanged(
    const FieldTable& fields,
    std::span<const Change> history,
    std::span<const FieldId> decided,
    std::uint64_t version
) {
    const std::uint64_t newest = shown_version(history);
    if (version > newest)
        return Error{
            ErrorCode::UsageInvalid,
            Remedy::Reject,
            "--if-version",
            "the record never had version " + std::to_string(version) + "; it has " +
                std::to_string(newest)};
    const auto is_decided = [&](FieldId field) {
        return decided.empty() || std::find(decided.begin(), decided.end(), field) != decided.end();
    };
    for (auto change = history.rbegin(); change != history.rend(); ++change) {
        if (change->sequence <= version) continue;
        for (const FieldChange& entry : change->fields) {
            if (!changes_what_is_shown(entry.kind)) continue;
            const Field* field = fields.find(entry.field);
            if (is_whole(entry) || (field != nullptr && is_decided(entry.field)))
                return outdated(*change, entry, field == nullptr ? "" : field->path);
        }
    }
    return {};
}

}  // namespace syncline::sync
