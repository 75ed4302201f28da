#include "sandbox/copies.hpp"

#include "normal/normal_form.hpp"
#include "normal/phone.hpp"
#include "normal/vat.hpp"
#include "sandbox/people.hpp"
#include "sandbox/spelling.hpp"
#include "sandbox/tax_number.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace syncline::sandbox {
namespace {

using Numbers = NotableNumbers;

constexpr std::uint64_t kSeeds[] = {1, 7, 20260105};
constexpr int kCount = 400;

std::string name_key(const Copy& copy) {
    LeafSpec leaf;
    leaf.type = ValueType::PersonOrOrganisationName;
    return normal::match_key(leaf, copy.name);
}

bool same_filled(const std::string& a, const std::string& b) {
    return !a.empty() && a == b;
}

std::string phone_key(const Copy& copy) {
    return normal::phone_e164(copy.phone, "BE").value_or("");
}

std::string vat_key(const Copy& copy) {
    return copy.vat.empty() ? "" : normal::vat_number(copy.vat, "BE").value_or("?");
}

/// By what the demo's hub links records: a VAT number, or a name with an address or a number.
bool can_be_told(const Copy& a, const Copy& b) {
    if (same_filled(vat_key(a), vat_key(b))) return true;
    if (name_key(a) != name_key(b)) return false;
    return same_filled(lower_plain(a.email), lower_plain(b.email)) ||
           same_filled(phone_key(a), phone_key(b));
}

Copies copies_of(int number) {
    const std::vector<Person> people = invent_people(1, kCount);
    return copy_out(people[static_cast<std::size_t>(number - 1)], 1);
}

TEST(DemoCopies, WhatIsLeftTellsWhoItIs) {
    for (const std::uint64_t seed : kSeeds) {
        for (const Person& person : invent_people(seed, kCount)) {
            if (person.number == Numbers::kContradiction) continue;
            const Copies copies = copy_out(person, seed);
            EXPECT_TRUE(can_be_told(copies.accounting, copies.erp)) << seed << ' ' << person.name;
            const auto told_from_books = [&](const Copy& copy) {
                return can_be_told(copy, copies.accounting) || can_be_told(copy, copies.erp);
            };
            if (copies.helpdesk) {
                EXPECT_TRUE(told_from_books(*copies.helpdesk)) << person.name;
            }
            if (copies.supplier) {
                EXPECT_TRUE(told_from_books(*copies.supplier)) << person.name;
            }
        }
    }
}

TEST(DemoCopies, NoTwoCustomersCanBeTakenForOne) {
    std::set<std::string> vat_numbers, name_and_phone, name_and_email;
    for (const Person& person : invent_people(1, kCount)) {
        const Copy copy = copy_out(person, 1).accounting;
        if (!copy.vat.empty()) {
            EXPECT_TRUE(vat_numbers.insert(copy.vat).second) << copy.vat;
        }
        if (!copy.phone.empty()) {
            EXPECT_TRUE(name_and_phone.insert(name_key(copy) + copy.phone).second);
        }
        if (!copy.email.empty()) {
            EXPECT_TRUE(name_and_email.insert(name_key(copy) + copy.email).second);
        }
    }
}

TEST(DemoCopies, NumbersReadBackAsWhatTheyAre) {
    for (const std::uint64_t seed : kSeeds) {
        for (const Person& person : invent_people(seed, kCount)) {
            if (person.number == Numbers::kContradiction) continue;
            const Copies copies = copy_out(person, seed);
            std::vector<const Copy*> all{&copies.accounting, &copies.erp};
            if (copies.helpdesk) all.push_back(&*copies.helpdesk);
            if (copies.supplier) all.push_back(&*copies.supplier);
            for (const Copy* copy : all) {
                if (!copy->phone.empty()) {
                    EXPECT_EQ(phone_key(*copy), e164(person.phone)) << copy->phone;
                }
                if (!copy->mobile.empty()) {
                    EXPECT_EQ(normal::phone_e164(copy->mobile, "BE"), e164(person.mobile));
                }
                if (!copy->vat.empty()) {
                    EXPECT_EQ(vat_key(*copy), person.vat) << copy->vat;
                }
            }
        }
    }
}

TEST(DemoCopies, SystemsSpellAndForgetDifferently) {
    int names = 0, streets = 0, gaps = 0, phones = 0;
    for (const Person& person : invent_people(1, kCount)) {
        const Copies copies = copy_out(person, 1);
        names += copies.accounting.name != copies.erp.name;
        streets += copies.accounting.street != copies.erp.street;
        phones += copies.accounting.phone != copies.erp.phone;
        gaps += copies.accounting.vat.empty() != copies.erp.vat.empty() ||
                copies.accounting.email.empty() != copies.erp.email.empty() ||
                copies.accounting.phone.empty() != copies.erp.phone.empty();
    }
    EXPECT_GT(names, 20);
    EXPECT_GT(streets, 3);
    EXPECT_GT(phones, 100);
    EXPECT_GT(gaps, 20);
    EXPECT_LT(names + streets + gaps, 160);  // the rest is alike: it is one world
}

TEST(DemoCopies, NamesakesShareTheirNameOnly) {
    const Copies first = copies_of(Numbers::kNamesakeFirst);
    const Copies second = copies_of(Numbers::kNamesakeSecond);
    EXPECT_EQ(name_key(first.accounting), name_key(second.accounting));
    EXPECT_FALSE(can_be_told(first.accounting, second.accounting));
    EXPECT_FALSE(can_be_told(first.erp, second.erp));
    EXPECT_NE(first.accounting.postcode, second.accounting.postcode);
    EXPECT_TRUE(first.helpdesk && second.helpdesk);
}

TEST(DemoCopies, AnOfficeSharesOneAddressThatOneUserHolds) {
    const Copies first = copies_of(Numbers::kSharedEmailFirst);
    const Copies second = copies_of(Numbers::kSharedEmailSecond);
    const Copies third = copies_of(Numbers::kSharedEmailThird);
    EXPECT_EQ(first.accounting.email, "receptie@kantoorpark.example");
    EXPECT_EQ(second.accounting.email, first.accounting.email);
    EXPECT_EQ(third.accounting.email, first.accounting.email);
    EXPECT_EQ(second.accounting.street, first.accounting.street);
    EXPECT_FALSE(can_be_told(first.accounting, second.erp));
    EXPECT_FALSE(can_be_told(second.accounting, third.erp));
    EXPECT_TRUE(first.helpdesk);
    EXPECT_FALSE(second.helpdesk || third.helpdesk);
}

TEST(DemoCopies, TheContradictionIsForAPerson) {
    const Copies copies = copies_of(Numbers::kContradiction);
    EXPECT_EQ(name_key(copies.accounting), name_key(copies.erp));
    EXPECT_EQ(copies.accounting.street, copies.erp.street);
    EXPECT_EQ(copies.accounting.postcode, copies.erp.postcode);
    EXPECT_FALSE(can_be_told(copies.accounting, copies.erp));
    EXPECT_FALSE(copies.accounting.vat.empty());
    EXPECT_NE(vat_key(copies.accounting), vat_key(copies.erp));
    EXPECT_FALSE(copies.helpdesk || copies.supplier);
}

TEST(TaxNumber, HasItsCheckDigits) {
    EXPECT_EQ(belgian_vat_number("04031707"), "BE0403170701");
    Dice dice(1, "tax");
    for (int i = 0; i < 50; ++i) {
        const std::string french = invent_vat_number("FR", dice);
        ASSERT_EQ(french.size(), 13U);
        const long siren = std::stol(french.substr(4));
        EXPECT_EQ(std::stol(french.substr(2, 2)), (12 + 3 * (siren % 97)) % 97);
        const std::string dutch = invent_vat_number("NL", dice);
        long sum = -(dutch[10] - '0');
        for (std::size_t digit = 0; digit < 8; ++digit)
            sum += (dutch[2 + digit] - '0') * static_cast<long>(9 - digit);
        EXPECT_EQ(sum % 11, 0) << dutch;
    }
}

TEST(Spelling, OfPhoneNumbers) {
    const PhoneNumber gent{"32", "9", "2234567"};
    EXPECT_EQ(e164(gent), "+3292234567");
    EXPECT_EQ(written(gent, PhoneStyle::International), "+32 9 223 45 67");
    EXPECT_EQ(written(gent, PhoneStyle::DoubleZero), "0032 9 2234567");
    EXPECT_EQ(written(gent, PhoneStyle::Slash), "09/223.45.67");
    EXPECT_EQ(written(gent, PhoneStyle::Spaces), "09 223 45 67");
    EXPECT_EQ(written(gent, PhoneStyle::Digits), "092234567");
    EXPECT_EQ(written({}, PhoneStyle::Digits), "");
}

TEST(Spelling, OfNames) {
    EXPECT_EQ(capitals("Gérard Weiß"), "GERARD WEISS");
    EXPECT_EQ(other_form("NV"), "N.V.");
    EXPECT_EQ(other_form("B.V."), "BV");
    EXPECT_EQ(other_form("GmbH"), "GmbH");
    EXPECT_EQ(short_street("Kerkstraat 12"), "Kerkstr. 12");
    EXPECT_EQ(short_street("Markt 3"), "Markt 3");
    EXPECT_EQ(slip("Garage Maes"), "Garage Meas");
    EXPECT_EQ(printed_vat("BE0456712325"), "BE 0456.712.325");
    EXPECT_EQ(printed_vat("DE227066979"), "DE 227066979");
}

}  // namespace
}  // namespace syncline::sandbox
