// The files connector on folders of a real OpenSSH server.

#include "servers/free_port.hpp"
#include "servers/sftp_server.hpp"
#include "servers/tcp_gate.hpp"
#include "support/connected_system.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class SftpSupplier : public ::testing::Test {
protected:
    void SetUp() override {
        if (!SftpServer::is_installed())
            GTEST_SKIP() << "the package openssh-server is not installed: NOT TESTED";
        server().empty_drop();
    }
    static SftpServer& server() { return SftpServer::instance(); }
    static Json settings(int port = server().port()) {
        return {
            {"sftp",
             {{"host", "127.0.0.1"},
              {"port", port},
              {"user", SftpServer::user()},
              {"private_key", read_file(server().client_key())},
              {"host_key", server().fingerprint()},
              {"timeout", "5s"}}},
            {"read", {{"remote_folder", "out"}, {"pattern", "customers-*.csv"}, {"settle", "0s"}}},
            {"write", {{"remote_folder", "in"}}},
            {"csv", {{"delimiter", ";"}}},
            {"key", "CustNo"}};
    }
    static Json with(const char* key, const Json& value) {
        Json other = settings();
        if (value.is_null())
            other["sftp"].erase(key);
        else
            other["sftp"][key] = value;
        return other;
    }
    static Json known_hosts(const std::string& line) {
        const fs::path file = fresh_folder() / "known_hosts";
        place_file(file, line);
        Json other = with("host_key", nullptr);
        other["sftp"]["known_hosts"] = file.string();
        return other;
    }
    static void arrives(const std::string& name, const std::string& bytes) {
        place_file(server().drop() / "out" / name, bytes);
    }
    static Names names_in(const std::string& folder) {
        Names names;
        for (const auto& entry : fs::directory_iterator(server().drop() / folder))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    static std::string refusal(const Json& wrong, ErrorCode code = ErrorCode::ConfigInvalid) {
        ConnectedSystem system("files", wrong);
        const auto checked = system->check();
        if (checked) return "(accepted)";
        EXPECT_EQ(checked.error().code, code) << checked.error().detail;
        return checked.error().detail;
    }
    static Delivery change(const std::string& name) {
        return ConnectedSystem::change("7", "", {{"Name", RawValue::of_text(name)}});
    }
};

TEST_F(SftpSupplier, FilesAreReadInTheirOrderAndMovedAway) {
    arrives("customers-2.csv", "CustNo;Name\n1;later\n");
    arrives("customers-1.csv", "CustNo;Name\n1;earlier\n2;Zoë\n");
    arrives("customers-3.csv.part", "CustNo;Name\n");
    arrives("prices.csv", "a\n");
    fs::create_symlink("/etc/passwd", server().drop() / "out" / "customers-0.csv");
    ConnectedSystem system("files", settings());
    ASSERT_TRUE(system->check());
    EXPECT_EQ(system.read(ConnectedSystem::peek()).records.size(), 3U);
    EXPECT_EQ(names_in("out").size(), 5U) << "a plan moves nothing";
    const Reading all = system.read();
    ASSERT_TRUE(all.summary) << all.error->detail;
    ASSERT_EQ(all.records.size(), 3U);
    EXPECT_EQ(all.text("2", "Name"), "Zoë");
    EXPECT_EQ(text_in(all.records[2].fields, "Name"), "later");
    EXPECT_EQ(names_in("out/done"), (Names{"customers-1.csv", "customers-2.csv"}));
    arrives("customers-1.csv", "CustNo;Name\n1;again\n");
    EXPECT_EQ(system.read().records.size(), 1U);
    EXPECT_EQ(
        names_in("out/done"), (Names{"customers-1.csv", "customers-1~2.csv", "customers-2.csv"})
    );
}

TEST_F(SftpSupplier, AFileIsMovedOnlyAfterItsRowsAreDurable) {
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    ConnectedSystem system("files", settings());
    connect::ReadSink sink;
    sink.records = [](std::vector<Observation>) { return true; };
    sink.checkpoint = [&](const std::string&) {
        EXPECT_EQ(names_in("out"), Names{"customers-1.csv"});
        return false;
    };
    EXPECT_FALSE(system->read(ConnectedSystem::full(), sink));
    EXPECT_EQ(names_in("out"), Names{"customers-1.csv"});
}

TEST_F(SftpSupplier, CorrectionsAppearWhole) {
    ConnectedSystem system("files", settings());
    ASSERT_EQ(system.write(change("An")).outcome, Receipt::Outcome::Stored);
    ASSERT_EQ(system.write(change("Ann")).outcome, Receipt::Outcome::Stored);
    const Names names = names_in("in");
    ASSERT_EQ(names.size(), 2U) << "under their own names, without .part";
    EXPECT_EQ(file_bytes(server().drop() / "in" / names[0]), "CustNo;Name\r\n7;An\r\n");
    EXPECT_EQ(file_bytes(server().drop() / "in" / names[1]), "CustNo;Name\r\n7;Ann\r\n");
}

TEST_F(SftpSupplier, AFixedNameWaitsUntilItsFileWasTaken) {
    Json fixed = settings();
    fixed["write"]["name"] = "corrections.csv";
    ConnectedSystem system("files", fixed);
    EXPECT_EQ(system.write(change("An")).outcome, Receipt::Outcome::Stored);
    EXPECT_EQ(system.write(change("Ann")).outcome, Receipt::Outcome::NotSent);
    EXPECT_EQ(file_bytes(server().drop() / "in" / "corrections.csv"), "CustNo;Name\r\n7;An\r\n");
}

TEST_F(SftpSupplier, AServerWithAnotherKeyIsNotSpokenTo) {
    const std::string other = "SHA256:" + std::string(43, 'A');
    const std::string refused = refusal(with("host_key", other));
    EXPECT_NE(refused.find("its key is not the one of settings/sftp/host_key"), std::string::npos)
        << refused;
    EXPECT_NE(refused.find(server().fingerprint()), std::string::npos) << "to be compared";
    const int port = server().port();
    EXPECT_EQ(refusal(known_hosts(server().known_hosts_line(port))), "(accepted)");
    EXPECT_NE(
        refusal(known_hosts(server().known_hosts_line(port, "other_host_key")))
            .find("its key is another one than"),
        std::string::npos
    );
    EXPECT_NE(
        refusal(known_hosts(server().known_hosts_line(port + 1))).find("does not know its key"),
        std::string::npos
    );
    Json missing = known_hosts("");
    missing["sftp"]["known_hosts"] = "/nowhere/known_hosts";
    EXPECT_NE(refusal(missing).find("cannot be read as known hosts"), std::string::npos);
}

TEST_F(SftpSupplier, OnlyTheRightKeyIsLetIn) {
    const auto unauthorised = ErrorCode::RemoteUnauthorised;
    const std::string refused =
        refusal(with("private_key", read_file(server().stranger_key())), unauthorised);
    EXPECT_NE(refused.find("does not let the user"), std::string::npos) << refused;
    EXPECT_NE(refused.find("with this key"), std::string::npos) << refused;
    Json password = with("private_key", nullptr);
    password["sftp"]["password"] = "wrong";
    EXPECT_NE(refusal(password, unauthorised).find("with this password"), std::string::npos);

    Json locked = with("private_key", read_file(server().protected_key()));
    locked["sftp"]["passphrase"] = SftpServer::kPassphrase;
    EXPECT_EQ(refusal(locked), "(accepted)");
    locked["sftp"]["passphrase"] = "wrong";
    EXPECT_NE(refusal(locked).find("needs another passphrase"), std::string::npos);
    EXPECT_NE(
        refusal(with("private_key", "no key")).find("no private key that can be read"),
        std::string::npos
    );
}

TEST_F(SftpSupplier, AServerThatIsNotThereIsTriedAgainLater) {
    ConnectedSystem system("files", settings());
    server().stop();
    const auto down = system->check();
    const Receipt receipt = system.write(change("An"));
    server().start();
    ASSERT_FALSE(down);
    EXPECT_EQ(down.error().remedy, Remedy::Retry);
    EXPECT_NE(down.error().detail.find("cannot be reached"), std::string::npos);
    EXPECT_EQ(receipt.outcome, Receipt::Outcome::NotSent);
    EXPECT_TRUE(system->check());
}

TEST_F(SftpSupplier, AFolderThatIsNotThereIsNamed) {
    Json wrong = settings();
    wrong["read"]["remote_folder"] = "nowhere";
    EXPECT_NE(
        refusal(wrong).find("127.0.0.1:nowhere cannot be read: there is no such place"),
        std::string::npos
    );
}

TEST_F(SftpSupplier, AServerThatFallsSilentIsWaitedForNoLongerThanTheTimeout) {
    TcpGate gate(server().port());
    Json short_of_patience = settings(gate.port());
    short_of_patience["sftp"]["timeout"] = "1s";
    ConnectedSystem system("files", short_of_patience);
    const auto before = system->check();
    ASSERT_TRUE(before) << before.error().detail;
    gate.cut_at("SSH-2.0-libssh2", TcpGate::Cut::Silently);
    const auto begin = std::chrono::steady_clock::now();
    const auto checked = system->check();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().remedy, Remedy::Retry);
}

TEST_F(SftpSupplier, AConnectionThatIsCutWhileReadingLosesNothing) {
    std::string text = "CustNo;Name\n";
    for (int i = 1; i <= 2'000; ++i)
        text += std::to_string(i) + ";" + std::string(100, 'n') + "\n";
    arrives("customers-1.csv", "CustNo;Name\n0;first\n");
    arrives("customers-2.csv", text);
    TcpGate gate(server().port());
    ConnectedSystem system("files", settings(gate.port()));
    gate.cut_after(100'000);
    const Reading cut = system.read();
    EXPECT_TRUE(gate.has_cut());
    ASSERT_TRUE(cut.error);
    EXPECT_EQ(cut.error->remedy, Remedy::Retry);
    EXPECT_EQ(cut.records.size(), 1U) << "nothing of half a file";
    EXPECT_EQ(names_in("out/done"), Names{"customers-1.csv"});
    const Reading again = system.read();
    ASSERT_TRUE(again.summary) << again.error->detail;
    EXPECT_EQ(again.records.size(), 2'000U);
    EXPECT_EQ(names_in("out/done").size(), 2U);
}

TEST_F(SftpSupplier, AConnectionThatIsCutWhileWritingLeavesAWholeFileOrNone) {
    /// Writes through a connection that ends when the server has said so much.
    const auto outcome = [&](std::size_t most) {
        server().empty_drop();
        TcpGate gate(server().port());
        gate.cut_after(most);
        ConnectedSystem system("files", settings(gate.port()));
        const Receipt receipt = system.write(change(std::string(5'000, 'n')));
        Names names = names_in("in");
        std::erase_if(names, [](const std::string& name) { return name.ends_with(".part"); });
        for (const std::string& name : names)
            EXPECT_EQ(fs::file_size(server().drop() / "in" / name), 5'017U) << most;
        if (receipt.outcome == Receipt::Outcome::NotSent) EXPECT_TRUE(names.empty()) << most;
        if (receipt.outcome == Receipt::Outcome::Stored) EXPECT_EQ(names.size(), 1U) << most;
        return receipt.outcome;
    };
    constexpr std::size_t kCoarse = 200;
    std::size_t most = 1'000;
    while (most < 20'000 && outcome(most) != Receipt::Outcome::Stored)
        most += kCoarse;
    ASSERT_GT(most, 1'000U + 3 * kCoarse);
    // The last things the server says, one by one: among them that it has renamed the file.
    constexpr std::size_t kFine = 20;  // less than any message
    std::set<Receipt::Outcome> seen;
    for (std::size_t at = most - 2 * kCoarse; at <= most; at += kFine)
        seen.insert(outcome(at));
    EXPECT_TRUE(seen.contains(Receipt::Outcome::InDoubt));
    EXPECT_TRUE(seen.contains(Receipt::Outcome::Stored));
    EXPECT_FALSE(seen.contains(Receipt::Outcome::Refused));
}

TEST_F(SftpSupplier, AFileThatIsStillGrowingIsReadWhenItIsWhole) {
    Json patient = settings();
    patient["read"]["settle"] = "1s";
    ConnectedSystem system("files", patient);
    arrives("customers-1.csv", "CustNo;Name\n1;A");
    std::thread writer([] {
        for (int i = 0; i < 6; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            std::ofstream(server().drop() / "out" / "customers-1.csv", std::ios::app) << 'n';
        }
    });
    EXPECT_TRUE(system.read().records.empty()) << "it grew meanwhile";
    writer.join();
    EXPECT_EQ(system.read().text("1", "Name"), "Annnnnn");
}

TEST_F(SftpSupplier, AFileThatWasReplacedWhileItWasReadStays) {
    arrives("customers-1.csv", "CustNo;Name\n1;An\n");
    ConnectedSystem system("files", settings());
    connect::ReadSink sink;
    sink.records = [&](const std::vector<Observation>&) {
        arrives("customers-1.csv", "CustNo;Name\n1;Another\n");
        return true;
    };
    sink.checkpoint = [](const std::string&) { return true; };
    EXPECT_TRUE(system->read(ConnectedSystem::full(), sink));
    EXPECT_EQ(names_in("out"), Names{"customers-1.csv"});
    EXPECT_EQ(system.read().text("1", "Name"), "Another");
}

TEST_F(SftpSupplier, AFileThatChangesWhileItIsTransferredIsReadAsWhatItIsThen) {
    const auto table = [](const std::string& name) {
        std::string text = "CustNo;Name\n";
        for (int i = 1'000; i < 9'000; ++i)
            text += std::to_string(i) + ";" + name + "\n";
        return text;
    };
    arrives("customers-1.csv", table("before"));
    const fs::path file = server().drop() / "out" / "customers-1.csv";
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::seconds(9));
    TcpGate gate(server().port());
    gate.when_sent(40'000, [&] { arrives("customers-1.csv", table("behind")); });
    ConnectedSystem system("files", settings(gate.port()));
    EXPECT_TRUE(system.read().records.empty());
    EXPECT_EQ(names_in("out"), Names{"customers-1.csv"});
    const Reading whole = system.read();
    EXPECT_EQ(whole.records.size(), 8'000U);
    EXPECT_EQ(whole.text("1000", "Name"), "behind");
}

TEST_F(SftpSupplier, SaysPreciselyWhatIsWrongWithItsSettings) {
    EXPECT_EQ(
        refusal(with("host_key", nullptr)),
        "settings/sftp needs host_key or known_hosts: a server is not trusted unseen"
    );
    EXPECT_EQ(
        refusal(with("private_key", nullptr)),
        "settings/sftp needs a password or a private_key, as a secret"
    );
    EXPECT_EQ(
        refusal(with("host_key", "MD5:00")),
        "settings/sftp/host_key is a fingerprint as ssh-keygen -l prints it: SHA256:…"
    );
    EXPECT_EQ(refusal(with("port", 0)), "settings/sftp/port must be a port number");
    EXPECT_EQ(refusal(with("timeout", "2m")), "settings/sftp/timeout must be at most \"1m\"");
    EXPECT_NE(
        refusal(with("hosts", "a")).find("settings/sftp has no \"hosts\""), std::string::npos
    );
    Json wrong = settings();
    wrong.erase("sftp");
    EXPECT_EQ(
        refusal(wrong), "settings/sftp says on which server a remote_folder is: one needs the other"
    );
    wrong = settings();
    wrong["read"]["folder"] = "out";
    EXPECT_EQ(refusal(wrong), "settings/read has a folder or a remote_folder, not both");
}

}  // namespace
}  // namespace syncline::testing
