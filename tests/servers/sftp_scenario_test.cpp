// The demo with its supplier behind a real SFTP server, and the page that tells how to do that: its
// commands are run, its configuration is what the hub gets.

#include "scenarios/demo_hub.hpp"
#include "servers/sftp_server.hpp"
#include "support/followed_page.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

std::string page() {
    return read_file(fs::path(REPO_ROOT) / "docs/how-to/csv-supplier.md");
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    if (at != std::string::npos) text.replace(at, what.size(), with);
    return text;
}

class SftpScenario : public ::testing::Test {
protected:
    void SetUp() override {
        if (!SftpServer::is_installed())
            GTEST_SKIP() << "the package openssh-server is not installed: NOT TESTED";
        demo_.emplace("sftp", DemoHub::From::Fresh);
        server().empty_drop();
        const fs::path local = demo_->folder() / "systems" / "supplier" / "out";
        for (const auto& entry : fs::directory_iterator(local)) {
            if (entry.is_regular_file())
                fs::copy_file(entry.path(), server().drop() / "out" / entry.path().filename());
        }
        fs::remove_all(local);
        configure();
    }
    static SftpServer& server() { return SftpServer::instance(); }

    /// As the page says: the settings, and the files that its commands make.
    void configure() const {
        const fs::path folder = demo_->hub() / "systems";
        const std::vector<std::string> commands = blocks_of(page(), "sh");
        ASSERT_GE(commands.size(), 2U);
        const Ended made = shell(commands[0]);
        ASSERT_EQ(made.exit_code, 0) << made.err;
        EXPECT_NE(made.out.find("ssh-ed25519 "), std::string::npos) << "for the supplier's people";
        // The supplier lets the key in.
        server().let_in(read_file(folder / "supplier.key.pub"));
        const std::string port = std::to_string(server().port());
        const Ended asked = shell(replaced(commands[1], "ssh-keyscan", "ssh-keyscan -p " + port));
        ASSERT_EQ(asked.exit_code, 0) << asked.err;
        EXPECT_NE(asked.out.find(server().fingerprint()), std::string::npos) << asked.out;

        std::string sftp;
        for (const std::string& block : blocks_of(page(), "json")) {
            if (block.find("\"sftp\"") != std::string::npos) sftp = block;
        }
        const fs::path file = folder / "supplier.json";
        std::string text = read_file(file);
        const auto begin = text.find("\"read\":");
        const auto end = text.find("\"csv\":");
        ASSERT_LT(begin, end);
        sftp = replaced(sftp, "sftp.example.com\",", "127.0.0.1\", \"port\": " + port + ",");
        sftp = replaced(sftp, "\"user\": \"syncline\"", "\"user\": \"" + SftpServer::user() + "\"");
        sftp = replaced(sftp, "SHA256:…", server().fingerprint());
        text.replace(begin, end - begin, sftp.substr(0, sftp.find_last_not_of(" \n") + 1) + ",\n");
        write_file(file, text);
    }
    Ended shell(const std::string& commands) const {
        return run_program(
            {"bash",
             "-ec",
             "cd '" + (demo_->hub() / "systems").string() + "'; " +
                 replaced_all(commands, "sftp.example.com", "127.0.0.1")},
            demo_->folder() / "scratch"
        );
    }
    static std::string replaced_all(
        std::string text, const std::string& what, const std::string& with
    ) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what))
            text.replace(at, what.size(), with);
        return text;
    }
    std::string corrections() const {
        std::string text;
        for (const auto& entry : fs::directory_iterator(server().drop() / "in"))
            text += read_file(entry.path());
        return text;
    }

    std::optional<DemoHub> demo_;
};

TEST_F(SftpScenario, EditsTravelToTheSupplierAndBack) {
    const Ended checked = demo_->syncline({"check"});
    ASSERT_EQ(checked.exit_code, 0) << checked.out << checked.err;
    const std::string plan = (demo_->folder() / "first.plan").string();
    const Ended planned = demo_->syncline({"plan", "-o", plan});
    ASSERT_EQ(planned.exit_code, 0) << planned.out << planned.err;
    EXPECT_FALSE(fs::exists(server().drop() / "out" / "done")) << "a plan moves nothing";
    const Ended applied = demo_->syncline({"apply", plan, "--yes"});
    ASSERT_EQ(applied.exit_code, 0) << applied.out << applied.err;
    demo_->converge();
    const fs::path first = server().drop() / "out" / "done" / "customers-2026-01-05.csv";
    ASSERT_TRUE(fs::exists(first));

    // What the ERP's people write is left for the supplier.
    demo_->erp("UPDATE customers SET phone = '02 555 66 77' WHERE id = 17");
    demo_->converge();
    EXPECT_NE(corrections().find("02 555 66 77"), std::string::npos) << corrections();
    EXPECT_EQ(corrections().find(".part"), std::string::npos);

    // The supplier took it, and has a new name.
    const std::string sent = read_file(first);
    const std::string header = sent.substr(0, sent.find('\n') + 1);
    auto begin = sent.find("K-1017;");
    ASSERT_NE(begin, std::string::npos);
    std::string row = sent.substr(begin, sent.find('\n', begin) + 1 - begin);
    const auto name = row.find(';') + 1;
    row.replace(name, row.find(';', name) - name, "Brouwerij De Sftp Reiger");
    write_file(server().drop() / "out" / "customers-2026-01-06.csv.part", header + row);
    demo_->converge();
    EXPECT_NE(demo_->helpdesk("24", "RealName"), "Brouwerij De Sftp Reiger");
    fs::rename(
        server().drop() / "out" / "customers-2026-01-06.csv.part",
        server().drop() / "out" / "customers-2026-01-06.csv"
    );
    demo_->converge();
    EXPECT_EQ(demo_->helpdesk("24", "RealName"), "Brouwerij De Sftp Reiger");
    EXPECT_EQ(demo_->erp("SELECT name FROM customers WHERE id = 17"), "Brouwerij De Sftp Reiger");

    // Another key: nothing is read, and it is said.
    const fs::path file = demo_->hub() / "systems" / "supplier.json";
    write_file(
        file, replaced(read_file(file), server().fingerprint(), "SHA256:" + std::string(43, 'A'))
    );
    const Ended refused = demo_->syncline({"check"});
    EXPECT_NE(refused.exit_code, 0);
    EXPECT_TRUE(has(refused.out + refused.err, "its key is not the one of settings/sftp/host_key"))
        << refused.out << refused.err;
}

/// What the page shows for other files than the first, in the place of what that shows.
TEST(SftpPage, EverySettingItShowsIsTaken) {
    DemoHub demo("supplier-page", DemoHub::From::Fresh);
    const fs::path supplier = demo.folder() / "systems" / "supplier";
    const std::vector<std::string> shown = blocks_of(page(), "json");
    ASSERT_EQ(shown.size(), 4U);
    const auto check = [&](std::string text) {
        for (const char* folder : {"out", "in"})
            text = replaced(
                text, std::string("/srv/supplier/") + folder, (supplier / folder).string()
            );
        write_file(demo.hub() / "systems" / "supplier.json", text);
        const Ended checked = demo.syncline({"check"});
        EXPECT_EQ(checked.exit_code, 0) << text << checked.out << checked.err;
    };
    const std::string whole = shown[0];
    check(whole);
    const auto line_of = [&](const std::string& word) {
        const auto begin = whole.rfind('\n', whole.find(word)) + 1;
        return whole.substr(begin, whole.find('\n', begin) - begin);
    };
    const auto trimmed = [](const std::string& block) {
        return block.substr(0, block.find_last_not_of(" \n") + 1);
    };
    check(replaced(whole, line_of("\"csv\""), trimmed(shown[1])));
    check(replaced(whole, line_of("\"read\""), trimmed(shown[2]) + ","));
}

}  // namespace
}  // namespace syncline::testing
