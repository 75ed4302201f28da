// A hub over a real Request Tracker, as docs/how-to/connect-request-tracker.md sets it up.

#include "servers/request_tracker_server.hpp"
#include "support/followed_page.hpp"
#include "support/program.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace syncline::testing {
namespace {

/// What people do in Request Tracker while they follow the page.
std::string change_of(const std::string& number, const nlohmann::json& fields) {
    return "curl -sSf -u root:" + std::string(RequestTrackerServer::kRootPassword) +
           " -H 'Content-Type: application/json' -X PUT -d '" + fields.dump() + "' " +
           RequestTrackerServer::instance().url() + "/REST/2.0/user/" + number + " >/dev/null";
}

TEST(RequestTrackerScenario, IsConnectedAsThePageSays) {
    if (!RequestTrackerServer::is_installed())
        GTEST_SKIP() << "request-tracker5 is not installed: NOT TESTED";
    const RequestTrackerServer& server = RequestTrackerServer::instance();
    server.remove_everybody();
    const std::string acme = server.add(
        {{"Name", "info@acme.example"},
         {"EmailAddress", "info@acme.example"},
         {"RealName", "Acme NV"},
         {"WorkPhone", "02 501 02 11"},
         {"Address1", "Rue de la Loi 16"},
         {"Zip", "1000"},
         {"City", "Brussels"}}
    );
    const std::filesystem::path place = place_with_program("request-tracker-page");
    std::filesystem::create_directories(place / "desk");
    write_file(place / "desk" / "rt-token", server.token());
    std::filesystem::permissions(
        place / "desk" / "rt-token",
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
    );
    follow(
        "docs/how-to/connect-request-tracker.md",
        place,
        std::chrono::seconds{0},
        {{"https://rt.example.com", server.url()},
         {"# in Request Tracker: give Acme NV the work phone 02 555 66 77 and the VAT number "
          "BE0202239951",
          change_of(
              acme, {{"WorkPhone", "02 555 66 77"}, {"CustomFields", {{"VAT", "BE0202239951"}}}}
          )}}
    );
    server.remove_everybody();
    if (!HasFailure()) std::filesystem::remove_all(place);
}

}  // namespace
}  // namespace syncline::testing
