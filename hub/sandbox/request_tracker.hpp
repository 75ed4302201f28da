#pragma once

#include "base/clock.hpp"
#include "sandbox/misbehaviour.hpp"
#include "sandbox/rt_desk.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace syncline::sandbox {

struct RequestTrackerSettings {
    std::filesystem::path folder;  ///< holds rt.sqlite, url and token; made when missing
    std::string token;             ///< "" = that of the folder's token file, or a random one
    std::uint16_t port = 0;        ///< 0 = that of the last time if it is free, or any
    Misbehaviour misbehaviour;
};

/// A helpdesk that speaks the part of Request Tracker 5's REST 2.0 that customers need (users and
/// their transactions), on 127.0.0.1, for the demo and for tests. `PUT /sandbox/misbehaviour` with
/// the JSON of read_misbehaviour makes it fail on purpose. Writes its address and token to the
/// files `url` and `token` of its folder. Serves from the end of the constructor to the start of
/// the destructor, which lets requests finish. Any thread.
class RequestTracker {
public:
    /// Fault when the folder or the port cannot be had.
    RequestTracker(const RequestTrackerSettings& settings, Clock& clock);
    RequestTracker(const RequestTracker&) = delete;
    RequestTracker& operator=(const RequestTracker&) = delete;
    ~RequestTracker();

    std::uint16_t port() const;
    /// "http://127.0.0.1:8080", without a slash at its end.
    const std::string& url() const;
    const std::string& token() const;
    /// The users and transactions, for those who fill or inspect them without HTTP.
    RtDesk& desk();
    void misbehave(Misbehaviour misbehaviour);

private:
    class Server;
    std::unique_ptr<Server> server_;
};

/// The file of the users and transactions in a helpdesk's folder.
std::filesystem::path request_tracker_database(const std::filesystem::path& folder);

}  // namespace syncline::sandbox
