#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct pg_conn;

namespace syncline::testing {

/// A real PostgreSQL server of this process, in a temporary folder, on a free port of 127.0.0.1.
/// Made when it is first asked for; ended and removed with the process, however
/// that ends.
class PostgresqlServer {
public:
    static bool is_installed();
    static PostgresqlServer& instance();
    /// Commits of the server wait for the disk, as they do where people work with it; without this
    /// they don't. Called before the server is first asked for.
    static void wait_for_the_disk();
    ~PostgresqlServer();
    PostgresqlServer(const PostgresqlServer&) = delete;
    PostgresqlServer& operator=(const PostgresqlServer&) = delete;

    int port() const { return port_; }
    /// Makes an empty database; one of that name is dropped before. `with`: further words.
    void make_database(const std::string& name, const std::string& with = {}) const;
    void stop() const;
    void start() const;

    static constexpr const char* kPassword = "Adm1n-secret";

private:
    PostgresqlServer();
    void control(const std::vector<std::string>& arguments) const;
    std::vector<std::string> as_its_user(std::vector<std::string> command) const;

    std::FILE* tidy_up_after_us() const;

    std::filesystem::path folder_;
    std::FILE* after_us_ = nullptr;
    int port_ = 0;
};

/// A person with a client of their own, in one database.
class PostgresqlClient {
public:
    explicit PostgresqlClient(const std::string& database);
    /// Runs statements; gives the first cell of the last, "(null)" or "". Throws what the server
    /// says.
    std::string run(const std::string& sql) const;

private:
    struct Finish {
        void operator()(pg_conn* connection) const noexcept;
    };
    std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace syncline::testing
