#include "app/mapping_proposal.hpp"

#include "model/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

namespace syncline::app {
namespace {

struct KnownName {
    std::string_view field;
    std::string_view words;  ///< small letters, separated by spaces
};

/// Fields whose values need a table or a currency are not here: those are a person's to give.
constexpr std::array<KnownName, 17> kKnownNames{{
    {"name",
     "name company companyname organisation organization fullname realname displayname firma "
     "firmenname nom raisonsociale naam bedrijfsnaam"},
    {"emails.main.address", "email emailaddress mail mailaddress courriel"},
    {"phones.main.number", "phone phonenumber phoneno telephone tel telefon telefoon workphone"},
    {"phones.mobile.number", "mobile mobilephone mobilenumber cell cellphone handy mobil gsm"},
    {"addresses.billing.street",
     "street streetaddress address address1 addressline1 addr1 strasse straße straat rue adresse"},
    {"addresses.billing.extra", "address2 addressline2 addr2 adresszusatz"},
    {"addresses.billing.postcode", "postcode postalcode zip zipcode plz codepostal cp"},
    {"addresses.billing.city", "city town ort stadt ville plaats woonplaats"},
    {"addresses.billing.region", "region state province county bundesland"},
    {"addresses.billing.country", "country countrycode land pays"},
    {"identifiers.vat.value",
     "vat vatid vatno vatnumber taxid taxnumber ustid ustidnr uid tva btw btwnummer"},
    {"identifiers.customer_number.value",
     "customernumber customerno customernr kundennummer kundennr klantnummer numeroclient"},
    {"website", "website url homepage web www"},
    {"language", "language lang sprache langue taal"},
    {"birth_date", "birthdate dateofbirth dob birthday geburtsdatum geburtstag"},
    {"commercial.payment_days", "paymentdays zahlungsziel"},
    {"notes", "notes note comment comments remark remarks bemerkung bemerkungen notiz"},
}};

/// Words in front that say whose a field is, and nothing about what it is.
constexpr std::array<std::string_view, 12> kOwners{
    "customer",
    "cust",
    "client",
    "kunden",
    "kunde",
    "klant",
    "contact",
    "party",
    "billing",
    "invoice",
    "account",
    "main"};

/// "CustPhone_No" -> "cust", "phone", "no"
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = static_cast<unsigned char>(name[i]);
        const bool is_letter = std::isalnum(c) != 0 || c >= 0x80;
        const bool begins_word =
            i > 0 && std::isupper(c) != 0 && std::islower(static_cast<unsigned char>(name[i - 1]));
        if ((!is_letter || begins_word) && !words.back().empty()) words.emplace_back();
        if (is_letter) words.back() += static_cast<char>(std::tolower(c));
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

std::string_view field_called(std::string_view name) {
    for (const KnownName& known : kKnownNames) {
        std::string_view rest = known.words;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            if (rest.substr(0, end) == name) return known.field;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return {};
}

std::string joined(const std::vector<std::string>& words, std::size_t from) {
    std::string text;
    for (std::size_t i = from; i < words.size(); ++i)
        text += words[i];
    return text;
}

}  // namespace

codec::Json usual_lens(const std::string& field) {
    const LeafSpec* leaf = Catalogue::customer().leaf(field);
    if (leaf == nullptr) return codec::Json::array();
    switch (leaf->type) {
        case ValueType::PersonOrOrganisationName:
            return {"trim", "collapse_spaces"};
        case ValueType::Phone:
            return codec::Json::array({"phone"});
        case ValueType::Email:
            return codec::Json::array({"email"});
        case ValueType::VatNumber:
            return codec::Json::array({"vat"});
        case ValueType::Country:
            return codec::Json::array({"country_code"});
        case ValueType::Text:
            return codec::Json::array({"trim"});
        default:
            return codec::Json::array();
    }
}

std::optional<ProposedField> propose_field(const connect::Capabilities::RemoteField& remote) {
    const std::vector<std::string> words = words_of(remote.name);
    std::string_view field = field_called(joined(words, 0));
    for (std::size_t from = 1; field.empty() && from < words.size(); ++from) {
        const bool says_whose =
            std::find(kOwners.begin(), kOwners.end(), words[from - 1]) != kOwners.end();
        if (!says_whose) break;
        field = field_called(joined(words, from));
    }
    if (field.empty()) return std::nullopt;
    ProposedField proposed;
    proposed.field = field;
    proposed.remote = remote.name;
    proposed.lens = usual_lens(proposed.field);
    proposed.is_writable = remote.writable;
    return proposed;
}

std::vector<ProposedField> propose_mapping(const connect::Capabilities& can) {
    std::vector<ProposedField> proposals;
    std::set<std::string> taken;
    for (const connect::Capabilities::RemoteField& remote : can.fields) {
        auto proposed = propose_field(remote);
        if (proposed && taken.insert(proposed->field).second)
            proposals.push_back(*std::move(proposed));
    }
    return proposals;
}

}  // namespace syncline::app
