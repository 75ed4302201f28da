#pragma once

#include "sandbox/copies.hpp"
#include "sandbox/people.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::sandbox {

/// One customer on its way into the demo's systems.
struct DemoRow {
    Person person;
    Copies copies;
};

/// The key of a customer in the accounting book; depends on its number only.
std::string accounting_guid(int number);
/// The supplier's own number of a customer.
std::string supplier_number(int number);

/// Each writes one system afresh; Fault when the disk refuses. What was there must be gone.
void write_gnucash_book(const std::filesystem::path& file, const std::vector<DemoRow>& rows);
void write_erp_database(const std::filesystem::path& file, const std::vector<DemoRow>& rows);
void write_helpdesk_users(const std::filesystem::path& folder, const std::vector<DemoRow>& rows);
/// The folder gets out/customers-<date>.csv and an empty in/.
void write_supplier_files(const std::filesystem::path& folder, const std::vector<DemoRow>& rows);

}  // namespace syncline::sandbox
