#include "app/error_tally.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace syncline::app {
namespace {

struct Counting {
    ErrorTally tally;
    std::map<std::string, std::uint64_t> reasons;
};

void count(Counting& counting, const QuarantineItem& item) {
    ErrorTally& tally = counting.tally;
    if (tally.items == 0) tally.first_at = item.first_at;
    ++tally.items;
    tally.first_at = std::min(tally.first_at, item.first_at);
    tally.last_at = std::max(tally.last_at, item.last_at);
    ++counting.reasons[item.reason];
}

ErrorTally with_reason(Counting counting) {
    const auto most = std::max_element(
        counting.reasons.begin(),
        counting.reasons.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; }
    );
    counting.tally.reason = most->first;
    counting.tally.reasons = counting.reasons.size();
    return std::move(counting.tally);
}

}  // namespace

std::vector<ErrorTally> tally_errors(
    std::span<const QuarantineItem> items, const FieldTable& fields
) {
    std::map<std::tuple<std::string, ErrorCode, std::string>, Counting> groups;
    for (const QuarantineItem& item : items) {
        const Field* field = fields.find(item.field);
        const std::string path = field == nullptr ? "" : field->path;
        Counting& counting = groups[{item.system.text(), item.code, path}];
        counting.tally.system = item.system;
        counting.tally.code = item.code;
        counting.tally.field = path;
        count(counting, item);
    }
    std::vector<ErrorTally> tallies;
    tallies.reserve(groups.size());
    for (auto& [key, counting] : groups)
        tallies.push_back(with_reason(std::move(counting)));
    std::stable_sort(tallies.begin(), tallies.end(), [](const ErrorTally& a, const ErrorTally& b) {
        return std::tie(a.items, a.last_at) > std::tie(b.items, b.last_at);
    });
    return tallies;
}

std::string text_of(const ErrorTally& tally) {
    std::string text = std::to_string(tally.items) + " " + std::string(name(tally.code)) + " in " +
                       (tally.system.empty() ? "the hub" : tally.system.text());
    if (!tally.field.empty()) text += " (" + tally.field + ")";
    return text;
}

}  // namespace syncline::app
