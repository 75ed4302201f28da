#pragma once

#include "syncline/connector.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace sql {

/// Where a server is and who asks it.
struct ServerSettings {
    enum class Tls : std::uint8_t { Off, Encrypt, Verify };

    std::string host;  ///< name or address; with "/" in front, where its socket is
    unsigned port = 0;
    std::string database;
    std::string user;
    std::string password;  ///< "" = none
    Tls tls = Tls::Off;
    std::string ca_file;                        ///< "" = the system's
    std::chrono::milliseconds timeout{30'000};  ///< of one statement
};

/// Reads settings/database/`kind`. Throws Failure CONFIG, naming the setting.
ServerSettings read_server_settings(
    const syncline::sdk::Json& settings, const std::string& kind, unsigned usual_port
);

/// Reads "timeout" of settings`where`: 30 s unless said, at most a minute. Throws Failure CONFIG.
std::chrono::milliseconds read_timeout(
    const syncline::sdk::Json& settings, const std::string& where
);

}  // namespace sql
