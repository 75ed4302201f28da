// A file has its name only when it is complete, and nothing is overwritten by surprise.

#include "vault/part_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace syncline::vault {
namespace {

namespace fs = std::filesystem;

class PartFileTest : public ::testing::Test {
protected:
    PartFileTest() {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(::testing::TempDir()) / (std::string("part_file_") + test->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~PartFileTest() override { fs::remove_all(folder_); }

    fs::path file() const { return folder_ / "made.db"; }
    static void write(const fs::path& path, const std::string& text) {
        std::ofstream(path, std::ios::binary) << text;
    }
    static std::string read(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static ErrorCode refusal(const fs::path& path, Existing existing, std::uint64_t room = 1) {
        const auto part = PartFile::create(path, existing, room);
        EXPECT_FALSE(part);
        return part ? ErrorCode{} : part.error().code;
    }

    fs::path folder_;
};

TEST_F(PartFileTest, HasItsNameOnceItIsPublishedAndIsForItsOwner) {
    auto part = PartFile::create(file(), Existing::Refused, 1);
    ASSERT_TRUE(part);
    write(part->path(), "all of it");
    EXPECT_FALSE(fs::exists(file()));
    part->publish();
    EXPECT_EQ(read(file()), "all of it");
    EXPECT_FALSE(fs::exists(part->path()));
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(PartFileTest, LeavesNothingWhenItIsGivenUp) {
    write(file(), "old");
    {
        auto part = PartFile::create(file(), Existing::Replaced, 1);
        ASSERT_TRUE(part);
        write(part->path(), "half");
    }
    EXPECT_EQ(read(file()), "old");
    EXPECT_FALSE(fs::exists(file().string() + ".part"));
}

TEST_F(PartFileTest, AFileThatExistsIsReplacedOnlyWhenThatIsSaid) {
    write(file(), "old");
    EXPECT_EQ(refusal(file(), Existing::Refused), ErrorCode::UsageInvalid);
    EXPECT_EQ(read(file()), "old");
    auto part = PartFile::create(file(), Existing::Replaced, 1);
    ASSERT_TRUE(part);
    write(part->path(), "new");
    EXPECT_EQ(read(file()), "old");
    part->publish();
    EXPECT_EQ(read(file()), "new");
}

TEST_F(PartFileTest, ALinkIsNotFollowed) {
    write(folder_ / "elsewhere", "theirs");
    fs::create_symlink(folder_ / "nowhere", file());
    EXPECT_EQ(refusal(file(), Existing::Refused), ErrorCode::UsageInvalid);
    auto part = PartFile::create(file(), Existing::Replaced, 1);
    ASSERT_TRUE(part);
    part->publish();
    EXPECT_FALSE(fs::is_symlink(file()));
    EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
}

TEST_F(PartFileTest, TwoDoNotMakeOneFile) {
    auto first = PartFile::create(file(), Existing::Replaced, 1);
    ASSERT_TRUE(first);
    write(first->path(), "first");
    EXPECT_EQ(refusal(file(), Existing::Replaced), ErrorCode::AlreadyRunning);
    EXPECT_EQ(read(first->path()), "first");
    first->publish();
    EXPECT_TRUE(PartFile::create(file(), Existing::Replaced, 1));
    EXPECT_EQ(read(file()), "first");
}

TEST_F(PartFileTest, WhatAKilledProcessLeftIsBegunAnew) {
    write(file().string() + ".part", "half of another one");
    const auto part = PartFile::create(file(), Existing::Refused, 1);
    ASSERT_TRUE(part);
    EXPECT_EQ(read(part->path()), "");
}

TEST_F(PartFileTest, RefusesWhereThereIsNoFolderOrNoRoom) {
    EXPECT_EQ(refusal(folder_ / "not" / "there.db", Existing::Refused), ErrorCode::NotFound);
    EXPECT_EQ(refusal(folder_, Existing::Replaced), ErrorCode::UsageInvalid);
    constexpr std::uint64_t kMoreThanAnyDisk = 1ULL << 62U;
    const auto part = PartFile::create(file(), Existing::Refused, kMoreThanAnyDisk);
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().code, ErrorCode::NoRoom);
    EXPECT_NE(part.error().detail.find("make room"), std::string::npos) << part.error().detail;
    EXPECT_FALSE(fs::exists(file().string() + ".part"));
}

}  // namespace
}  // namespace syncline::vault
