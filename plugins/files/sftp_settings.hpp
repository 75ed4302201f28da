#pragma once

#include "syncline/connector.hpp"

#include <chrono>
#include <string>

namespace files {

struct SftpSettings {
    std::string host;
    int port = 22;
    std::string user;
    std::string password;     ///< "" = none
    std::string private_key;  ///< its text; "" = none
    std::string passphrase;   ///< of the key
    std::string fingerprint;  ///< of the server's key: "SHA256:…"; "" = known_hosts says
    std::string known_hosts;  ///< a file as OpenSSH has it
    std::chrono::milliseconds timeout{30'000};  ///< for one answer of the server
};

/// Reads settings/sftp. Throws Failure (CONFIG) that names the setting.
SftpSettings read_sftp_settings(const syncline::sdk::Json& json);

}  // namespace files
