#include "servers/postgresql_server.hpp"

#include "servers/free_port.hpp"
#include "support/program.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

/// The folder of the newest server's programs; "" when there is none.
fs::path programs() {
    std::vector<fs::path> found;
    std::error_code failed;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", failed)) {
        if (fs::exists(version.path() / "bin" / "initdb")) found.push_back(version.path() / "bin");
    }
    const auto newest = std::max_element(found.begin(), found.end());
    return newest == found.end() ? fs::path() : *newest;
}

bool waits_for_the_disk = false;

}  // namespace

bool PostgresqlServer::is_installed() {
    return !programs().empty();
}

void PostgresqlServer::wait_for_the_disk() {
    waits_for_the_disk = true;
}

PostgresqlServer& PostgresqlServer::instance() {
    static PostgresqlServer server;
    return server;
}

PostgresqlServer::PostgresqlServer() {
    std::string pattern = (fs::temp_directory_path() / "syncline-pg-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    after_us_ = tidy_up_after_us();
    write_file(folder_ / "password", std::string(kPassword) + "\n");
    if (::geteuid() == 0) {  // the server refuses to run as root
        const Ended given =
            run_program({"chown", "-R", "postgres:", folder_.string()}, fs::path(pattern + "-out"));
        if (given.exit_code != 0) throw std::runtime_error("chown: " + given.err);
    }
    const Ended made = run_program(
        as_its_user(
            {(programs() / "initdb").string(),
             "-D",
             (folder_ / "data").string(),
             "-U",
             "postgres",
             "-A",
             "scram-sha-256",
             "--pwfile=" + (folder_ / "password").string(),
             "-E",
             "UTF8",
             "--locale=C.UTF-8",
             "--no-sync"}
        ),
        fs::path(pattern + "-out")
    );
    if (made.exit_code != 0) throw std::runtime_error("initdb: " + made.err);
    port_ = free_port();
    start();
}

PostgresqlServer::~PostgresqlServer() {
    ::pclose(after_us_);
}

/// A shell that waits for the end of this process, also when it is killed, and tidies up.
std::FILE* PostgresqlServer::tidy_up_after_us() const {
    std::string stop;
    for (const std::string& word : as_its_user(
             {(programs() / "pg_ctl").string(),
              "-D",
              (folder_ / "data").string(),
              "-s",
              "-m",
              "immediate",
              "stop"}
         ))
        stop += word + " ";
    const std::string folder = folder_.string();
    const std::string command = "trap '' INT TERM HUP; read -r end; " + stop +
                                "2>/dev/null; rm -rf " + folder + " " + folder + "-out";
    std::FILE* const shell = ::popen(command.c_str(), "we");
    if (shell == nullptr) throw std::runtime_error("no shell");
    return shell;
}

std::vector<std::string> PostgresqlServer::as_its_user(std::vector<std::string> command) const {
    if (::geteuid() != 0) return command;
    std::vector<std::string> whole{"runuser", "-u", "postgres", "--"};
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

void PostgresqlServer::control(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{
        (programs() / "pg_ctl").string(), "-D", (folder_ / "data").string(), "-w", "-s"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Ended ended = run_program(as_its_user(command), fs::path(folder_.string() + "-out"));
    if (ended.exit_code != 0) throw std::runtime_error("pg_ctl: " + ended.err + ended.out);
}

void PostgresqlServer::start() const {
    control(
        {"-l",
         (folder_ / "log").string(),
         "-o",
         "-p " + std::to_string(port_) + " -k " + folder_.string() +
             " -c listen_addresses=127.0.0.1 -c timezone=Europe/Brussels -c fsync=" +
             (waits_for_the_disk ? "on" : "off"),
         "start"}
    );
}

void PostgresqlServer::stop() const {
    control({"-m", "immediate", "stop"});
}

void PostgresqlServer::make_database(const std::string& name, const std::string& with) const {
    const PostgresqlClient client("postgres");
    client.run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    client.run("CREATE DATABASE " + name + " " + with);
}

void PostgresqlClient::Finish::operator()(pg_conn* connection) const noexcept {
    ::PQfinish(connection);
}

PostgresqlClient::PostgresqlClient(const std::string& database) {
    const std::string words =
        "host=127.0.0.1 user=postgres password=" + std::string(PostgresqlServer::kPassword) +
        " port=" + std::to_string(PostgresqlServer::instance().port()) + " dbname=" + database;
    connection_.reset(::PQconnectdb(words.c_str()));
    if (::PQstatus(connection_.get()) != CONNECTION_OK)
        throw std::runtime_error(::PQerrorMessage(connection_.get()));
    ::PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr
    );
}

std::string PostgresqlClient::run(const std::string& sql) const {
    PGresult* const result = ::PQexec(connection_.get(), sql.c_str());
    const auto status = ::PQresultStatus(result);
    std::string text;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        text = ::PQresultErrorMessage(result);
        ::PQclear(result);
        throw std::runtime_error(sql + ": " + text);
    }
    if (::PQntuples(result) > 0)
        text = ::PQgetisnull(result, 0, 0) != 0 ? "(null)" : ::PQgetvalue(result, 0, 0);
    ::PQclear(result);
    return text;
}

}  // namespace syncline::testing
