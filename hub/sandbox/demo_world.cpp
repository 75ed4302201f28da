#include "sandbox/demo_world.hpp"

#include "base/fault.hpp"
#include "sandbox/copies.hpp"
#include "sandbox/demo_row.hpp"
#include "sandbox/people.hpp"
#include "sandbox/request_tracker.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace syncline::sandbox {
namespace {

constexpr int kCustomers = 400;

std::vector<DemoRow> invent_rows(std::uint64_t seed) {
    std::vector<DemoRow> rows;
    for (Person& person : invent_people(seed, kCustomers)) {
        DemoRow row;
        row.copies = copy_out(person, seed);
        row.person = std::move(person);
        rows.push_back(std::move(row));
    }
    return rows;
}

void make_empty(const std::filesystem::path& folder) {
    std::error_code code;
    std::filesystem::remove_all(folder, code);
    if (!code) std::filesystem::create_directories(folder, code);
    if (code) throw Fault("cannot make " + folder.string() + ": " + code.message());
}

DemoCustomer described(const DemoRow& row, RtDesk& desk) {
    DemoCustomer customer;
    customer.name = row.copies.accounting.name;
    customer.accounting = accounting_guid(row.person.number);
    customer.erp = std::to_string(row.person.number);
    if (row.copies.helpdesk) {
        const auto user = desk.find(row.copies.helpdesk->email);
        if (user) customer.helpdesk = std::to_string(user->id);
    }
    if (row.copies.supplier) customer.supplier = supplier_number(row.person.number);
    return customer;
}

}  // namespace

DemoSummary create_demo(const std::filesystem::path& folder, std::uint64_t seed) {
    const std::filesystem::path systems = folder / "systems";
    for (const char* system : {"accounting", "erp", "helpdesk", "supplier"})
        make_empty(systems / system);
    const std::vector<DemoRow> rows = invent_rows(seed);
    write_gnucash_book(systems / "accounting" / "book.gnucash", rows);
    write_erp_database(systems / "erp" / "erp.sqlite", rows);
    write_helpdesk_users(systems / "helpdesk", rows);
    write_supplier_files(systems / "supplier", rows);

    SystemClock clock;
    RtDesk desk(request_tracker_database(systems / "helpdesk"), clock);
    const auto row_of = [&](int number) -> const DemoRow& {
        return rows[static_cast<std::size_t>(number - 1)];
    };
    DemoSummary summary;
    summary.customers = rows.size();
    const auto counted = [&](std::optional<Copy> Copies::*member) {
        return static_cast<std::size_t>(std::count_if(
            rows.begin(),
            rows.end(),
            [&](const DemoRow& row) { return (row.copies.*member).has_value(); }
        ));
    };
    summary.helpdesk_users = counted(&Copies::helpdesk);
    summary.supplier_rows = counted(&Copies::supplier);
    using N = NotableNumbers;
    summary.tutorial = described(row_of(N::kTutorial), desk);
    for (const int number : {N::kSharedEmailFirst, N::kSharedEmailSecond, N::kSharedEmailThird})
        summary.shared_email.push_back(described(row_of(number), desk));
    for (const int number : {N::kNamesakeFirst, N::kNamesakeSecond})
        summary.namesakes.push_back(described(row_of(number), desk));
    summary.contradiction = described(row_of(N::kContradiction), desk);
    return summary;
}

}  // namespace syncline::sandbox
