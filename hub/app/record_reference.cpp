#include "app/record_reference.hpp"

#include "base/uuid.hpp"

#include <algorithm>
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

/// The one id among `fitting`.
template <class Id>
Result<Id> only(
    const std::vector<Id>& fitting, const std::string& reference, const std::string& what
) {
    if (fitting.empty()) return not_found(reference, what);
    if (fitting.size() == 1) return fitting.front();
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        reference,
        "several fit; give more of the id of the " + what};
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
    CustomerId last;
    for (;;) {
        const std::vector<CustomerId> ids = store.customers_after(last, kPerLoad);
        if (ids.empty()) return only(fitting, reference, "record");
        std::copy_if(
            ids.begin(),
            ids.end(),
            std::back_inserter(fitting),
            [&](const CustomerId& id) { return names(digits, id); }
        );
        last = ids.back();
    }
}

Result<CaseId> find_case(
    store::Store& store, std::optional<CaseKind> kind, const std::string& reference
) {
    const std::string digits = without_dashes(reference);
    if (auto checked = check_digits(digits, reference); !checked) return checked.error();
    std::vector<CaseId> fitting;
    for (const Case& item : store.cases(kind, /*open_only=*/false)) {
        if (names(digits, item.id)) fitting.push_back(item.id);
    }
    return only(fitting, reference, kind == CaseKind::Conflict ? "conflict" : "review");
}

}  // namespace syncline::app
