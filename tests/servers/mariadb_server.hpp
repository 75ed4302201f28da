#pragma once

#include "servers/sql_server_database.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct st_mysql;

namespace syncline::testing {

/// A real MariaDB server of this process, in a temporary folder, on a free port of 127.0.0.1, with
/// a certificate for that address. Made when it is first asked for; ended and removed with the
/// process, however that ends. Its time zone is two hours east of UTC.
class MariadbServer {
public:
    static bool is_installed();
    static MariadbServer& instance();
    ~MariadbServer();
    MariadbServer(const MariadbServer&) = delete;
    MariadbServer& operator=(const MariadbServer&) = delete;

    int port() const { return port_; }
    std::filesystem::path socket() const { return folder_ / "s"; }
    /// The certificate that vouches for the server's.
    std::filesystem::path authority() const { return folder_ / "ca.pem"; }
    void stop() const;
    void start() const;

    static constexpr const char* kUser = "adm";
    static constexpr const char* kPassword = "Adm1n-secret";

private:
    MariadbServer();
    void make_certificates() const;
    std::FILE* tidy_up_after_us() const;
    void run(const std::vector<std::string>& command) const;

    std::filesystem::path folder_;
    std::FILE* after_us_ = nullptr;
    int port_ = 0;
};

/// A person with a client of their own.
class MariadbClient {
public:
    explicit MariadbClient(const std::string& database);
    MariadbClient(const std::string& database, const std::filesystem::path& socket);
    /// Runs statements; gives the first cell of the last that has any, "(null)" or "". Throws what
    /// the server says.
    std::string run(const std::string& sql) const;

private:
    struct Close {
        void operator()(st_mysql* connection) const noexcept;
    };
    std::unique_ptr<st_mysql, Close> connection_;
};

/// A database of that server.
class MariadbDatabase final : public SqlServerDatabase {
public:
    /// Makes an empty one.
    MariadbDatabase();
    Json settings_at(int port) const override;
    int port() const override { return MariadbServer::instance().port(); }
    std::string run(const std::string& sql) override { return client_->run(sql); }
    void run_elsewhere(const std::string& sql) override { MariadbClient("erp").run(sql); }
    void keep_journal(
        const std::string& table,
        const std::string& key,
        const std::string& journal,
        const std::string& named
    ) override;
    void stop() override;
    void start() override;
    bool hub_waits() override;
    void end_sessions_of_hub() override;
    void make_reader(const std::string& user, const std::string& password) override;

private:
    std::unique_ptr<MariadbClient> client_;
};

}  // namespace syncline::testing
