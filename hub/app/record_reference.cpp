#include "app/record_reference.hpp"

#include "base/uuid.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kPerLoad = 1'000;

std::string without_dashes(std::string text) {
    std::erase(text, '-');
    return text;
}

template <class Id>
bool names(const std::string& digits, const Id& id) {
    const std::string text = without_dashes(to_text(id));
    return text.starts_with(digits) || text.ends_with(digits);
}

Error not_found(const std::string& reference, const std::string& what) {
    return {ErrorCode::NotFound, Remedy::Reject, reference, "there is no such " + what};
}

Error several_fit(const std::string& reference, const std::string& what) {
    return {
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        reference,
        "several fit; give more of the id of the " + what};
}

/// Records that were merged away, and have such an id: those of standing merges.
std::vector<CustomerId> merged_away(
    store::Store& store, std::vector<CustomerId> into, const std::string& digits
) {
    std::vector<CustomerId> fitting;
    while (!into.empty()) {
        std::vector<CustomerId> losers;
        for (const MergeEvent& merge : store.merges_of(into)) {
            const bool is_won = std::find(into.begin(), into.end(), merge.winner) != into.end();
            if (!is_won || !merge.stands()) continue;
            losers.push_back(merge.loser);
            if (names(digits, merge.loser)) fitting.push_back(merge.loser);
        }
        into = std::move(losers);  // and what had been merged into those
    }
    return fitting;
}

Result<void> check_digits(const std::string& digits, const std::string& reference) {
    const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (digits.size() >= kShortest && hexadecimal) return {};
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        reference,
        "name it by its id, by at least 8 characters of the id's beginning or end, or a record by "
        "one of its systems as in erp:17"};
}

}  // namespace

Result<CustomerId> find_record(store::Store& store, const std::string& reference) {
    if (const auto colon = reference.find(':'); colon != std::string::npos) {
        const SystemId system{reference.substr(0, colon)};
        const std::vector<RemoteId> ids{RemoteId{reference.substr(colon + 1)}};
        const auto links = store.links_by_remote(system, "customer", ids);
        if (links.empty()) return not_found(reference, "record");
        if (links.front().state == LinkState::Unassociated) {
            return Error{
                ErrorCode::NotFound,
                Remedy::Reject,
                reference,
                "this record waits for a review; see `syncline reviews list`"};
        }
        return links.front().customer;
    }
    const std::string digits = without_dashes(reference);
    if (auto checked = check_digits(digits, reference); !checked) return checked.error();
    if (const auto whole = parse_uuid(digits)) {
        const std::vector<CustomerId> ids{CustomerId{*whole}};
        if (store.customers(ids).empty()) return not_found(reference, "record");
        return ids.front();
    }
    std::vector<CustomerId> fitting;
    std::vector<CustomerId> all;
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = store.customers_after(last, kPerLoad);
        if (ids.empty()) break;
        std::copy_if(
            ids.begin(),
            ids.end(),
            std::back_inserter(fitting),
            [&](const CustomerId& id) { return names(digits, id); }
        );
        all.insert(all.end(), ids.begin(), ids.end());
        last = ids.back();
    }
    if (fitting.empty()) fitting = merged_away(store, std::move(all), digits);
    if (fitting.empty()) return not_found(reference, "record");
    if (fitting.size() > 1) return several_fit(reference, "record");
    return fitting.front();
}

Result<Case> find_case(store::Store& store, Question question, const std::string& reference) {
    const std::string digits = without_dashes(reference);
    const bool wants_conflict = question == Question::Conflict;
    if (auto checked = check_digits(digits, reference); !checked) {
        Error error = checked.error();
        error.detail = std::string("name a ") + (wants_conflict ? "conflict" : "review") +
                       " by its id, or by at least 8 characters of the id's beginning or end; `"
                       "syncline " +
                       (wants_conflict ? "conflicts" : "reviews") + " list` shows them";
        return error;
    }
    std::vector<Case> fitting;
    bool is_other_kind = false;
    for (Case& item : store.cases(std::nullopt, /*open_only=*/false)) {
        if (!names(digits, item.id)) continue;
        if ((item.kind == CaseKind::Conflict) == wants_conflict)
            fitting.push_back(std::move(item));
        else
            is_other_kind = true;
    }
    if (fitting.size() == 1) return std::move(fitting.front());
    if (!fitting.empty()) return several_fit(reference, wants_conflict ? "conflict" : "review");
    if (!is_other_kind) return not_found(reference, wants_conflict ? "conflict" : "review");
    return Error{
        ErrorCode::NotFound,
        Remedy::Reject,
        reference,
        wants_conflict
            ? "there is no such conflict: it is a review; see `syncline reviews show " + reference +
                  "`"
            : "there is no such review: it is a conflict; see `syncline conflicts show " +
                  reference + "`"};
}

Result<store::Run> find_run(store::Store& store, const std::string& reference) {
    constexpr std::size_t kAll = 1'000'000'000;
    const std::string digits = without_dashes(reference);
    if (auto checked = check_digits(digits, reference); !checked) {
        Error error = checked.error();
        error.detail =
            "name a run by its id, or by at least 8 characters of the id's beginning or end; "
            "`syncline runs list` shows them";
        return error;
    }
    std::vector<store::Run> fitting;
    for (store::Run& run : store.runs(kAll)) {
        if (names(digits, run.id)) fitting.push_back(std::move(run));
    }
    if (fitting.empty()) return not_found(reference, "run");
    if (fitting.size() > 1) return several_fit(reference, "run");
    return std::move(fitting.front());
}

}  // namespace syncline::app
