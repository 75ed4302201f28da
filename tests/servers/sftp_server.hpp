#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {

/// A real OpenSSH server that offers SFTP alone, in a temporary folder, on a free port of
/// 127.0.0.1, for the user who runs the tests. Ended and removed with the process, however that
/// ends.
class SftpServer {
public:
    static bool is_installed();
    static SftpServer& instance();
    ~SftpServer();
    SftpServer(const SftpServer&) = delete;
    SftpServer& operator=(const SftpServer&) = delete;

    int port() const { return port_; }
    static std::string user();
    /// What its users see as the root of relative paths: `in` and `out`, empty.
    const std::filesystem::path& drop() const { return drop_; }
    void empty_drop() const;

    std::filesystem::path client_key() const { return folder_ / "client_key"; }
    std::filesystem::path protected_key() const { return folder_ / "protected_key"; }
    std::filesystem::path stranger_key() const { return folder_ / "stranger_key"; }
    static constexpr const char* kPassphrase = "Key-s3cret";
    /// From now on, who has the key to this public one is let in too.
    void let_in(const std::string& public_key) const;
    /// "SHA256:…"
    std::string fingerprint() const;
    /// A line of known_hosts for the server behind this port, with its key or that of another.
    std::string known_hosts_line(int port, const std::string& key = "host_key") const;

    void stop();
    void start();

private:
    SftpServer();
    void make_key(const std::string& name, const std::string& passphrase = {}) const;
    std::string run(const std::vector<std::string>& command) const;

    std::filesystem::path folder_;
    std::filesystem::path drop_;
    std::FILE* after_us_ = nullptr;
    int port_ = 0;
};

}  // namespace syncline::testing
