#include "app/past.hpp"

#include "base/time.hpp"
#include "sync/core/time_travel.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

namespace syncline::app {
namespace {

/// "2h" as a time span; nothing when it is none, or longer than people mean.
std::optional<std::chrono::milliseconds> read_span(const std::string& text) {
    constexpr std::int64_t kMost = 100'000'000;
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || count < 0 || count > kMost || rest + 1 != end) return std::nullopt;
    switch (*rest) {
        case 's':
            return std::chrono::seconds{count};
        case 'm':
            return std::chrono::minutes{count};
        case 'h':
            return std::chrono::hours{count};
        case 'd':
            return std::chrono::days{count};
        default:
            return std::nullopt;
    }
}

}  // namespace

Result<Timestamp> read_moment(const std::string& text, Timestamp now) {
    const auto refused = [&](const char* why) {
        return Error{ErrorCode::UsageInvalid, Remedy::Reject, text, why};
    };
    std::optional<Timestamp> moment;
    if (const auto span = read_span(text)) {
        moment = now - *span;
    } else {
        constexpr std::size_t kDate = 10;  // 2026-05-01
        moment = from_rfc3339(text.size() == kDate ? text + "T00:00:00Z" : text);
    }
    if (!moment)
        return refused(
            "name a moment by a date (2026-05-01), a time (2026-05-01T09:30:00Z), or how long ago "
            "it was (90s, 15m, 2h, 3d)"
        );
    if (*moment > now) return refused("this moment is still to come");
    return *moment;
}

Result<FlatMap<FieldId, FieldState>> past_of(
    store::Store& store, const CustomerId& id, Timestamp moment
) {
    const std::vector<Change> history = store.history(id);
    auto fields = sync::fields_at(history, moment);
    if (fields) return *std::move(fields);
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        to_text(id),
        history.empty() ? "the journal tells nothing of this record"
                        : "there was no such record at " + to_rfc3339(moment) +
                              ": it is known since " + to_rfc3339(history.front().at)};
}

Result<std::vector<std::pair<FieldId, FieldValue>>> values_to_restore(
    const FieldTable& fields,
    const Customer& now,
    const FlatMap<FieldId, FieldState>& then,
    const std::vector<std::string>& paths
) {
    std::set<FieldId> wanted;
    for (const std::string& path : paths) {
        const Field* field = fields.find(path);
        if (field == nullptr)
            return Error{
                ErrorCode::NotFound, Remedy::Reject, path, "no system of this hub has this field"};
        wanted.insert(field->id);
    }
    std::vector<std::pair<FieldId, FieldValue>> values;
    for (const auto& [id, state] : now.fields) {
        const Field* field = fields.find(id);
        if (field == nullptr || (!wanted.empty() && !wanted.contains(id))) continue;
        const FieldState* past = then.find(id);
        FieldValue value = past != nullptr ? past->value : FieldValue::cleared(field->parts.size());
        if (value != state.value) values.emplace_back(id, std::move(value));
    }
    return values;
}

}  // namespace syncline::app
