#include "servers/sftp_server.hpp"

#include "servers/free_port.hpp"
#include "support/program.hpp"

#include <cstdlib>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = "/usr/sbin/sshd";

}  // namespace

bool SftpServer::is_installed() {
    return ::access(kServer, X_OK) == 0 && ::access("/usr/bin/ssh-keygen", X_OK) == 0;
}

SftpServer& SftpServer::instance() {
    static SftpServer server;
    return server;
}

std::string SftpServer::user() {
    const passwd* found = ::getpwuid(::geteuid());
    return found == nullptr ? "root" : found->pw_name;
}

std::string SftpServer::run(const std::vector<std::string>& command) const {
    const Ended ended = run_program(command, fs::path(folder_.string() + "-out"));
    if (ended.exit_code != 0) throw std::runtime_error(command.front() + ": " + ended.err);
    return ended.out;
}

void SftpServer::make_key(const std::string& name, const std::string& passphrase) const {
    run({"ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", (folder_ / name).string()});
}

SftpServer::SftpServer() {
    std::string pattern = (fs::temp_directory_path() / "syncline-sftp-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    drop_ = folder_ / "drop";
    for (const char* name : {"host_key", "other_host_key", "client_key", "stranger_key"})
        make_key(name);
    make_key("protected_key", kPassphrase);
    write_file(
        folder_ / "authorized_keys",
        read_file(folder_ / "client_key.pub") + read_file(folder_ / "protected_key.pub")
    );
    // As root, the server wants the folder of its own privileges.
    if (::geteuid() == 0) fs::create_directories("/run/sshd");
    port_ = free_port();
    const std::string internal = "internal-sftp -d " + drop_.string();
    write_file(
        folder_ / "sshd_config",
        "ListenAddress 127.0.0.1\nPort " + std::to_string(port_) + "\nHostKey " +
            (folder_ / "host_key").string() + "\nPidFile " + (folder_ / "pid").string() +
            "\nAuthorizedKeysFile " + (folder_ / "authorized_keys").string() +
            "\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
            "StrictModes no\nPermitRootLogin prohibit-password\nPermitTTY no\n"
            "AllowTcpForwarding no\nX11Forwarding no\nSubsystem sftp " +
            internal + "\nForceCommand " + internal + "\n"
    );
    // A shell that waits for the end of this process, also when it is killed, and tidies up.
    const std::string command = "trap '' INT TERM HUP; read -r end; kill $(cat '" +
                                (folder_ / "pid").string() + "') 2>/dev/null; rm -rf '" + pattern +
                                "' '" + pattern + "-out'";
    after_us_ = ::popen(command.c_str(), "we");
    if (after_us_ == nullptr) throw std::runtime_error("no shell");
    empty_drop();
    start();
}

SftpServer::~SftpServer() {
    ::pclose(after_us_);
}

void SftpServer::empty_drop() const {
    fs::remove_all(drop_);
    fs::create_directories(drop_ / "in");
    fs::create_directories(drop_ / "out");
}

void SftpServer::let_in(const std::string& public_key) const {
    const fs::path file = folder_ / "authorized_keys";
    write_file(file, read_file(file) + public_key);
}

void SftpServer::start() {
    fs::remove(folder_ / "pid");
    run({kServer, "-f", (folder_ / "sshd_config").string(), "-E", (folder_ / "log").string()});
    for (int i = 0; i < 500 && !fs::exists(folder_ / "pid"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (!fs::exists(folder_ / "pid"))
        throw std::runtime_error("sshd: " + read_file(folder_ / "log"));
}

void SftpServer::stop() {
    const pid_t pid = std::stoi(read_file(folder_ / "pid"));
    ::kill(pid, SIGTERM);
    for (int i = 0; i < 500 && ::kill(pid, 0) == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

std::string SftpServer::fingerprint() const {
    const std::string line = run({"ssh-keygen", "-l", "-f", (folder_ / "host_key.pub").string()});
    const auto begin = line.find("SHA256:");
    return line.substr(begin, line.find(' ', begin) - begin);
}

std::string SftpServer::known_hosts_line(int port, const std::string& key) const {
    return "[127.0.0.1]:" + std::to_string(port) + " " + read_file(folder_ / (key + ".pub"));
}

}  // namespace syncline::testing
