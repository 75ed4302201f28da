#pragma once

#include "sandbox/people.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace syncline::sandbox {

/// What one system holds of a customer, spelt its way; "" where it knows nothing.
struct Copy {
    std::string name;
    std::string street;
    std::string postcode;
    std::string city;
    std::string country;  ///< ISO 3166 code
    std::string phone;
    std::string mobile;
    std::string email;
    std::string vat;
};

/// A customer in the systems that know it.
struct Copies {
    Copy accounting;
    Copy erp;
    std::optional<Copy> helpdesk;
    std::optional<Copy> supplier;
};

/// How the systems came to hold a customer: with other spellings and with gaps, yet so that what is
/// left tells who it is (a VAT number, or a name with an e-mail address or a phone number) - but
/// for the contradiction. The same for the same seed.
Copies copy_out(const Person& person, std::uint64_t seed);

}  // namespace syncline::sandbox
