// No sensitive value is readable in any file of the hub, nor in its log: canaries are planted in
// every sensitive field of every system, and every file is searched for them in several encodings.

#include "base/bytes.hpp"
#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

/// Fragments that occur nowhere by chance.
const std::vector<std::string> kCanaries{
    "Kanariezwaluw",        // names
    "kanarie.post",         // e-mail addresses
    "Kanariestraat",        // streets
    "KNRBOX",               // second address lines
    "KNR4711",              // postcodes
    "25559911",             // phones, normalised
    "2 555 99 11",          // phones, as people write them
    "479559911",            // mobile phones
    "0999888777",           // VAT numbers
    "kanarie-geen-nummer",  // a value that cannot be read, in quarantine
};

std::string utf16(const std::string& text, bool little_endian) {
    std::string out;
    for (const char c : text) {
        if (!little_endian) out += '\0';
        out += c;
        if (little_endian) out += '\0';
    }
    return out;
}

/// The part of a text's base64 that is the same wherever the text stands in what was encoded.
std::string base64_core(const std::string& text, std::size_t offset) {
    const std::string shifted = std::string(offset, 'x') + text;
    const std::string encoded = to_base64(bytes_of(shifted));
    const std::size_t begin = (offset * 8 + 5) / 6;
    const std::size_t end = shifted.size() * 8 / 6;
    return encoded.substr(begin, end - begin);
}

std::vector<std::string> disguises(const std::string& canary) {
    std::string hex = to_hex(bytes_of(canary));
    std::string upper = hex;
    for (char& c : upper)
        c = static_cast<char>(c >= 'a' && c <= 'f' ? c - 32 : c);
    return {
        canary,
        utf16(canary, true),
        utf16(canary, false),
        hex,
        upper,
        base64_core(canary, 0),
        base64_core(canary, 1),
        base64_core(canary, 2)};
}

/// Every place where a canary can be read: "hub.db: Kanariezwaluw".
std::vector<std::string> finds_in(const fs::path& folder) {
    std::vector<std::string> finds;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string content = read_file(entry.path());
        for (const std::string& canary : kCanaries) {
            for (const std::string& disguise : disguises(canary)) {
                if (content.find(disguise) == std::string::npos) continue;
                finds.push_back(entry.path().filename().string() + ": " + canary);
                break;
            }
        }
    }
    return finds;
}

void plant(DemoHub& demo) {
    demo.erp(
        "UPDATE customers SET name = 'Kanariezwaluw ERP', email = 'kanarie.post1@erp.example', "
        "street = 'Kanariestraat 1', postcode = 'KNR4711', phone = '02 555 99 11', "
        "vat_id = 'BE0999888777' WHERE id = 17"
    );
    demo.erp("UPDATE customers SET phone = 'kanarie-geen-nummer' WHERE id = 18");
    demo.accounting(
        "UPDATE customers SET addr_name = 'Kanariezwaluw Boek', addr_addr1 = 'Kanariestraat 2', "
        "addr_addr2 = 'KNRBOX 3', addr_addr3 = 'KNR4711 Gent', addr_phone = '+32 2 555 99 11', "
        "addr_email = 'kanarie.post2@boek.example' WHERE guid = "
        "(SELECT guid FROM customers WHERE id = '000019')"
    );
    demo.accounting(
        "UPDATE slots SET string_val = 'BE0999888777' WHERE name = 'hub-vat' AND obj_guid = "
        "(SELECT guid FROM customers WHERE id = '000020')"
    );
    demo.edit_helpdesk("24", "MobilePhone", "0479 55 99 11");
    demo.edit_helpdesk("24", "EmailAddress", "kanarie.post3@desk.example");
    demo.edit_helpdesk("26", "RealName", "Kanariezwaluw Desk");
    demo.edit_helpdesk("26", "Address1", "Kanariestraat 4");
    demo.edit_helpdesk("26", "Zip", "KNR4711");
    demo.supplier_sends("K-1017", "Name", "Kanariezwaluw Leverancier");
}

void run_with_kills(DemoHub& demo) {
    plant(demo);
    for (const char* point :
         {"commit.after:1", "call.before:1", "call.after:2", "settle.after:1"}) {
        demo.syncline({"run", "--once"}, {{"SYNCLINE_FAILPOINT", point}});
        EXPECT_EQ(finds_in(demo.hub()), std::vector<std::string>{}) << "after " << point;
    }
    demo.converge(4);  // one value cannot be read
}

TEST(CanaryScenario, NoSensitiveValueIsReadableInAnyFile) {
    DemoHub demo("canary");
    run_with_kills(demo);
    EXPECT_EQ(finds_in(demo.hub()), std::vector<std::string>{});
    // The canaries did go through the hub.
    EXPECT_NE(
        demo.json({"records", "show", "erp:17"}).dump().find("Kanariezwaluw"), std::string::npos
    );
    const std::string plan = (demo.hub() / "plan.json").string();
    demo.erp("UPDATE customers SET name = 'Kanariezwaluw Plan' WHERE id = 19");
    EXPECT_EQ(demo.syncline({"plan", "-o", plan}).exit_code, 0);
    EXPECT_EQ(finds_in(demo.hub()), std::vector<std::string>{});
}

/// What the systems hold now cannot be read, and what is written cannot be known to have arrived.
void plant_faults(DemoHub& demo) {
    demo.erp(
        "UPDATE customers SET name = 'Kanariezwaluw' || CAST(x'FF' AS TEXT) WHERE id = 21;"
        "UPDATE customers SET email = 'kanarie.post@erp.example' WHERE id IN (22, 23);"
        "UPDATE customers SET vat_id = 'kanarie-geen-nummer' WHERE id = 24"
    );
    demo.supplier_sends("K-1018", "Name", "Kanariezwaluw\xFF Leverancier");
    sandbox::Misbehaviour misbehaviour;
    misbehaviour.reset_after_write_every = 2;
    misbehaviour.server_error_every = 3;
    misbehaviour.rate_limit_every = 5;
    demo.tracker().misbehave(misbehaviour);
}

std::vector<Json> log_of(const DemoHub& demo) {
    std::vector<Json> lines;
    std::istringstream in(read_file(demo.hub() / "hub.log"));
    for (std::string line; std::getline(in, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

bool tells_of(const std::vector<Json>& lines, const char* event, const char* system) {
    return std::any_of(lines.begin(), lines.end(), [&](const Json& line) {
        return line["event"] == event && line.value("system", "") == system;
    });
}

TEST(CanaryScenario, TheLogTellsOfFaultsAndHasNoValue) {
    DemoHub demo("canary-log");
    const fs::path file = demo.hub() / "hub.json";
    std::string text = read_file(file);
    text.insert(text.rfind('}'), R"(, "log": { "format": "json", "level": "debug" })");
    write_file(file, text);
    fs::remove(demo.hub() / "hub.log");
    plant(demo);
    plant_faults(demo);
    for (int i = 0; i < 4; ++i) {
        const Ended ended = demo.syncline({"-v", "run", "--once"});
        for (const std::string& canary : kCanaries)
            EXPECT_FALSE(has(ended.out + ended.err, canary)) << ended.out << ended.err;
    }
    EXPECT_EQ(finds_in(demo.hub()), std::vector<std::string>{});
    const std::vector<Json> lines = log_of(demo);
    EXPECT_TRUE(tells_of(lines, "set_aside", "erp"));
    EXPECT_TRUE(tells_of(lines, "set_aside", "supplier"));
    EXPECT_TRUE(tells_of(lines, "system_unusable", "helpdesk"));
    EXPECT_TRUE(tells_of(lines, "connector_says", "erp"));
    for (const Json& line : lines) {
        EXPECT_TRUE(line.contains("at") && line.contains("level")) << line;
        const std::string code = line.value("code", "");
        if (code.empty()) continue;
        EXPECT_EQ(demo.json({"errors", "explain", code})["code"], code);
    }
}

TEST(CanaryScenario, TheSearchFindsWhatIsNotEncrypted) {
    DemoHub demo("canary-control");
    const fs::path file = demo.hub() / "hub.json";
    std::string text = read_file(file);
    text.insert(text.rfind('}'), ", \"encryption\": { \"off\": [\"name\"] }");
    write_file(file, text);
    demo.erp("UPDATE customers SET name = 'Kanariezwaluw Open' WHERE id = 17");
    demo.converge();
    const std::vector<std::string> finds = finds_in(demo.hub());
    ASSERT_FALSE(finds.empty());
    for (const std::string& find : finds)
        EXPECT_NE(find.find("Kanariezwaluw"), std::string::npos) << find;
}

TEST(CanaryScenario, EveryDisguiseIsSeen) {
    const fs::path folder = fs::path(::testing::TempDir()) / "disguises";
    for (const std::string& disguise : disguises("Kanariezwaluw")) {
        fs::remove_all(folder);
        fs::create_directories(folder);
        write_file(folder / "file", "before" + disguise + "after");
        EXPECT_EQ(finds_in(folder).size(), 1U) << disguise;
    }
    write_file(folder / "file", to_base64(bytes_of("a Kanariezwaluw in the middle")));
    EXPECT_EQ(finds_in(folder).size(), 1U);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace syncline::testing
