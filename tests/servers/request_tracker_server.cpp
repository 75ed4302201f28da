#include "servers/request_tracker_server.hpp"

#include "servers/free_port.hpp"
#include "support/program.hpp"

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = "/usr/share/request-tracker5/libexec/rt-server";
constexpr const char* kSetUp = "/usr/sbin/rt-setup-database-5";

constexpr const char* kFields = R"(our @CustomFields = (
  { Name => 'VAT',  Type => 'FreeformSingle',   LookupType => 'RT::User' },
  { Name => 'Tags', Type => 'FreeformMultiple', LookupType => 'RT::User' },
);
1;
)";

/// REST 2.0 makes no tokens.
constexpr const char* kTokens = R"(use strict; use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT; RT::LoadConfig(); RT::Init();
for my $name ('hub', 'agent') {
    my $user = RT::User->new(RT->SystemUser);
    my ($ok, $why) = $user->Create(Name => $name, EmailAddress => "$name\@example.test", Privileged => 1);
    die $why unless $ok;
    my @rights = $name eq 'hub' ? qw(AdminUsers ShowUserHistory SeeCustomField ModifyCustomField)
                                : qw(ShowUserHistory);
    for my $right (@rights) {
        ($ok, $why) = $user->PrincipalObj->GrantRight(Right => $right, Object => RT->System);
        die $why unless $ok;
    }
    my $token = RT::AuthToken->new(RT->SystemUser);
    my ($id, $reason, $text) = $token->Create(Owner => $user->Id, Description => 'tests');
    die $reason unless $id;
    print "$text\n";
}
)";

}  // namespace

bool RequestTrackerServer::is_installed() {
    if (::access(kServer, X_OK) != 0 || ::access(kSetUp, X_OK) != 0) return false;
    return std::system("/usr/bin/perl -MDBD::SQLite -MPlack::Handler::Starlet -e 1 2>/dev/null") ==
           0;
}

RequestTrackerServer& RequestTrackerServer::instance() {
    static RequestTrackerServer server;
    return server;
}

RequestTrackerServer::RequestTrackerServer() : port_(free_port()) {
    std::string pattern = (fs::temp_directory_path() / "syncline-rt-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    write_configuration();
    fill_database();
    // A shell that waits for the end of this process, also when it is killed, and tidies up. The
    // server must not inherit what the shell ignores.
    const std::string command =
        "trap '' INT TERM HUP; cd '" + pattern + "'; env --default-signal=INT,TERM,HUP sh run " +
        kServer + " --server Starlet --host 127.0.0.1 --port " + std::to_string(port_) +
        " --max-workers 2 >log 2>&1 </dev/null & server=$!; read -r end; kill $server; "
        "wait $server; cd /; rm -rf '" +
        pattern + "' '" + pattern + "-out'";
    after_us_ = ::popen(command.c_str(), "we");
    if (after_us_ == nullptr) throw std::runtime_error("no shell");
    for (int i = 0; i < 600; ++i) {
        try {
            ask("GET", "/rt");
            return;
        } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
    }
    throw std::runtime_error("Request Tracker does not answer: " + read_file(folder_ / "log"));
}

RequestTrackerServer::~RequestTrackerServer() {
    ::pclose(after_us_);
}

void RequestTrackerServer::write_configuration() const {
    const std::string place = folder_.string();
    for (const char* name : {"mason", "sessions", "none", "log.d"})
        fs::create_directory(folder_ / name);
    write_file(
        folder_ / "RT_SiteConfig.pm",
        "$RT::MasonDataDir = '" + place + "/mason';\n$RT::MasonSessionDir = '" + place +
            "/sessions';\n$RT::VarPath = '" + place +
            "';\n"
            "Set($rtname, 'rt.example.test');\nSet($Organization, 'example.test');\n"
            "Set($WebDomain, '127.0.0.1');\nSet($WebPort, " +
            std::to_string(port_) + ");\nSet($WebPath, '');\nSet($WebBaseURL, '" + url() +
            "');\n"
            "Set($Timezone, 'UTC');\nSet($DatabaseType, 'SQLite');\nSet($DatabaseName, '" +
            place +
            "/rt.sqlite');\nSet($LogToSyslog, undef);\nSet($LogToSTDERR, 'warning');\n"
            "Set($MailCommand, 'testfile');\nSet($WebSessionClass, 'Apache::Session::File');\n"
            // Each request proves its token anew: 12 would make that half a second.
            "Set($BcryptCost, 4);\n1;\n"
    );
    // Runs a command with this configuration, as the user that the server has.
    const std::string drop =
        ::geteuid() == 0 ? "setpriv --reuid=www-data --regid=www-data --init-groups -- " : "";
    write_file(
        folder_ / "run",
        "export RT_SITE_CONFIG='" + place + "/RT_SiteConfig.pm' RT_SITE_CONFIG_DIR='" + place +
            "/none' HOME='" + place + "'\nexec " + drop + "\"$@\"\n"
    );
    write_file(folder_ / "root-password", kRootPassword);
    write_file(folder_ / "fields.pl", kFields);
    write_file(folder_ / "tokens.pl", kTokens);
}

std::string RequestTrackerServer::run(const std::string& command) const {
    const Ended ended = run_program(
        {"bash", "-c", "cd '" + folder_.string() + "' && " + command},
        fs::path(folder_.string() + "-out")
    );
    if (ended.exit_code != 0) throw std::runtime_error(command + ": " + ended.out + ended.err);
    return ended.out;
}

void RequestTrackerServer::fill_database() {
    if (::geteuid() == 0) run("chown -R www-data: .");
    const std::string set_up = std::string("sh run ") + kSetUp;
    run(set_up +
        " --action init --dba '' --dba-password '' --root-password-file root-password "
        "--skip-create </dev/null");
    run(set_up + " --action insert --datafile fields.pl --skip-create </dev/null");
    std::stringstream tokens(run("sh run /usr/bin/perl tokens.pl"));
    tokens >> token_ >> agent_token_;
    if (agent_token_.empty()) throw std::runtime_error("Request Tracker gave no tokens");
}

nlohmann::json RequestTrackerServer::ask(
    const std::string& method, const std::string& path, const nlohmann::json& body
) const {
    std::vector<std::string> command{
        "curl",
        "-sS",
        "-g",
        "--fail-with-body",
        "-X",
        method,
        "-u",
        std::string("root:") + kRootPassword,
        "-H",
        "Content-Type: application/json",
        url() + "/REST/2.0" + path};
    if (!body.is_null()) command.insert(command.end(), {"-d", body.dump()});
    const Ended ended = run_program(command, fs::path(folder_.string() + "-out"));
    if (ended.exit_code != 0)
        throw std::runtime_error(method + " " + path + ": " + ended.out + ended.err);
    return ended.out.empty() ? nlohmann::json() : nlohmann::json::parse(ended.out);
}

std::string RequestTrackerServer::add(const nlohmann::json& user) const {
    nlohmann::json made = user;
    made["Privileged"] = 0;
    ask("POST", "/user", made);
    const nlohmann::json by_name =
        nlohmann::json::array({{{"field", "Name"}, {"operator", "="}, {"value", user.at("Name")}}});
    const nlohmann::json found = ask("POST", "/users?fields=id", by_name);
    return std::to_string(found.at("items").at(0).at("id").get<int>());
}

void RequestTrackerServer::remove_everybody() const {
    const nlohmann::json every =
        nlohmann::json::array({{{"field", "id"}, {"operator", ">"}, {"value", 0}}});
    const nlohmann::json found =
        ask("POST", "/users?fields=id,Name&find_disabled_rows=1&per_page=100", every);
    for (const auto& item : found.at("items")) {
        const std::string name = item.at("Name");
        const std::string number = std::to_string(item.at("id").get<int>());
        const bool is_staff = name == "RT_System" || name == "Nobody" || name == "root" ||
                              name == "hub" || name == "agent";
        if (is_staff || name.starts_with("former-")) continue;
        ask("PUT", "/user/" + number, {{"Name", "former-" + number}, {"EmailAddress", ""}});
        if (user(number).at("Disabled") == "0") ask("DELETE", "/user/" + number);  // else a 500
    }
}

}  // namespace syncline::testing
