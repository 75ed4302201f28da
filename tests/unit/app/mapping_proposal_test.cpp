#include "app/mapping_proposal.hpp"

#include "model/catalogue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::app {
namespace {

std::string field_of(const std::string& remote) {
    connect::Capabilities::RemoteField field;
    field.name = remote;
    const auto proposed = propose_field(field);
    return proposed ? proposed->field : "";
}

TEST(MappingProposal, KnowsWhatLegacySystemsCallThings) {
    EXPECT_EQ(field_of("name"), "name");
    EXPECT_EQ(field_of("CustName"), "name");
    EXPECT_EQ(field_of("company_name"), "name");
    EXPECT_EQ(field_of("KUNDE_PLZ"), "addresses.billing.postcode");
    EXPECT_EQ(field_of("billing_zip_code"), "addresses.billing.postcode");
    EXPECT_EQ(field_of("Straße"), "addresses.billing.street");
    EXPECT_EQ(field_of("cust_phone_no"), "phones.main.number");
    EXPECT_EQ(field_of("EMailAddress"), "emails.main.address");
    EXPECT_EQ(field_of("e-mail"), "emails.main.address");
    EXPECT_EQ(field_of("VATNo"), "identifiers.vat.value");
    EXPECT_EQ(field_of("kundennr"), "identifiers.customer_number.value");
}

TEST(MappingProposal, IsSilentAboutWhatSaysTooLittle) {
    for (const char* remote :
         {"id", "status", "credit_limit", "x1", "", "_", "last_name_checked_by"})
        EXPECT_EQ(field_of(remote), "") << remote;
}

TEST(MappingProposal, AFieldIsProposedOnce) {
    connect::Capabilities can;
    for (const char* remote : {"tel", "phone", "city"}) {
        connect::Capabilities::RemoteField field;
        field.name = remote;
        field.writable = std::string(remote) != "city";
        can.fields.push_back(field);
    }
    const auto proposed = propose_mapping(can);
    ASSERT_EQ(proposed.size(), 2U);
    EXPECT_EQ(proposed[0].remote, "tel");
    EXPECT_TRUE(proposed[0].is_writable);
    EXPECT_EQ(proposed[1].field, "addresses.billing.city");
    EXPECT_FALSE(proposed[1].is_writable);
}

TEST(MappingProposal, EveryProposalIsAFieldOfTheRecord) {
    for (const char* remote :
         {"name",
          "email",
          "phone",
          "mobile",
          "street",
          "address2",
          "zip",
          "city",
          "region",
          "country",
          "vat",
          "customernumber",
          "website",
          "language",
          "birthdate",
          "paymentdays",
          "notes"}) {
        const std::string field = field_of(remote);
        EXPECT_NE(Catalogue::customer().leaf(field), nullptr) << remote << " " << field;
    }
}

}  // namespace
}  // namespace syncline::app
