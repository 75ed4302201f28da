// schemas/errors.json against the codes of the program: neither has one that the other lacks.

#include "base/error_catalogue.hpp"

#include "app/exit_code.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace syncline {
namespace {

constexpr unsigned kNumbers = 1'000;

TEST(ErrorCatalogue, AndTheCodesOfTheProgramAreTheSame) {
    std::set<unsigned> listed;
    for (const ErrorEntry& entry : error_catalogue()) {
        listed.insert(static_cast<unsigned>(entry.code));
        EXPECT_EQ(entry.name, name(entry.code)) << static_cast<unsigned>(entry.code);
    }
    for (unsigned number = 0; number < kNumbers; ++number) {
        const bool is_code = name(static_cast<ErrorCode>(number)) != "unknown";
        EXPECT_EQ(is_code, listed.contains(number)) << number;
    }
    EXPECT_EQ(listed.size(), error_catalogue().size()) << "a number stands twice";
}

TEST(ErrorCatalogue, TellsTheExitCodeThatACommandEndsWith) {
    for (const ErrorEntry& entry : error_catalogue())
        EXPECT_EQ(entry.exit_code, app::exit_code_of(entry.code)) << entry.name;
}

TEST(ErrorCatalogue, IsFoundByCode) {
    EXPECT_EQ(entry_of(ErrorCode::NotFound).name, "not_found");
    for (const ErrorEntry& entry : error_catalogue())
        EXPECT_EQ(&entry_of(entry.code), &entry);
}

TEST(ErrorCatalogue, EveryTextIsASentence) {
    for (const ErrorEntry& entry : error_catalogue()) {
        EXPECT_TRUE(entry.meaning.ends_with('.')) << entry.name;
        for (const auto& list : {entry.causes, entry.fixes}) {
            EXPECT_FALSE(list.empty()) << entry.name;
            for (const std::string_view text : list)
                EXPECT_TRUE(text.ends_with('.')) << entry.name << ": " << text;
        }
        EXPECT_FALSE(entry.who.empty()) << entry.name;
        EXPECT_FALSE(entry.see.empty()) << entry.name;
    }
}

TEST(ErrorCatalogue, EveryErrorHasAGroup) {
    std::set<std::string_view> groups;
    for (const ErrorGroup& group : error_groups())
        groups.insert(group.title);
    std::set<std::string_view> used;
    for (const ErrorEntry& entry : error_catalogue())
        used.insert(entry.group);
    EXPECT_EQ(groups, used);
}

TEST(Mender, HasANameAndATitleOfItsOwn) {
    EXPECT_EQ(name(Mender::Operator), "operator");
    EXPECT_EQ(name(Mender::SystemAdministrator), "system_administrator");
    EXPECT_EQ(name(Mender::ConnectorAuthor), "connector_author");
    EXPECT_EQ(name(Mender::Syncline), "syncline");
    EXPECT_EQ(title(Mender::SystemAdministrator), "the administrator of the system");
}

}  // namespace
}  // namespace syncline
