#include "app/log_file.hpp"

#include "base/fault.hpp"
#include "codec/json.hpp"
#include "support/fakes.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::write_file;

class Logging : public ::testing::Test {
protected:
    Logging() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~Logging() override { fs::remove_all(folder_); }
    std::string written() const { return read_file(file_); }
    static auto lines_of(const std::string& text) {
        return std::count(text.begin(), text.end(), '\n');
    }

    const fs::path folder_ =  // of its own: tests run side by side
        fs::path(::testing::TempDir()) / "log_file" /
        ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const fs::path file_ = folder_ / "hub.log";
    testing::FakeClock clock_;
    const SystemId erp_{"erp"};
};

TEST_F(Logging, ALineOfTextHasTimeLevelEventAndFields) {
    LogFile log(file_, {}, clock_);
    log.write(
        LogLevel::Warning,
        "system_unusable",
        {{"system", erp_}, {"code", ErrorCode::RemoteUnavailable}, {"failures", 3}}
    );
    EXPECT_EQ(
        written(),
        "2026-09-21T14:13:20.000Z warning system_unusable system=erp code=remote_unavailable "
        "failures=3\n"
    );
    EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Logging, ALineOfJsonIsOneObjectWithTheSameNames) {
    LogFile log(file_, {LogFormat::Json, LogLevel::Info}, clock_);
    log.write(
        LogLevel::Error,
        "set_aside",
        {{"system", erp_},
         {"code", ErrorCode::MappingFailed},
         {"customer", CustomerId{}},
         {"tries", 2},
         {"again", true},
         {"since", clock_.now()}}
    );
    log.write(LogLevel::Info, "hub_stopped", {});
    const std::string text = written();
    ASSERT_EQ(lines_of(text), 2);
    EXPECT_EQ(
        text.substr(0, text.find('\n')),
        R"({"at":"2026-09-21T14:13:20.000Z","level":"error","event":"set_aside","system":"erp",)"
        R"("code":"mapping_failed","customer":"00000000-0000-0000-0000-000000000000","tries":2,)"
        R"("again":true,"since":"2026-09-21T14:13:20.000Z"})"
    );
}

TEST_F(Logging, WhatIsLessThanTheLevelIsLeftOut) {
    LogFile log(file_, {LogFormat::Text, LogLevel::Warning}, clock_);
    log.write(LogLevel::Debug, "one", {});
    log.write(LogLevel::Info, "two", {});
    log.write(LogLevel::Warning, "three", {});
    log.write(LogLevel::Error, "four", {});
    EXPECT_EQ(lines_of(written()), 2);
    EXPECT_EQ(written().find("two"), std::string::npos);
}

TEST_F(Logging, OneEventIsOneLineWhateverASystemIsCalled) {
    const SystemId odd{"a\nb \"c\" =\x7F"};
    {
        LogFile log(file_, {}, clock_);
        log.write(LogLevel::Info, "event", {{"system", odd}});
    }
    EXPECT_TRUE(written().ends_with("event system=\"a\\x0ab \\\"c\\\" =\\x7f\"\n")) << written();
    fs::remove(file_);
    LogFile log(file_, {LogFormat::Json, LogLevel::Info}, clock_);
    log.write(LogLevel::Info, "event", {{"system", odd}});
    EXPECT_EQ(lines_of(written()), 1);
    EXPECT_EQ(codec::Json::parse(written())["system"], odd.text());
}

TEST_F(Logging, AFileThatWasMovedAwayIsBegunAnew) {
    LogFile log(file_, {}, clock_);
    log.write(LogLevel::Info, "before", {});
    fs::rename(file_, folder_ / "hub.log.old");
    log.write(LogLevel::Info, "after", {});
    EXPECT_NE(read_file(folder_ / "hub.log.old").find("before"), std::string::npos);
    EXPECT_EQ(read_file(folder_ / "hub.log.old").find("after"), std::string::npos);
    EXPECT_NE(written().find("after"), std::string::npos);
}

TEST_F(Logging, AFileThatWasCutToNothingIsWrittenFromItsBeginning) {
    LogFile log(file_, {}, clock_);
    log.write(LogLevel::Info, "before", {});
    fs::resize_file(file_, 0);
    log.write(LogLevel::Info, "after", {});
    EXPECT_EQ(written(), "2026-09-21T14:13:20.000Z info after\n");
}

TEST_F(Logging, AFullFileIsRenamedAndBegunAnew) {
    write_file(file_, std::string(10U << 20U, 'x') + "\n");
    LogFile log(file_, {}, clock_);
    log.write(LogLevel::Info, "last", {});
    log.write(LogLevel::Info, "first", {});
    EXPECT_EQ(written(), "2026-09-21T14:13:20.000Z info first\n");
    EXPECT_TRUE(read_file(folder_ / "hub.log.1").ends_with("info last\n"));
}

TEST_F(Logging, WithoutAFolderThereIsNoLog) {
    EXPECT_THROW(LogFile(folder_ / "none/hub.log", {}, clock_), Fault);
}

}  // namespace
}  // namespace syncline::app
