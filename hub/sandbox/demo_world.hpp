#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace syncline::sandbox {

/// Where one customer of the demo stands in each system; "" = the system does not know it.
struct DemoCustomer {
    std::string name;
    std::string accounting;  ///< guid
    std::string erp;         ///< id
    std::string helpdesk;    ///< id of the user
    std::string supplier;    ///< CustNo
};

/// What was made, for messages, tests and documentation. The named customers are the same for
/// each seed, ids included (but for ids of the helpdesk: only the tutorial's is).
struct DemoSummary {
    std::size_t customers = 0;  ///< as many in accounting and in the ERP
    std::size_t helpdesk_users = 0;
    std::size_t supplier_rows = 0;
    DemoCustomer tutorial;                   ///< in all four systems, alike but for spelling
    std::vector<DemoCustomer> shared_email;  ///< three companies behind one address
    std::vector<DemoCustomer> namesakes;     ///< two bakeries of one name
    DemoCustomer contradiction;              ///< one door, one name, two VAT numbers
};

/// Writes the systems of a demo workspace to `folder`/systems: accounting/book.gnucash,
/// erp/erp.sqlite, helpdesk/rt.sqlite, supplier/out and supplier/in. About 400 customers that hang
/// on the seed alone. What an earlier demo left in these places is removed. Fault when the disk
/// refuses.
DemoSummary create_demo(const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace syncline::sandbox
