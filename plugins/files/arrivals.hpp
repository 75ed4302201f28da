#pragma once

#include "folder.hpp"
#include "settings.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace files {

/// Which files in a folder are there as a whole. Remembers from one reading to the next how they
/// looked. `settings` and `folder` must outlive it.
class Arrivals {
public:
    Arrivals(const ReadSettings& settings, Folder& folder) : settings_(settings), folder_(folder) {}

    /// Files that are to be read, in their order. One that looked otherwise `settle` ago is waited
    /// for that long, once. One that goes on to change, or has no marker yet, holds those after it:
    /// read later, it would put back what they say.
    std::vector<Entry> whole_files(const syncline::sdk::Call& call);
    /// After a file was read, with its marker.
    void put_away(const syncline::sdk::Call& call, const Entry& entry);

private:
    using Clock = std::chrono::steady_clock;
    struct Seen {
        Look look;
        Clock::time_point since;
    };

    std::string marker_of(const std::string& name) const;
    std::vector<Entry> candidates(const syncline::sdk::Call& call);
    void note(const std::vector<Entry>& entries);
    std::chrono::milliseconds still_to_wait(const Entry& entry) const;
    bool lacks_marker(const Entry& entry) const {
        return !settings_.marker.empty() && !markers_.contains(entry.name);
    }
    void tell_of_missing_marker(const syncline::sdk::Call& call, const Entry& entry);

    const ReadSettings& settings_;
    Folder& folder_;
    std::map<std::string, Seen> seen_;
    std::map<std::string, Entry> markers_;  ///< by the name of their file
    std::string told_;                      ///< the file of which the log was told that it waits
};

}  // namespace files
