#pragma once

#include "sandbox/copies.hpp"
#include "sandbox/people.hpp"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
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

/// One line of the supplier's files: ";" between fields; by RFC 4180 a field with a delimiter, a
/// quote or a line end stands in quotes.
std::string csv_line(std::initializer_list<std::string_view> fields);

/// Each writes one system afresh; Fault when the disk refuses. What was there must be gone.
void write_gnucash_book(const std::filesystem::path& file, const std::vector<DemoRow>& rows);
void write_erp_database(const std::filesystem::path& file, const std::vector<DemoRow>& rows);
void write_helpdesk_users(const std::filesystem::path& folder, const std::vector<DemoRow>& rows);
/// The folder gets out/customers-<date>.csv and an empty in/.
void write_supplier_files(const std::filesystem::path& folder, const std::vector<DemoRow>& rows);

}  // namespace syncline::sandbox
