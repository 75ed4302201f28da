#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace syncline::bench {

/// The business fields of an invented customer, in the order of the table's columns.
enum Column : std::size_t {
    GivenName,
    FamilyName,
    Company,
    Street,
    HouseNumber,
    Postcode,
    City,
    Country,
    Phone,
    Mobile,
    Email,
    VatId,
    Language,
    Iban,
    Note,
};
constexpr std::size_t kColumns = 15;
constexpr std::array<const char*, kColumns> kColumnNames{
    "given_name",
    "family_name",
    "company",
    "street",
    "house_no",
    "postcode",
    "city",
    "country",
    "phone",
    "mobile",
    "email",
    "vat_id",
    "language",
    "iban",
    "note"};

/// One invented customer. Company, e-mail and VAT number are of this one alone.
struct Customer {
    std::int64_t id = 0;
    std::array<std::string, kColumns> values;
};

/// The customer with this number: the same on every machine. @pre 1 <= id <= 9,999,999
Customer customer(std::int64_t id);

/// A telephone number that no `customer()` has, different for each number below ten million.
std::string other_phone(std::int64_t number);

/// The customer as one line of JSON, as a feed would tell it.
std::string to_json_line(const Customer& customer);

}  // namespace syncline::bench
