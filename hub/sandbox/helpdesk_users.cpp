#include "base/fault.hpp"
#include "sandbox/demo_row.hpp"
#include "sandbox/request_tracker.hpp"
#include "sandbox/spelling.hpp"

#include <algorithm>
#include <string>

namespace syncline::sandbox {
namespace {

/// A demo made twice is the same twice, moments included.
class DemoClock final : public Clock {
public:
    Timestamp now() override { return from_unix_ms(1'767'600'000'000); }  // 2026-01-05 08:00 UTC
    std::chrono::milliseconds steady() override { return {}; }
};

RtFields fields_of(const Copy& copy) {
    return {
        {"Name", copy.email},
        {"EmailAddress", copy.email},
        {"RealName", copy.name},
        {"Organization", copy.name},
        {"WorkPhone", copy.phone},
        {"MobilePhone", copy.mobile},
        {"Address1", copy.street},
        {"City", copy.city},
        {"Zip", copy.postcode},
        {"Country", copy.country.empty() ? "" : std::string(english_country(copy.country))},
        {"Privileged", "0"},
    };
}

}  // namespace

void write_helpdesk_users(const std::filesystem::path& folder, const std::vector<DemoRow>& rows) {
    DemoClock clock;
    RtDesk desk(request_tracker_database(folder), clock);
    // The documentation's customer comes first, so that its id does not hang on the others.
    std::vector<const DemoRow*> order;
    for (const DemoRow& row : rows)
        order.push_back(&row);
    std::stable_partition(order.begin(), order.end(), [](const DemoRow* row) {
        return row->person.number == NotableNumbers::kTutorial;
    });
    for (const DemoRow* row : order) {
        if (!row->copies.helpdesk) continue;
        const RtCreation made = desk.create(fields_of(*row->copies.helpdesk), "root");
        if (!made.id) throw Fault("the helpdesk refuses an invented user: " + made.message);
    }
}

}  // namespace syncline::sandbox
