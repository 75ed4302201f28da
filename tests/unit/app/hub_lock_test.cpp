// One writer a folder, and a socket by which others reach it.

#include "app/hub_lock.hpp"

#include "app/control_socket.hpp"
#include "base/fault.hpp"
#include "connect/channel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;
using codec::Json;

fs::path new_folder(const std::string& name) {
    const fs::path folder = fs::path(::testing::TempDir()) / ("hub-lock-" + name);
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

TEST(HubLock, TheSecondIsToldTheProcessOfTheFirst) {
    const fs::path file = new_folder("second") / "hub.lock";
    const auto first = HubLock::take(file);
    ASSERT_TRUE(first);
    const auto second = HubLock::take(file);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::AlreadyRunning);
    EXPECT_EQ(second.error().where, file.string());
    EXPECT_NE(
        second.error().detail.find("(process " + std::to_string(::getpid()) + ")"),
        std::string::npos
    ) << second.error().detail;
}

TEST(HubLock, IsFreeWhenItsHolderIsGone) {
    const fs::path file = new_folder("free") / "hub.lock";
    std::ofstream(file) << "4194304000 and more that a longer number left\n";
    {
        auto first = HubLock::take(file);
        ASSERT_TRUE(first);
        const HubLock moved = std::move(first).value();
        EXPECT_FALSE(HubLock::take(file)) << "moving it keeps it";
    }
    EXPECT_TRUE(HubLock::take(file));
    std::string content;
    std::getline(std::ifstream(file), content);
    EXPECT_EQ(content, std::to_string(::getpid()));
    EXPECT_EQ(fs::file_size(file), content.size() + 1) << "nothing of the old number is left";
}

TEST(HubLock, AFolderThatIsNotThereIsAFault) {
    const fs::path file = new_folder("none") / "missing" / "hub.lock";
    EXPECT_THROW(static_cast<void>(HubLock::take(file)), Fault);
}

/// Serves requests in a thread until it goes out of scope.
class Serving {
public:
    explicit Serving(const fs::path& socket) : server_(socket) {
        EXPECT_EQ(::pipe(wake_), 0);
        thread_ = std::thread([this] {
            const auto operation = [](const auto& name, const Json& given) {
                if (name == "refuse")
                    return Result<Json>(Error{
                        ErrorCode::StalePlan, Remedy::Reject, "digest", "make a new plan"});
                return Result<Json>(Json{{"did", name}, {"with", given}});
            };
            while (!ends_)
                server_.serve(std::chrono::seconds(60), wake_[0], operation);
        });
    }
    ~Serving() {
        ends_ = true;
        EXPECT_EQ(::write(wake_[1], "x", 1), 1);
        thread_.join();
        ::close(wake_[0]);
        ::close(wake_[1]);
    }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

private:
    ControlServer server_;
    int wake_[2] = {-1, -1};
    std::atomic<bool> ends_ = false;
    std::thread thread_;
};

TEST(ControlSocket, CarriesAResultAndAnErrorWhole) {
    const fs::path socket = new_folder("carries") / "control.sock";
    const Serving serving(socket);
    const auto done = ask_running_hub(socket, "pause", Json{{"system", "erp"}});
    ASSERT_TRUE(done);
    EXPECT_EQ(done->dump(), "{\"did\":\"pause\",\"with\":{\"system\":\"erp\"}}");
    const auto refused = ask_running_hub(socket, "refuse", Json::object());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::StalePlan);
    EXPECT_EQ(refused.error().remedy, Remedy::Reject);
    EXPECT_EQ(refused.error().where, "digest");
    EXPECT_EQ(refused.error().detail, "make a new plan");
}

/// What the hub answers to a line; nothing when it does not answer.
std::optional<Json> answer_to(const fs::path& socket, const std::string& line) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
    const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connect::Channel channel(peer);
    EXPECT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::send(peer, line.data(), line.size(), 0), static_cast<ssize_t>(line.size()));
    ::shutdown(peer, SHUT_WR);
    const auto answer = channel.receive(std::chrono::seconds{10});
    return answer ? std::optional(*answer) : std::nullopt;
}

TEST(ControlSocket, ARequestOfAnotherShapeDoesNotEndTheHub) {
    const fs::path socket = fs::path(::testing::TempDir()) / "shape.sock";
    const Serving serving(socket);
    EXPECT_FALSE(answer_to(socket, "no JSON\n"));
    EXPECT_FALSE(answer_to(socket, "{}\n"));
    const auto text = answer_to(socket, "{\"id\":\"x\",\"method\":\"pause\"}\n");
    ASSERT_TRUE(text);
    EXPECT_EQ((*text)["id"], "x");
    EXPECT_EQ((*text)["result"]["did"], "pause");
    const auto refused = answer_to(socket, "{\"id\":1,\"method\":[]}\n");
    ASSERT_TRUE(refused);
    EXPECT_TRUE(refused->contains("error"));
}

TEST(ControlSocket, IsForItsOwnerAloneAndLeavesWithTheHub) {
    const fs::path socket = new_folder("owner") / "control.sock";
    {
        const ControlServer server(socket);
        struct stat found {};
        ASSERT_EQ(::stat(socket.c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 07777U, 0600U);
    }
    EXPECT_FALSE(fs::exists(socket));
    const auto asked = ask_running_hub(socket, "pause", Json::object());
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ErrorCode::NotFound);
}

TEST(ControlSocket, WorksWhereTheFoldersPathIsLongerThanASocketsName) {
    const fs::path folder = new_folder("long") / std::string(120, 'a') / std::string(120, 'b');
    fs::create_directories(folder);
    const fs::path socket = folder / "control.sock";
    std::ofstream(socket) << "what a dead hub left";
    const Serving serving(socket);
    EXPECT_TRUE(ask_running_hub(socket, "pause", Json::object()));
}

}  // namespace
}  // namespace syncline::app
