#pragma once

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

namespace syncline::testing {

/// A real Request Tracker 5 with a SQLite database of its own, in a temporary folder, on a free
/// port of 127.0.0.1. Run by www-data where root runs the tests. Users have the custom fields "VAT"
/// and, for several values, "Tags". Ended and removed with the process, however that ends.
class RequestTrackerServer {
public:
    static bool is_installed();
    /// Made at the first call, which takes a quarter of a minute.
    static RequestTrackerServer& instance();
    ~RequestTrackerServer();
    RequestTrackerServer(const RequestTrackerServer&) = delete;
    RequestTrackerServer& operator=(const RequestTrackerServer&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// Of a user with the rights that the connector's page asks for, and no others.
    const std::string& token() const { return token_; }
    /// Of an agent who may not administer users.
    const std::string& agent_token() const { return agent_token_; }

    static constexpr const char* kRootPassword = "Root-s3cret";
    /// A request as the user root: the people on the other side. Null when the answer has no body.
    /// @throws when the status is none of success
    nlohmann::json ask(
        const std::string& method, const std::string& path, const nlohmann::json& body = nullptr
    ) const;
    /// Makes a user without privileges; its number.
    std::string add(const nlohmann::json& user) const;
    nlohmann::json user(const std::string& number) const { return ask("GET", "/user/" + number); }
    /// Renames and disables every customer, so that a test begins with nobody: Request Tracker
    /// deletes no users.
    void remove_everybody() const;

private:
    RequestTrackerServer();
    void write_configuration() const;
    void fill_database();
    std::string run(const std::string& command) const;

    std::filesystem::path folder_;
    std::FILE* after_us_ = nullptr;
    int port_ = 0;
    std::string token_, agent_token_;
};

}  // namespace syncline::testing
