#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace syncline::sandbox {

struct PhoneNumber {
    std::string dialling_code;  ///< "32"
    std::string area_code;      ///< "9"; the leading digits of a mobile number
    std::string rest;

    bool empty() const { return rest.empty(); }
};

/// One invented customer as it really is; what each system knows of it is another matter.
struct Person {
    int number = 0;  ///< from 1; its id in the ERP and in accounting
    enum class Kind : std::uint8_t { Organisation, Human } kind = Kind::Organisation;
    std::string name;        ///< without legal form
    std::string legal_form;  ///< "NV"; "" for people
    std::string street;
    std::string postcode;
    std::string city;
    std::string country;
    PhoneNumber phone;
    PhoneNumber mobile;
    std::string email;
    std::string vat;
    std::int64_t credit_limit_cents = 0;
    enum class Standing : std::uint8_t {
        Active,
        Prospect,
        Inactive,
        Blocked,
        Archived
    } standing = Standing::Active;
};

/// Numbers of the customers that tests and documentation name; the same for every seed.
struct NotableNumbers {
    static constexpr int kTutorial = 17;
    static constexpr int kSharedEmailFirst = 21, kSharedEmailSecond = 22, kSharedEmailThird = 23;
    static constexpr int kNamesakeFirst = 31, kNamesakeSecond = 32;
    static constexpr int kContradiction = 41;
};

/// Customers 1 to `count`, each with a name, an e-mail and a phone number of its own, but for the
/// notable ones. The same for the same seed. @pre count >= 50
std::vector<Person> invent_people(std::uint64_t seed, int count);

}  // namespace syncline::sandbox
