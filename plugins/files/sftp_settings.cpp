#include "sftp_settings.hpp"

#include "syncline/settings.hpp"

#include <string_view>

namespace files {
namespace {

using namespace syncline::sdk;

constexpr std::string_view kSha256 = "SHA256:";
constexpr std::size_t kSha256Characters = 43;  ///< in base64

}  // namespace

SftpSettings read_sftp_settings(const Json& json) {
    const std::string where = "/sftp";
    check_keys(
        json,
        where,
        {"host",
         "port",
         "user",
         "password",
         "private_key",
         "passphrase",
         "host_key",
         "known_hosts",
         "timeout"}
    );
    const auto refuse = [](const std::string& what) {
        throw Failure(SYNCLINE_E_CONFIG, "settings/sftp" + what);
    };
    SftpSettings read;
    read.host = required_text(json, where, "host");
    read.user = required_text(json, where, "user");
    read.password = text_or(json, "password", "");
    read.private_key = text_or(json, "private_key", "");
    read.passphrase = text_or(json, "passphrase", "");
    read.fingerprint = text_or(json, "host_key", "");
    read.known_hosts = text_or(json, "known_hosts", "");
    if (const auto port = json.find("port"); port != json.end()) {
        if (!port->is_number_unsigned() || *port == 0 || *port > 65'535)
            refuse("/port must be a port number");
        read.port = port->get<int>();
    }
    if (read.password.empty() == read.private_key.empty())
        refuse(" needs a password or a private_key, as a secret");
    if (read.fingerprint.empty() == read.known_hosts.empty())
        refuse(" needs host_key or known_hosts: a server is not trusted unseen");
    if (!read.fingerprint.empty() &&
        (!read.fingerprint.starts_with(kSha256) ||
         read.fingerprint.size() != kSha256.size() + kSha256Characters))
        refuse("/host_key is a fingerprint as ssh-keygen -l prints it: SHA256:…");
    read.timeout = std::chrono::milliseconds(
        milliseconds_or(json, "timeout", static_cast<std::uint32_t>(read.timeout.count()))
    );
    if (read.timeout.count() == 0 || read.timeout > std::chrono::minutes(1))
        refuse("/timeout must be at most \"1m\"");
    return read;
}

}  // namespace files
