#include "sandbox/people.hpp"

#include "base/assert.hpp"
#include "sandbox/dice.hpp"
#include "sandbox/region.hpp"
#include "sandbox/spelling.hpp"
#include "sandbox/tax_number.hpp"

#include <set>
#include <string_view>
#include <utility>

namespace syncline::sandbox {
namespace {

using Kind = Person::Kind;
using Standing = Person::Standing;

/// What no two customers may share by accident.
class Taken {
public:
    bool take(const std::string& value) { return values_.insert(value).second; }

private:
    std::set<std::string> values_;
};

const Region& region_of(Dice& dice) {
    std::size_t left = dice.below(100);
    for (const Region& region : regions()) {
        if (left < region.share) return region;
        left -= region.share;
    }
    SYNCLINE_ASSERT(false);
}

std::string street_of(const Region& region, Dice& dice) {
    std::string street(dice.pick(region.streets));
    return street.replace(street.find('#'), 1, std::to_string(1 + dice.below(180)));
}

PhoneNumber phone_of(const Region& region, const Town& town, Dice& dice) {
    PhoneNumber phone;
    phone.dialling_code = region.dialling_code;
    phone.area_code = town.area_code;
    // The digit behind an area code is 2 to 4 everywhere here.
    phone.rest = std::to_string(2 + dice.below(3));
    phone.rest += dice.digits(region.phone_digits - town.area_code.size() - 1);
    return phone;
}

PhoneNumber mobile_of(const Region& region, Dice& dice) {
    PhoneNumber phone;
    phone.dialling_code = region.dialling_code;
    phone.area_code = std::string(region.mobile_code) + std::to_string(1 + dice.below(2));
    phone.rest = dice.digits(region.mobile_digits - 1);
    return phone;
}

std::string name_of(const Region& region, Kind kind, Dice& dice, Taken& taken) {
    for (;;) {
        const std::string_view first =
            kind == Kind::Human ? dice.pick(region.first_names) : dice.pick(region.trades);
        std::string name = std::string(first) + ' ' + std::string(dice.pick(region.surnames));
        if (taken.take(plain_letters(name))) return name;
    }
}

std::string email_of(const Person& person) {
    std::string local, domain;
    for (const char c : lower_plain(person.name)) {
        if (c == ' ' && person.kind == Kind::Human) local += '.';
        if (c < 'a' || c > 'z') continue;
        (person.kind == Kind::Human ? local : domain) += c;
    }
    if (person.kind == Kind::Human) return local + "@mailbox.example";
    return "info@" + domain + ".example";
}

std::int64_t credit_limit_of(Dice& dice) {
    const auto hundreds = static_cast<std::int64_t>(5 + 5 * dice.below(40));
    return hundreds * 100 * 100 + (dice.percent(10) ? 50 : 0);
}

Standing standing_of(int number) {
    switch (number % 80) {
        case 7:
            return Standing::Prospect;
        case 29:
            return Standing::Inactive;
        case 53:
            return Standing::Blocked;
        case 71:
            return number < 200 ? Standing::Archived : Standing::Active;
        default:
            return Standing::Active;
    }
}

Person invent(int number, std::uint64_t seed, Taken& names, Taken& numbers) {
    Dice dice(seed, "person " + std::to_string(number));
    const Region& region = region_of(dice);
    Person person;
    person.number = number;
    person.kind = dice.percent(15) ? Kind::Human : Kind::Organisation;
    person.name = name_of(region, person.kind, dice, names);
    const Town& town = dice.pick(region.towns);
    person.street = street_of(region, dice);
    person.postcode = town.postcode;
    person.city = town.name;
    person.country = region.country;
    do {
        person.phone =
            person.kind == Kind::Human ? mobile_of(region, dice) : phone_of(region, town, dice);
    } while (!numbers.take(e164(person.phone)));
    if (person.kind == Kind::Organisation) {
        person.legal_form = dice.pick(region.legal_forms);
        do {
            person.vat = invent_vat_number(person.country, dice);
        } while (!numbers.take(person.vat));
        if (dice.percent(30)) person.mobile = mobile_of(region, dice);
    }
    if (dice.percent(80)) person.email = email_of(person);
    person.credit_limit_cents = credit_limit_of(dice);
    person.standing = standing_of(number);
    return person;
}

PhoneNumber belgian_phone(const char* area, const char* rest) {
    return {"32", area, rest};
}

/// The customer that the documentation walks through.
void make_tutorial(Person& person) {
    person.kind = Kind::Organisation;
    person.name = "Brouwerij De Gulden Reiger";
    person.legal_form = "NV";
    person.street = "Vismarkt 12";
    person.postcode = "2800";
    person.city = "Mechelen";
    person.country = "BE";
    person.phone = belgian_phone("15", "412233");
    person.mobile = belgian_phone("475", "123456");
    person.email = "info@guldenreiger.example";
    person.vat = belgian_vat_number("04567123");
    person.credit_limit_cents = 2'500'000;
    person.standing = Standing::Active;
}

/// Three companies behind one front desk: an address that says nothing about who is who.
void make_tenant(Person& person, const char* name, const char* rest, const char* vat_digits) {
    person.kind = Kind::Organisation;
    person.name = name;
    person.legal_form = "BV";
    person.street = "Kantoorpark 5";
    person.postcode = "9820";
    person.city = "Merelbeke";
    person.country = "BE";
    person.phone = belgian_phone("9", rest);
    person.mobile = {};
    person.email = "receptie@kantoorpark.example";
    person.vat = belgian_vat_number(vat_digits);
    person.standing = Standing::Active;
}

/// The same name over another door, in another town, with another VAT number.
void make_namesake(Person& person, const char* street, const char* postcode, const char* city) {
    person.kind = Kind::Organisation;
    person.name = "Bakkerij Peeters";
    person.legal_form = "BV";
    person.street = street;
    person.postcode = postcode;
    person.city = city;
    person.country = "BE";
    person.mobile = {};
    person.standing = Standing::Active;
}

/// Same name, same door, but the two systems hold different VAT numbers: only a person can tell.
void make_contradiction(Person& person) {
    person.kind = Kind::Organisation;
    person.name = "Atelier Beukenhof";
    person.legal_form = "BV";
    person.street = "Beukenhof 3";
    person.postcode = "3000";
    person.city = "Leuven";
    person.country = "BE";
    person.phone = belgian_phone("16", "224455");
    person.mobile = {};
    person.email.clear();
    person.vat = belgian_vat_number("04711223");
    person.standing = Standing::Active;
}

}  // namespace

std::vector<Person> invent_people(std::uint64_t seed, int count) {
    SYNCLINE_ASSERT(count >= 50);
    Taken names, numbers;
    std::vector<Person> people;
    for (int number = 1; number <= count; ++number)
        people.push_back(invent(number, seed, names, numbers));
    const auto at = [&](int number) -> Person& {
        return people[static_cast<std::size_t>(number - 1)];
    };
    using N = NotableNumbers;
    make_tutorial(at(N::kTutorial));
    make_tenant(at(N::kSharedEmailFirst), "Adviesbureau Kompas", "2310101", "04611001");
    make_tenant(at(N::kSharedEmailSecond), "Studio Noorderlicht", "2310202", "04611002");
    make_tenant(at(N::kSharedEmailThird), "Verzekeringen Anker", "2310303", "04611003");
    Person& first = at(N::kNamesakeFirst);
    make_namesake(first, "Kouter 8", "9000", "Gent");
    first.phone = belgian_phone("9", "2244001");
    first.email = "winkel@bakkerij-peeters-gent.example";
    first.vat = belgian_vat_number("04622001");
    Person& second = at(N::kNamesakeSecond);
    make_namesake(second, "Grote Markt 30", "3500", "Hasselt");
    second.phone = belgian_phone("11", "224002");
    second.email = "bestel@peeters-hasselt.example";
    second.vat = belgian_vat_number("04622002");
    make_contradiction(at(N::kContradiction));
    return people;
}

}  // namespace syncline::sandbox
