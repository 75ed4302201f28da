// A migration is interrupted anywhere, and the next start goes on.

#include "base/fault.hpp"
#include "store/sqlite/schema.hpp"
#include "unit/store/store_fixture.hpp"

#include <sqlite3.h>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;
namespace sqlite = vault::sqlite;

class Migration : public StoreTest {};

/// Stops the database after so many of the small steps its statements are made of.
struct Fuse {
    explicit Fuse(int steps) : left(steps) {}
    static int burn(void* fuse) { return static_cast<Fuse*>(fuse)->left-- == 0 ? 1 : 0; }
    int left;
};

TEST_F(Migration, InterruptedAnywhereTheNextStartGoesOn) {
    const auto [ada, link] = store_customer("Ada", "1");
    become_schema_1();
    const std::string before = folder_.string() + "_before";
    fs::remove_all(before);
    fs::copy(folder_, before);
    constexpr int kInstructionsAStep = 20;
    std::int64_t furthest = 0;
    int interrupted = 0;
    for (int steps = 0;; steps += 23) {
        close();
        fs::remove_all(folder_);
        fs::copy(before, folder_);
        Fuse fuse(steps);
        bool done = false;
        {
            sqlite::Database database(folder_ / "hub.db", sqlite::OpenMode::ReadWrite);
            sqlite3_progress_handler(database.get(), kInstructionsAStep, &Fuse::burn, &fuse);
            try {
                done = migrate(database, folder_ / "hub.db", clock_.now()).has_value();
            } catch (const Fault&) {
                ++interrupted;
            }
            sqlite3_progress_handler(database.get(), 0, nullptr, nullptr);
            furthest = std::max(furthest, schema_of(database));
        }
        reopen();
        ASSERT_TRUE(store_) << steps;
        EXPECT_EQ(customer(ada.id), ada) << steps;
        EXPECT_EQ(store_->links_by_id(std::array{link.id}), std::vector{link}) << steps;
        if (done) break;
    }
    fs::remove_all(before);
    EXPECT_GT(interrupted, 15);
    EXPECT_EQ(furthest, static_cast<std::int64_t>(migrations().size()));
}

}  // namespace
}  // namespace syncline::store
