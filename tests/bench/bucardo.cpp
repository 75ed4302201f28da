#include "bench/bucardo.hpp"

#include "bench/process_cpu.hpp"
#include "support/program.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;
using testing::PostgresqlClient;
using testing::PostgresqlServer;

constexpr const char* kProgram = "/usr/bin/bucardo";
constexpr const char* kSync = "customers";

bool has_plperl() {
    std::error_code failed;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", failed)) {
        if (fs::exists(version.path() / "lib" / "plperl.so")) return true;
    }
    return false;
}

void wait_until(const char* what, const std::function<bool()>& is_so) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > patience)
            throw std::runtime_error(std::string("Bucardo ") + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace

bool Bucardo::is_installed() {
    return fs::exists(kProgram) && has_plperl();
}

std::string Bucardo::rule() const {
    return "bucardo_latest: the database in which the table was edited last";
}

std::string Bucardo::command(const std::vector<std::string>& words) const {
    const std::string port = std::to_string(PostgresqlServer::instance().port());
    const bool is_made = words.front() != "install";
    std::vector<std::string> whole{
        kProgram,
        "--no-bucardorc",
        "--batch",
        "--dbhost=127.0.0.1",
        "--dbport=" + port,
        std::string("--dbuser=") + (is_made ? "bucardo" : "postgres"),
        std::string("--dbname=") + (is_made ? "bucardo" : "postgres"),
        "--log-destination=" + (folder_ / "log").string()};
    whole.insert(whole.end(), words.begin(), words.end());
    const testing::Ended ended = testing::run_program(
        whole, folder_ / "scratch", {{"PGPASSWORD", PostgresqlServer::kPassword}}
    );
    // It signs in as its new role once everything is there, whose password nobody set yet.
    if (is_made && ended.exit_code != 0)
        throw std::runtime_error("bucardo " + words.front() + ": " + ended.err + ended.out);
    return ended.out;
}

Bucardo::Bucardo(const EditedPair& pair, fs::path folder) : folder_(std::move(folder)) {
    const std::string run = (folder_ / "run").string();
    fs::create_directories(folder_ / "run");
    fs::create_directories(folder_ / "log");
    const std::string end_it = "trap '' INT TERM HUP; read -r end; for f in " + run +
                               "/*.pid; do kill -9 $(head -n 1 $f); done 2>/dev/null";
    after_us_ = ::popen(end_it.c_str(), "we");
    if (after_us_ == nullptr) throw std::runtime_error("no shell");
    // Only here: told so, the command to stop would leave notes in the folder that we work in.
    command({"install", "--piddir=" + run});
    const PostgresqlClient server("postgres");
    const std::string password = PostgresqlServer::kPassword;
    server.run("ALTER ROLE bucardo PASSWORD '" + password + "'");
    const std::string log = (folder_ / "log").string();
    command(
        {"set",
         "piddir=" + run,
         "reason_file=" + log + "/reason",
         "warning_file=" + log + "/warning",
         "log_conflict_file=" + log + "/conflict"}
    );
    const std::string port = std::to_string(PostgresqlServer::instance().port());
    for (std::size_t side = 0; side < 2; ++side)
        command(
            {"add",
             "db",
             pair.name(side),
             "dbname=" + pair.name(side),
             "host=127.0.0.1",
             "port=" + port,
             "user=bucardo",
             "pass=" + password}
        );
    command({"add", "table", "customers", "db=" + pair.name(0), "relgroup=customers"});
    command({"add", "dbgroup", "both", pair.name(0) + ":source", pair.name(1) + ":source"});
    command(
        {"add", "sync", kSync, "relgroup=customers", "dbs=both", "conflict_strategy=bucardo_latest"}
    );
}

Bucardo::~Bucardo() {
    try {
        if (daemon() > 0) stop();
    } catch (const std::exception&) {  // the shell ends it
    }
    ::pclose(after_us_);
}

pid_t Bucardo::daemon() const {
    std::ifstream file(folder_ / "run" / "bucardo.mcp.pid");
    pid_t process = 0;
    return file >> process ? process : 0;
}

void Bucardo::start() {
    command({"start"});
    const PostgresqlClient control("bucardo");
    wait_until("does not start", [&] {
        return fs::exists(folder_ / "run" / (std::string("bucardo.kid.sync.") + kSync + ".pid"));
    });
}

void Bucardo::stop() {
    const pid_t process = daemon();
    command({"stop"});
    wait_until("does not end", [&] { return ::kill(process, 0) != 0; });
}

double Bucardo::cpu_now() const {
    return cpu_of_tree(daemon());
}

std::size_t Bucardo::count_kept(const std::vector<std::string>& lost) const {
    std::string kept;
    for (const auto& file : fs::recursive_directory_iterator(folder_ / "log"))
        kept += testing::read_file(file.path());
    const PostgresqlClient control("bucardo");
    for (const char* table : {"syncrun", "bucardo_log_message"})
        kept += control.run(
            std::string("SELECT string_agg(t::text, ' ') FROM bucardo.") + table + " AS t"
        );
    std::size_t found = 0;
    for (const std::string& phone : lost)
        found += kept.find(phone) != std::string::npos ? 1 : 0;
    return found;
}

}  // namespace syncline::bench
