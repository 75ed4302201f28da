// A backup takes the place of hub.db whole or not at all, wherever the machine dies.

#include "store/sqlite/restore.hpp"

#include "store/sqlite/backup.hpp"
#include "unit/store/store_fixture.hpp"
#include "vault/key_backup.hpp"
#include "vault/part_file.hpp"

#include <stdexcept>

namespace syncline::store {
namespace {

namespace fs = std::filesystem;

struct Died : std::runtime_error {
    Died() : std::runtime_error("died") {}
};

/// Ada is in the backup, Bob came later.
class Restore : public StoreTest {
protected:
    Restore() {
        fs::remove_all(kept());
        fs::create_directories(kept());
        ada_ = store_customer("Ada", "1").first;
        EXPECT_TRUE(back_up(folder_, backup(), vault::Existing::Refused, *vault_, clock_));
        auto part = vault::PartFile::create(keys(), vault::Existing::Refused, 1);
        EXPECT_TRUE(part);
        EXPECT_TRUE(vault::copy_keys(folder_, part->path()));
        part->publish();
        bob_ = store_customer("Bob", "2").first;
    }
    ~Restore() override { fs::remove_all(kept()); }

    fs::path kept() const { return folder_.string() + "_kept"; }
    fs::path backup() const { return kept() / "hub.db"; }
    fs::path keys() const { return kept() / "keys.db"; }

    Restoring order() const {
        Restoring order;
        order.folder = folder_;
        order.backup = backup();
        order.stamp = "then";
        order.reached = Version{5'000};
        return order;
    }
    bool has(const Customer& customer) {
        return store_->customers(std::array{customer.id}).size() == 1;
    }
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder_))
            found.push_back(entry.path().filename().string());
        std::sort(found.begin(), found.end());
        return found;
    }
    bool is_there(const std::string& name) const { return fs::exists(folder_ / name); }
    /// Leaves a write-ahead log as a crash would: copied while the database is open.
    void crash() {
        const fs::path image = kept() / "image";
        fs::remove_all(image);
        fs::copy(folder_, image);
        close();
        fs::remove_all(folder_);
        fs::copy(image, folder_);
        ASSERT_TRUE(is_there("hub.db-wal"));
    }

    Customer ada_, bob_;
};

TEST_F(Restore, BringsBackWhatTheBackupHoldsAndKeepsWhatWasThere) {
    close();
    const auto replaced = restore(order());
    ASSERT_TRUE(replaced);
    EXPECT_EQ(*replaced, std::vector{folder_ / "hub.db.replaced-then"});
    reopen();
    EXPECT_TRUE(has(ada_));
    EXPECT_EQ(customer(ada_.id), ada_);
    EXPECT_FALSE(has(bob_));
    EXPECT_EQ(store_->reached(), Version{5'000});  // so that the hub notices
    close();
    fs::rename(folder_ / "hub.db.replaced-then", folder_ / "hub.db");
    reopen();
    EXPECT_TRUE(has(bob_));
}

TEST_F(Restore, TheLogOfTheReplacedDatabaseGoesWithIt) {
    crash();
    ASSERT_TRUE(restore(order()));
    EXPECT_FALSE(is_there("hub.db-wal"));
    EXPECT_TRUE(is_there("hub.db.replaced-then-wal"));
    reopen();
    EXPECT_TRUE(has(ada_));
    EXPECT_FALSE(has(bob_));
    close();
    for (const char* side : {"", "-wal"}) {
        fs::rename(
            folder_ / (std::string("hub.db.replaced-then") + side),
            folder_ / (std::string("hub.db") + side)
        );
    }
    reopen();
    EXPECT_TRUE(has(bob_));
}

TEST_F(Restore, WithACopyOfTheKeysAnEmptyDiskIsEnough) {
    close();
    const fs::path root = kept() / "root.key";
    fs::rename(folder_ / "root.key", root);
    fs::remove_all(folder_);
    Restoring all = order();
    all.keys = keys();
    const auto replaced = restore(all);
    ASSERT_TRUE(replaced);
    EXPECT_TRUE(replaced->empty());
    EXPECT_EQ(names(), (std::vector<std::string>{"hub.db", "keyring", "keys.db"}));
    fs::rename(root, folder_ / "root.key");
    reopen();
    EXPECT_EQ(customer(ada_.id), ada_);
    EXPECT_EQ(store_->reached(), Version{5'000});
    store_customer("Cem", "3");
}

TEST_F(Restore, TwoInOneSecondKeepBothOfWhatTheyReplaced) {
    close();
    ASSERT_TRUE(restore(order()));
    ASSERT_TRUE(restore(order()));
    EXPECT_TRUE(is_there("hub.db.replaced-then"));
    EXPECT_TRUE(is_there("hub.db.replaced-then-2"));
}

/// Dies before the n-th step; false when there are fewer.
bool dies_before(Restoring order, int n) {
    order.step = [&n](std::string_view) {
        if (n-- == 0) throw Died();
    };
    try {
        static_cast<void>(restore(order));
    } catch (const Died&) {
        return true;
    }
    return false;
}

TEST_F(Restore, WhereverItDiesTheHubIsTheOldOneOrBecomesTheNew) {
    crash();
    const fs::path image = kept() / "image";
    int step = 0, finished = 0, given_up = 0;
    for (;; ++step) {
        close();
        fs::remove_all(folder_);
        fs::copy(image, folder_);
        Restoring all = order();
        all.keys = keys();
        if (!dies_before(all, step)) break;
        if (is_restore_unfinished(folder_)) {
            finish_restore(folder_);
            EXPECT_FALSE(is_restore_unfinished(folder_));
            reopen();
            EXPECT_FALSE(has(bob_)) << step;
            EXPECT_EQ(store_->reached(), Version{5'000}) << step;
            for (const char* name : {"hub.db", "hub.db-wal", "keys.db", "keyring"}) {
                const std::string text = name;
                const auto dash = text.find('-');
                const std::string kept_name = text.substr(0, dash) + ".replaced-then" +
                                              (dash == text.npos ? "" : text.substr(dash));
                EXPECT_TRUE(is_there(kept_name)) << step << " " << kept_name;
            }
            ++finished;
        } else {
            finish_restore(folder_);
            reopen();
            EXPECT_TRUE(has(bob_)) << step;
            EXPECT_EQ(store_->reached(), store_->high_water()) << step;
            ++given_up;
        }
        EXPECT_TRUE(has(ada_)) << step;
    }
    EXPECT_EQ(given_up, 2);
    EXPECT_EQ(finished, 8);
}

TEST_F(Restore, OneThatWasGivenUpIsBegunAnew) {
    close();
    ASSERT_TRUE(dies_before(order(), 1));
    EXPECT_TRUE(is_there("hub.db.restored"));
    ASSERT_TRUE(restore(order()));
    reopen();
    EXPECT_FALSE(has(bob_));
    close();
    EXPECT_FALSE(is_there("hub.db.restored"));
}

}  // namespace
}  // namespace syncline::store
