#include "servers/mariadb_server.hpp"

#include "servers/free_port.hpp"
#include "support/program.hpp"

#include <chrono>
#include <cstdlib>
#include <mysql.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = "/usr/sbin/mariadbd";
constexpr const char* kInstaller = "/usr/bin/mariadb-install-db";

}  // namespace

bool MariadbServer::is_installed() {
    return fs::exists(kServer) && fs::exists(kInstaller);
}

MariadbServer& MariadbServer::instance() {
    static MariadbServer server;
    return server;
}

MariadbServer::MariadbServer() {
    std::string pattern = (fs::temp_directory_path() / "syncline-db-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    after_us_ = tidy_up_after_us();
    make_certificates();
    write_file(
        folder_ / "users.sql",
        "CREATE USER IF NOT EXISTS '" + std::string(kUser) + "'@'%' IDENTIFIED BY '" + kPassword +
            "';\nGRANT ALL ON *.* TO '" + kUser +
            "'@'%' WITH GRANT OPTION;\n"
            "DELETE FROM mysql.global_priv WHERE User = '';\nFLUSH PRIVILEGES;\n"
    );
    std::vector<std::string> install{
        kInstaller, "--no-defaults", "--datadir=" + (folder_ / "data").string(), "--skip-test-db"};
    if (::geteuid() == 0) {  // the server refuses to run as root
        run({"chown", "-R", "mysql:", folder_.string()});
        install.emplace_back("--user=mysql");
    }
    run(install);
    port_ = free_port();
    start();
}

MariadbServer::~MariadbServer() {
    ::pclose(after_us_);
}

void MariadbServer::run(const std::vector<std::string>& command) const {
    const Ended ended = run_program(command, fs::path(folder_.string() + "-out"));
    if (ended.exit_code != 0)
        throw std::runtime_error(command.front() + ": " + ended.err + ended.out);
}

/// An authority, and a certificate of it for 127.0.0.1.
void MariadbServer::make_certificates() const {
    const auto file = [&](const char* name) { return (folder_ / name).string(); };
    const auto made = [&](const std::string& name, std::vector<std::string> more) {
        std::vector<std::string> command{
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            file((name + ".key").c_str()),
            "-out",
            file((name + ".pem").c_str())};
        command.insert(command.end(), more.begin(), more.end());
        run(command);
    };
    made("ca", {"-subj", "/CN=Test authority"});
    made(
        "server",
        {"-subj",
         "/CN=127.0.0.1",
         "-addext",
         "subjectAltName=IP:127.0.0.1,DNS:127.0.0.1",
         "-addext",
         "basicConstraints=critical,CA:FALSE",
         "-CA",
         file("ca.pem"),
         "-CAkey",
         file("ca.key")}
    );
}

/// A shell that waits for the end of this process, also when it is killed, and tidies up.
std::FILE* MariadbServer::tidy_up_after_us() const {
    const std::string folder = folder_.string();
    const std::string command =
        "trap '' INT TERM HUP; read -r end; test -f " + folder + "/pid && kill -9 $(cat " + folder +
        "/pid) 2>/dev/null; sleep 0.2; rm -rf " + folder + " " + folder + "-out";
    std::FILE* const shell = ::popen(command.c_str(), "we");
    if (shell == nullptr) throw std::runtime_error("no shell");
    return shell;
}

void MariadbServer::start() const {
    const std::string folder = folder_.string();
    std::string command =
        std::string("setsid ") + kServer + " --no-defaults --datadir=" + folder +
        "/data --socket=" + socket().string() + " --port=" + std::to_string(port_) +
        " --bind-address=127.0.0.1 --skip-name-resolve" + " --pid-file=" + folder +
        "/pid --init-file=" + folder + "/users.sql" + " --ssl-ca=" + folder +
        "/ca.pem --ssl-cert=" + folder + "/server.pem --ssl-key=" + folder + "/server.key" +
        " --innodb-flush-log-at-trx-commit=2 --innodb-buffer-pool-size=32M" +
        " --default-time-zone=+02:00 --character-set-server=utf8mb4" +
        (::geteuid() == 0 ? " --user=mysql" : "") + " >>" + folder + "/log 2>&1 </dev/null &";
    run({"sh", "-c", command});
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (;;) {
        try {
            const MariadbClient client("mysql", socket());
            return;
        } catch (const std::runtime_error&) {
            if (std::chrono::steady_clock::now() > until)
                throw std::runtime_error("mariadbd: " + read_file(folder_ / "log"));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
}

void MariadbServer::stop() const {
    run(
        {"sh",
         "-c",
         "p=$(cat " + (folder_ / "pid").string() +
             "); kill -9 $p; while kill -0 $p 2>/dev/null; do sleep 0.05; done; rm " +
             (folder_ / "pid").string()}
    );
}

void MariadbClient::Close::operator()(st_mysql* connection) const noexcept {
    ::mysql_close(connection);
}

MariadbClient::MariadbClient(const std::string& database)
    : MariadbClient(database, MariadbServer::instance().socket()) {}

MariadbClient::MariadbClient(const std::string& database, const fs::path& socket)
    : connection_(::mysql_init(nullptr)) {
    ::mysql_options(connection_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (::mysql_real_connect(
            connection_.get(),
            "localhost",
            MariadbServer::kUser,
            MariadbServer::kPassword,
            database.c_str(),
            0,
            socket.c_str(),
            CLIENT_MULTI_STATEMENTS
        ) == nullptr)
        throw std::runtime_error(::mysql_error(connection_.get()));
}

std::string MariadbClient::run(const std::string& sql) const {
    MYSQL* const raw = connection_.get();
    std::string text;
    int more = ::mysql_real_query(raw, sql.data(), sql.size());
    while (more == 0) {
        if (MYSQL_RES* const result = ::mysql_store_result(raw); result != nullptr) {
            const MYSQL_ROW row = ::mysql_fetch_row(result);
            text = row == nullptr ? "" : row[0] == nullptr ? "(null)" : row[0];
            ::mysql_free_result(result);
        }
        more = ::mysql_next_result(raw);
    }
    if (::mysql_errno(raw) != 0) throw std::runtime_error(sql + ": " + ::mysql_error(raw));
    return text;
}

MariadbDatabase::MariadbDatabase() {
    MariadbServer::instance();
    MariadbClient("mysql").run("DROP DATABASE IF EXISTS erp; CREATE DATABASE erp");
    client_ = std::make_unique<MariadbClient>("erp");
}

Json MariadbDatabase::settings_at(int port) const {
    return {
        {"mariadb",
         {{"host", "127.0.0.1"},
          {"port", port},
          {"database", "erp"},
          {"user", MariadbServer::kUser},
          {"password", MariadbServer::kPassword}}}};
}

void MariadbDatabase::keep_journal(
    const std::string& table,
    const std::string& key,
    const std::string& journal,
    const std::string& named
) {
    run("CREATE TABLE " + journal + "(seq bigint AUTO_INCREMENT PRIMARY KEY, " + named + " int)");
    const auto note = [&](const std::string& when, const std::string& row) {
        run("CREATE TRIGGER " + journal + "_" + when + " AFTER " + when + " ON " + table +
            " FOR EACH ROW INSERT INTO " + journal + "(" + named + ") VALUES(" + row + "." + key +
            ")");
    };
    note("INSERT", "NEW");
    note("UPDATE", "NEW");
    note("DELETE", "OLD");
}

void MariadbDatabase::stop() {
    client_.reset();
    MariadbServer::instance().stop();
}

void MariadbDatabase::start() {
    MariadbServer::instance().start();
    client_ = std::make_unique<MariadbClient>("erp");
}

/// The server makes the table anew only for those who have not asked for a tenth of a second.
bool MariadbDatabase::hub_waits() {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    return MariadbClient("mysql").run(
               "SELECT count(*) FROM information_schema.innodb_trx WHERE "
               "trx_state = 'LOCK WAIT'"
           ) != "0";
}

void MariadbDatabase::end_sessions_of_hub() {
    const std::string id =
        run("SELECT id FROM information_schema.processlist WHERE db = 'erp' AND "
            "id <> CONNECTION_ID()");
    run("KILL " + id);
}

void MariadbDatabase::make_reader(const std::string& user, const std::string& password) {
    run("CREATE OR REPLACE USER " + user + " IDENTIFIED BY '" + password +
        "'; GRANT SELECT ON erp.customers TO " + user);
}

}  // namespace syncline::testing
