#include "sandbox/copies.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/spelling.hpp"
#include "sandbox/tax_number.hpp"

#include <array>
#include <vector>

namespace syncline::sandbox {
namespace {

using Numbers = NotableNumbers;

bool is_notable(int number) {
    return number == Numbers::kTutorial || number == Numbers::kContradiction ||
           (number >= Numbers::kSharedEmailFirst && number <= Numbers::kSharedEmailThird) ||
           number == Numbers::kNamesakeFirst || number == Numbers::kNamesakeSecond;
}

std::string full_name(const Person& person) {
    return person.legal_form.empty() ? person.name : person.name + ' ' + person.legal_form;
}

std::string dotted_name(const Person& person) {
    return person.legal_form.empty() ? person.name
                                     : person.name + ' ' + other_form(person.legal_form);
}

/// Programs of one country read its local numbers; foreign ones need a prefix.
std::string local_phone(const PhoneNumber& phone, Dice& dice) {
    static constexpr std::array kHome{
        PhoneStyle::Slash, PhoneStyle::Spaces, PhoneStyle::Digits, PhoneStyle::International};
    static constexpr std::array kForeign{PhoneStyle::International, PhoneStyle::DoubleZero};
    const PhoneStyle style = phone.dialling_code == "32" ? dice.pick(kHome) : dice.pick(kForeign);
    return written(phone, style);
}

Copy faithful(const Person& person) {
    Copy copy;
    copy.name = full_name(person);
    copy.street = person.street;
    copy.postcode = person.postcode;
    copy.city = person.city;
    copy.country = person.country;
    copy.phone = written(person.phone, PhoneStyle::International);
    copy.mobile = written(person.mobile, PhoneStyle::International);
    copy.email = person.email;
    copy.vat = person.vat;
    return copy;
}

Copy erp_copy(const Person& person, Dice& dice) {
    Copy copy = faithful(person);
    copy.phone = local_phone(person.phone, dice);
    if (!copy.vat.empty() && dice.percent(50)) copy.vat = printed_vat(person.vat);
    if (dice.percent(10)) copy.email = capitals(copy.email);
    return copy;
}

/// One of the two books may lack one thing, if enough is left in both to tell who it is.
/// True when there is a gap.
bool leave_gap(Copies& copies, Dice& dice) {
    std::vector<std::string Copy::*> known;
    for (const auto member : {&Copy::vat, &Copy::email, &Copy::phone}) {
        if (!(copies.erp.*member).empty()) known.push_back(member);
    }
    if (known.size() < 2 || !dice.percent(14)) return false;
    Copy& forgetful = dice.percent(50) ? copies.accounting : copies.erp;
    (forgetful.*dice.pick(known)).clear();
    return true;
}

void misspell(Copies& copies, const Person& person, Dice& dice) {
    const std::size_t fate = dice.below(100);
    if (fate < 3 && !person.vat.empty()) {
        copies.erp.name = slip(copies.erp.name);
    } else if (fate < 6) {
        copies.erp.name = capitals(copies.erp.name);
    } else if (fate < 9) {
        copies.erp.name = dotted_name(person);
    } else if (fate < 12) {
        copies.accounting.name = person.name;
    } else if (fate < 15) {
        copies.accounting.name = plain_letters(copies.accounting.name);
    }
    if (dice.percent(10)) copies.erp.street = short_street(person.street);
}

std::optional<Copy> helpdesk_copy(const Person& person, Dice& dice) {
    const bool is_second_holder =
        person.number == Numbers::kSharedEmailSecond || person.number == Numbers::kSharedEmailThird;
    if (person.email.empty() || is_second_holder) return std::nullopt;
    if (!is_notable(person.number) && dice.percent(2)) return std::nullopt;  // never wrote yet
    Copy copy = faithful(person);
    copy.vat.clear();
    if (is_notable(person.number)) return copy;
    if (dice.percent(8)) copy.name = person.name;
    if (dice.percent(6)) copy.phone.clear();
    if (dice.percent(8)) copy.street = copy.postcode = copy.city = copy.country = "";
    return copy;
}

std::optional<Copy> supplier_copy(const Person& person, Dice& dice) {
    const bool is_chosen = person.number == Numbers::kTutorial ||
                           person.number == Numbers::kNamesakeFirst ||
                           (!is_notable(person.number) && dice.percent(36));
    if (!is_chosen || person.kind == Person::Kind::Human ||
        person.standing == Person::Standing::Archived)
        return std::nullopt;
    Copy copy = faithful(person);
    copy.phone = local_phone(person.phone, dice);
    copy.email.clear();
    copy.mobile.clear();
    if (is_notable(person.number)) return copy;
    if (dice.percent(8))
        copy.name = capitals(copy.name);
    else if (dice.percent(6))
        copy.name = dotted_name(person);
    if (dice.percent(12)) copy.vat.clear();
    if (dice.percent(6)) copy.street = short_street(person.street);
    return copy;
}

}  // namespace

Copies copy_out(const Person& person, std::uint64_t seed) {
    Dice dice(seed, "copies " + std::to_string(person.number));
    Copies copies;
    copies.accounting = faithful(person);
    copies.erp = erp_copy(person, dice);
    if (!is_notable(person.number) && !leave_gap(copies, dice)) misspell(copies, person, dice);
    if (person.number == Numbers::kContradiction) {
        copies.erp.vat = printed_vat(belgian_vat_number("04733445"));
        copies.erp.phone.clear();
    }
    copies.helpdesk = helpdesk_copy(person, dice);
    copies.supplier = supplier_copy(person, dice);
    return copies;
}

}  // namespace syncline::sandbox
