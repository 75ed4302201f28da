#include "sandbox/request_tracker.hpp"

#include "base/fault.hpp"
#include "sandbox/text_file.hpp"
#include "unit/sandbox/rt_client.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace syncline::sandbox {
namespace {

using nlohmann::json;

class StillClock final : public Clock {
public:
    Timestamp now() override { return *from_rfc3339("2026-03-01T09:30:00Z"); }
    std::chrono::milliseconds steady() override { return {}; }
};

class RequestTrackerTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        settings_.folder = std::filesystem::path(testing::TempDir()) / "rt" / test->name();
        std::filesystem::remove_all(settings_.folder);
        start();
    }
    void TearDown() override {
        server_.reset();
        std::filesystem::remove_all(settings_.folder);
    }
    void start() {
        server_.reset();
        server_ = std::make_unique<RequestTracker>(settings_, clock_);
    }
    RtClient client() const { return RtClient(*server_); }
    /// The path of a new user.
    std::string add(const std::string& name, const std::string& city = "Gent") {
        const RtAnswer made = client().post(
            "/REST/2.0/user",
            {{"Name", name}, {"EmailAddress", name}, {"City", city}, {"Privileged", 0}}
        );
        EXPECT_EQ(made.status, 201) << made.body;
        return made.header("Location");
    }

    StillClock clock_;
    RequestTrackerSettings settings_;
    std::unique_ptr<RequestTracker> server_;
};

TEST_F(RequestTrackerTest, TellsItsAddressAndTokenInFiles) {
    EXPECT_EQ(read_trimmed(settings_.folder / "url"), server_->url());
    EXPECT_EQ(read_trimmed(settings_.folder / "token"), server_->token());
    struct stat status {};
    ASSERT_EQ(::stat((settings_.folder / "token").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RequestTrackerTest, KeepsAddressTokenAndUsersWhenItStartsAgain) {
    const std::string url = server_->url();
    const std::string token = server_->token();
    const std::string path = add("an@mees.example");
    start();
    EXPECT_EQ(server_->url(), url);
    EXPECT_EQ(server_->token(), token);
    EXPECT_EQ(client().get(path).json()["Name"], "an@mees.example");
}

TEST_F(RequestTrackerTest, RefusesToTakeAPortThatIsTaken) {
    RequestTrackerSettings other;
    other.folder = settings_.folder / "other";
    other.port = server_->port();
    EXPECT_THROW(RequestTracker(other, clock_), Fault);
}

TEST_F(RequestTrackerTest, ServesNobodyWithoutTheToken) {
    const RtAnswer answer = RtClient(*server_, {}).get("/REST/2.0/rt");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.json(), json({{"message", "Unauthorized"}}));
    const RtClient wrong(*server_, {{"Authorization", "token 1-22-0"}});
    EXPECT_EQ(wrong.get("/REST/2.0/users").status, 401);
    EXPECT_EQ(client().get("/REST/2.0/rt").json()["Version"], "5.0.3");
}

TEST_F(RequestTrackerTest, CreatesAndShowsAUser) {
    const json user{
        {"Name", "an@mees.example"},
        {"EmailAddress", "an@mees.example"},
        {"RealName", "An Mées"},
        {"WorkPhone", "+32 2 501 02 11"},
        {"Privileged", 0}};
    const RtAnswer made = client().post("/REST/2.0/user", user);
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.json()["id"], "an@mees.example");
    EXPECT_EQ(made.json()["type"], "user");
    EXPECT_EQ(made.json()["_url"], server_->url() + "/REST/2.0/user/an@mees.example");

    const RtAnswer shown = client().get(made.header("Location"));
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.header("Last-Modified"), "2026-03-01T09:30:00Z");
    const json document = shown.json();
    EXPECT_EQ(document["RealName"], "An Mées");
    EXPECT_EQ(document["Zip"], "");
    EXPECT_EQ(document["Disabled"], "0");
    EXPECT_EQ(document["Privileged"], 0);
    EXPECT_EQ(document["Creator"]["id"], "hub");
    EXPECT_EQ("/REST/2.0/user/" + document["id"].dump(), made.header("Location"));
    EXPECT_EQ(client().get("/REST/2.0/user/AN@mees.example").json(), document);
}

TEST_F(RequestTrackerTest, SaysWhatIsNotThere) {
    const RtAnswer missing = client().get("/REST/2.0/user/999");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.json(), json({{"message", "Not Found"}}));
    const RtAnswer put = client().put("/REST/2.0/user/999", {{"City", "Gent"}});
    EXPECT_EQ(put.status, 404);
    EXPECT_EQ(put.json()["message"], "Resource does not exist; use POST to create");
    EXPECT_EQ(client().get("/REST/2.0/tickets").status, 404);
    EXPECT_EQ(client().get("/REST/2.0/user").status, 405);
}

TEST_F(RequestTrackerTest, NamesAndAddressesAreUniqueWithoutRegardToCase) {
    add("an@mees.example");
    const RtAnswer same_name = client().post("/REST/2.0/user", {{"Name", "AN@MEES.example"}});
    EXPECT_EQ(same_name.status, 400);
    EXPECT_EQ(same_name.json(), json({{"message", "Name in use"}}));
    const RtAnswer same_address =
        client().post("/REST/2.0/user", {{"Name", "other"}, {"EmailAddress", "AN@mees.example"}});
    EXPECT_EQ(same_address.status, 400);
    EXPECT_EQ(same_address.json(), json({{"message", "Email address in use"}}));
    EXPECT_EQ(client().post("/REST/2.0/user", {{"Name", "no address 1"}}).status, 201);
    EXPECT_EQ(client().post("/REST/2.0/user", {{"Name", "no address 2"}}).status, 201);
}

TEST_F(RequestTrackerTest, RefusesWhatItCannotRead) {
    const RtAnswer unknown = client().post("/REST/2.0/user", {{"Name", "x"}, {"VatId", "1"}});
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(unknown.json()["message"], "Could not create user");
    const RtAnswer broken = client().send("POST", "/REST/2.0/user", "{\"Name\":", {});
    EXPECT_EQ(broken.status, 400);
    EXPECT_TRUE(broken.json()["message"].get<std::string>().starts_with("JSON parse error: "));
    const RtAnswer form =
        client().send("PUT", add("a@b.example"), "City=Gent", {{"Content-Type", "text/plain"}});
    EXPECT_EQ(form.status, 415);
}

TEST_F(RequestTrackerTest, SaysWhatAnUpdateChanged) {
    const std::string path = add("an@mees.example", "Brussels");
    const RtAnswer changed =
        client().put(path, {{"City", "Bruxelles"}, {"Zip", "1000"}, {"Unknown", "x"}});
    EXPECT_EQ(changed.status, 200);
    const json expected{
        "User an@mees.example: City changed from 'Brussels' to 'Bruxelles'",
        "User an@mees.example: Zip changed from (no value) to '1000'"};
    EXPECT_EQ(changed.json(), expected);
    EXPECT_EQ(client().put(path, {{"City", "Bruxelles"}}).json(), json::array());
    EXPECT_EQ(client().put(path, {{"City", nullptr}}).json(), json::array());
    EXPECT_EQ(client().put(path, {{"City", ""}}).json().size(), 1U);
    EXPECT_EQ(client().get(path).json()["City"], "");
}

TEST_F(RequestTrackerTest, AnswersErrorsOfAnUpdateWith200) {
    add("first@mees.example");
    const std::string path = add("second@mees.example");
    const RtAnswer answer =
        client().put(path, {{"EmailAddress", "FIRST@mees.example"}, {"City", "Luik"}});
    EXPECT_EQ(answer.status, 200);
    const json expected{
        "User second@mees.example: City changed from 'Gent' to 'Luik'",
        "User second@mees.example: Email address in use"};
    EXPECT_EQ(answer.json(), expected);
    EXPECT_EQ(client().get(path).json()["EmailAddress"], "second@mees.example");
    EXPECT_EQ(client().get(path).json()["City"], "Luik");
}

TEST_F(RequestTrackerTest, CutsLongValuesWithoutAWord) {
    const std::string path = add("an@mees.example");
    const std::string zip = "1234567890123456789012345";
    const RtAnswer answer = client().put(path, {{"Zip", zip}});
    const json expected{"User an@mees.example: Zip changed from (no value) to '" + zip + "'"};
    EXPECT_EQ(answer.json(), expected);
    EXPECT_EQ(client().get(path).json()["Zip"], zip.substr(0, 16));
    EXPECT_EQ(client().put(path, {{"Zip", zip}}).json(), json::array());
}

TEST_F(RequestTrackerTest, ATagNamesTheVersion) {
    const std::string path = add("an@mees.example");
    const std::string first = client().get(path).header("ETag");
    EXPECT_EQ(client().get(path, {{"If-None-Match", first}}).status, 304);
    EXPECT_EQ(client().put(path, {{"City", "Luik"}}, {{"If-Match", first}}).status, 200);
    const std::string second = client().get(path).header("ETag");
    EXPECT_GT(std::stoll(second.substr(1)), std::stoll(first.substr(1)));
    const RtAnswer stale = client().put(path, {{"City", "Namen"}}, {{"If-Match", first}});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(stale.json(), json({{"message", "Precondition Failed"}}));
    EXPECT_EQ(client().get(path).json()["City"], "Luik");
}

TEST_F(RequestTrackerTest, ADeletedUserIsDisabled) {
    const std::string path = add("an@mees.example");
    EXPECT_EQ(client().send("DELETE", path, "", {}).status, 204);
    EXPECT_EQ(client().get(path).json()["Disabled"], "1");
    const auto total = [&](const std::string& query) {
        return client().get("/REST/2.0/users" + query).json()["total"];
    };
    EXPECT_EQ(total(""), 4);
    EXPECT_EQ(total("?find_disabled_rows=1"), 5);
    EXPECT_EQ(client().put(path, {{"Disabled", 0}}).json(), json({"User enabled"}));
    EXPECT_EQ(total(""), 5);
}

TEST_F(RequestTrackerTest, PagesThroughUsers) {
    for (char letter = 'a'; letter < 'h'; ++letter)
        add(std::string(1, letter) + "@mees.example");
    const std::string start =
        "/REST/2.0/users?per_page=3&orderby=id&order=DESC&fields=id,City,LastUpdated";
    json page = client().get(start).json();
    EXPECT_EQ(page["count"], 3);
    EXPECT_EQ(page["total"], 11);
    EXPECT_EQ(page["pages"], 4);
    EXPECT_FALSE(page.contains("prev_page"));
    EXPECT_EQ(page["items"][0]["_url"], server_->url() + "/REST/2.0/user/g@mees.example");
    EXPECT_TRUE(page["items"][0]["id"].is_number());  // the field, not the reference
    EXPECT_EQ(page["items"][0]["City"], "Gent");
    EXPECT_EQ(page["items"][0]["LastUpdated"], "2026-03-01T09:30:00Z");
    std::size_t seen = page["items"].size();
    while (page.contains("next_page")) {
        const std::string next = page["next_page"];
        ASSERT_TRUE(next.starts_with(server_->url()));
        page = client().get(next.substr(server_->url().size())).json();
        seen += page["items"].size();
    }
    EXPECT_EQ(seen, 11U);
    EXPECT_EQ(client().get("/REST/2.0/users?per_page=5000").json()["per_page"], 100);
}

TEST_F(RequestTrackerTest, SearchesByWhatItCanAndIgnoresTheRest) {
    add("an@mees.example");
    add("bo@mees.example");
    const auto found = [&](const json& conditions) {
        std::vector<std::string> names;
        const json page = client().post("/REST/2.0/users", conditions).json();
        for (const json& item : page["items"])
            names.push_back(item["id"]);
        return names;
    };
    using Names = std::vector<std::string>;
    const json by_address{{{"field", "EmailAddress"}, {"value", "AN@mees.example"}}};
    EXPECT_EQ(found(by_address), Names{"an@mees.example"});
    const json like{
        {{"field", "Name"}, {"operator", "LIKE"}, {"value", "mees"}},
        {{"field", "id"}, {"operator", ">"}, {"value", 24}}};
    EXPECT_EQ(found(like), Names{"bo@mees.example"});
    const json either{
        {{"field", "Name"}, {"value", "an@mees.example"}},
        {{"field", "Name"}, {"value", "bo@mees.example"}}};
    EXPECT_EQ(found(either).size(), 2U);
    const json ignored{
        {{"field", "LastUpdated"}, {"operator", ">"}, {"value", "2027-01-01 00:00:00"}}};
    EXPECT_EQ(found(ignored).size(), 6U);
}

TEST_F(RequestTrackerTest, TransactionsAreAFeedOfEveryChange) {
    const std::string path = add("an@mees.example");
    const json all = client().get("/REST/2.0/transactions?per_page=100&orderby=id").json();
    const std::string cursor = all["items"].back()["id"];
    client().put(path, {{"City", "Luik"}, {"Country", "Belgium"}});
    client().put(path, {{"Disabled", 1}});
    const RtAnswer answer = client().post(
        "/REST/2.0/transactions?fields=Type,Field,ObjectType,ObjectId,Created,Creator,OldValue,"
        "NewValue&orderby=id&per_page=100",
        {{{"field", "ObjectType"}, {"value", "RT::User"}},
         {{"field", "id"}, {"operator", ">"}, {"value", cursor}}}
    );
    const json items = answer.json()["items"];
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0]["type"], "transaction");
    EXPECT_EQ(items[0]["Type"], "Set");
    EXPECT_EQ(items[0]["Field"], "City");
    EXPECT_EQ(items[0]["OldValue"], "Gent");
    EXPECT_EQ(items[0]["NewValue"], "Luik");
    EXPECT_EQ(items[0]["Creator"]["id"], "hub");
    EXPECT_EQ("/REST/2.0/user/" + items[0]["ObjectId"].get<std::string>(), path);
    EXPECT_EQ(items[2]["Type"], "Disabled");
    EXPECT_EQ(client().get(path).header("ETag"), '"' + items[2]["id"].get<std::string>() + '"');
    EXPECT_EQ(client().get(path + "/history").json()["total"], 4);
    const std::string one = "/REST/2.0/transaction/" + items[0]["id"].get<std::string>();
    EXPECT_EQ(client().get(one).json()["NewValue"], "Luik");
}

TEST_F(RequestTrackerTest, AResetAfterTheWriteLeavesTheWriteDone) {
    const std::string path = add("an@mees.example");
    Misbehaviour misbehaviour;
    misbehaviour.reset_after_write_every = 1;
    misbehaviour.times = 1;
    server_->misbehave(misbehaviour);
    EXPECT_EQ(client().get(path).json()["City"], "Gent");
    EXPECT_THROW(client().put(path, {{"City", "Luik"}}), Poco::Exception);
    EXPECT_EQ(client().get(path).json()["City"], "Luik");
    EXPECT_EQ(client().put(path, {{"City", "Namen"}}).status, 200);
}

TEST_F(RequestTrackerTest, AResetBeforeTheWriteLeavesItUndone) {
    const std::string path = add("an@mees.example");
    Misbehaviour misbehaviour;
    misbehaviour.reset_before_every = 1;
    misbehaviour.times = 1;
    server_->misbehave(misbehaviour);
    EXPECT_THROW(client().put(path, {{"City", "Luik"}}), Poco::Exception);
    EXPECT_EQ(client().get(path).json()["City"], "Gent");
}

TEST_F(RequestTrackerTest, MisbehavesAsToldWhileItRuns) {
    const std::string path = add("an@mees.example");
    const json told{{"rate_limit_every", 2}, {"retry_after_s", 7}, {"latency_ms", 1}};
    EXPECT_EQ(client().put("/sandbox/misbehaviour", told).status, 200);
    EXPECT_EQ(client().get("/sandbox/misbehaviour").json()["retry_after_s"], 7);
    EXPECT_EQ(client().get(path).status, 200);
    const RtAnswer limited = client().get(path);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.header("Retry-After"), "7");
    EXPECT_EQ(client().get(path).status, 200);

    client().put("/sandbox/misbehaviour", {{"server_error_every", 1}});
    EXPECT_EQ(client().put(path, {{"City", "Luik"}}).status, 500);
    client().put("/sandbox/misbehaviour", {{"server_error_after_write_every", 1}});
    EXPECT_EQ(client().put(path, {{"Zip", "4000"}}).status, 500);
    client().put("/sandbox/misbehaviour", json::object());
    EXPECT_EQ(client().get(path).json()["City"], "Gent");
    EXPECT_EQ(client().get(path).json()["Zip"], "4000");
    EXPECT_EQ(client().put("/sandbox/misbehaviour", {{"latency", 1}}).status, 400);
}

}  // namespace
}  // namespace syncline::sandbox
