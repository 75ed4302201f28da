// The demo's supplier sends what changed instead of its whole list.

#include "scenarios/demo_hub.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using codec::Json;

/// What the supplier's settings say of its files becomes something else.
void send_deltas(const DemoHub& demo) {
    const fs::path file = demo.hub() / "systems" / "supplier.json";
    std::string text = read_file(file);
    const std::string kind = R"("kind": "snapshot")";
    const auto at = text.find(kind);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, kind.size(), R"("kind": "delta", "operation": { "column": "Op" })");
    write_file(file, text);
}

void sends(const DemoHub& demo, const std::string& name, const std::string& rows) {
    const fs::path out = demo.folder() / "systems" / "supplier" / "out";
    write_file(out / (name + ".part"), "Op;CustNo;Name;Street;Zip;Town;Ctry;Tel;VAT\n" + rows);
    fs::rename(out / (name + ".part"), out / name);
}

/// Open questions about records that are gone.
std::size_t gone(const DemoHub& demo) {
    std::size_t count = 0;
    const Json listed = demo.json({"reviews", "list"});
    for (const Json& review : listed["reviews"])
        count += review["kind"] == "gone" ? 1 : 0;
    return count;
}

TEST(FilesScenario, ADeltaTellsOfChangesAndDeletionsAndNobodyElseIsGone) {
    DemoHub demo("delta");
    send_deltas(demo);
    const std::string row = ";K-1017;De Reiger Delta;Kaai 1;9000;Gent;BE;015 99 88 77;\n";
    sends(demo, "customers-2026-03-01.csv", "U" + row);
    demo.converge();
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), "+3215998877");
    EXPECT_EQ(gone(demo), 0U) << "nobody who is not named is gone";

    sends(demo, "customers-2026-03-02.csv", "D;K-1017;;;;;;;\nD;K-9999;;;;;;;\n");
    demo.converge();
    EXPECT_EQ(gone(demo), 1U);
    EXPECT_EQ(demo.erp("SELECT count(*) FROM customers WHERE id = 17"), "1")
        << "what follows is for a person to say";

    // It comes back in the same reading as another one goes.
    sends(demo, "customers-2026-03-03.csv", "D;K-1018;;;;;;;\n");
    sends(demo, "customers-2026-03-04.csv", "I" + row + "I;K-1018;Terug;;;;BE;;\n");
    demo.converge();
    demo.converge();
    EXPECT_EQ(gone(demo), 0U);
    EXPECT_EQ(demo.json({"quarantine", "list"})["quarantined"].size(), 0U);

    // One that comes too late is set aside.
    sends(demo, "customers-2026-02-28.csv", "U;K-1017;Older;Kaai 1;9000;Gent;BE;015 00 00 00;\n");
    demo.converge(4);
    EXPECT_EQ(demo.erp("SELECT phone FROM customers WHERE id = 17"), "+3215998877");
    const std::string items = demo.json({"quarantine", "list"}).dump();
    EXPECT_TRUE(has(items, "customers-2026-02-28.csv")) << items;
}

}  // namespace
}  // namespace syncline::testing
