#include "server_settings.hpp"

#include "syncline/settings.hpp"

namespace sql {
namespace {

using syncline::sdk::Failure;
using syncline::sdk::Json;

bool is_local(const std::string& host) {
    return host.starts_with('/') || host == "localhost" || host == "127.0.0.1" || host == "::1";
}

}  // namespace

ServerSettings read_server_settings(
    const Json& settings, const std::string& kind, unsigned usual_port
) {
    const std::string where = "/database/" + kind;
    syncline::sdk::check_keys(
        settings, where, {"host", "port", "database", "user", "password", "tls", "ca", "timeout"}
    );
    ServerSettings read;
    read.host = syncline::sdk::required_text(settings, where, "host");
    read.database = syncline::sdk::required_text(settings, where, "database");
    read.user = syncline::sdk::required_text(settings, where, "user");
    read.password = syncline::sdk::text_or(settings, "password", "");
    read.ca_file = syncline::sdk::text_or(settings, "ca", "");
    read.port = usual_port;
    if (const auto port = settings.find("port"); port != settings.end()) {
        if (!port->is_number_unsigned() || *port == 0 || *port > 65'535)
            throw Failure(SYNCLINE_E_CONFIG, "settings" + where + "/port must be a port number");
        read.port = port->get<unsigned>();
    }
    const std::string tls =
        syncline::sdk::text_or(settings, "tls", is_local(read.host) ? "off" : "verify");
    if (tls != "verify" && tls != "encrypt" && tls != "off")
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings" + where + "/tls can only be \"verify\", \"encrypt\" or \"off\""
        );
    read.tls = tls == "verify"    ? ServerSettings::Tls::Verify
               : tls == "encrypt" ? ServerSettings::Tls::Encrypt
                                  : ServerSettings::Tls::Off;
    read.timeout = read_timeout(settings, where);
    return read;
}

std::chrono::milliseconds read_timeout(const Json& settings, const std::string& where) {
    constexpr std::uint32_t kUsualMs = 30'000;
    const std::chrono::milliseconds timeout(
        syncline::sdk::milliseconds_or(settings, "timeout", kUsualMs)
    );
    if (timeout.count() == 0 || timeout > std::chrono::minutes(1))
        throw Failure(SYNCLINE_E_CONFIG, "settings" + where + "/timeout must be at most \"1m\"");
    return timeout;
}

}  // namespace sql
