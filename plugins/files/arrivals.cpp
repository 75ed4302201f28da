#include "arrivals.hpp"

#include <algorithm>
#include <cstdint>
#include <fnmatch.h>
#include <iterator>
#include <set>

namespace files {
namespace {

using syncline::sdk::Call;

constexpr std::size_t kMostFiles = 1'000;  ///< in one reading; the rest is for the next

}  // namespace

std::string Arrivals::marker_of(const std::string& name) const {
    std::string marker = settings_.marker;
    const auto put = [&](const std::string& word, const std::string& text) {
        if (const auto at = marker.find(word); at != std::string::npos)
            marker.replace(at, word.size(), text);
    };
    put("{name}", name);
    put("{stem}", name.substr(0, name.rfind('.')));
    return marker;
}

std::vector<Entry> Arrivals::candidates(const Call& call) {
    std::vector<Entry> all = folder_.list(call);
    std::map<std::string, Entry> by_name;
    std::set<std::string> markers;
    for (const Entry& entry : all) {
        by_name.emplace(entry.name, entry);
        if (!settings_.marker.empty()) markers.insert(marker_of(entry.name));
    }
    markers_.clear();
    std::erase_if(all, [&](const Entry& entry) {
        if (::fnmatch(settings_.pattern.c_str(), entry.name.c_str(), FNM_PERIOD) != 0) return true;
        if (settings_.marker.empty()) return false;
        if (markers.contains(entry.name)) return true;
        const auto marker = by_name.find(marker_of(entry.name));
        if (marker != by_name.end()) markers_.emplace(entry.name, marker->second);
        return false;
    });
    return all;
}

void Arrivals::note(const std::vector<Entry>& entries) {
    std::map<std::string, Seen> now;
    for (const Entry& entry : entries) {
        const auto before = seen_.find(entry.name);
        const bool is_same = before != seen_.end() && before->second.look == entry.look;
        now.emplace(entry.name, is_same ? before->second : Seen{entry.look, Clock::now()});
    }
    seen_ = std::move(now);
}

std::chrono::milliseconds Arrivals::still_to_wait(const Entry& entry) const {
    const auto age = Clock::now() - seen_.at(entry.name).since;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(settings_.settle - age);
    return std::max(left, std::chrono::milliseconds{0});
}

void Arrivals::tell_of_missing_marker(const Call& call, const Entry& entry) {
    constexpr int kWarning = 3;
    if (told_ != entry.name) call.log(kWarning, "files wait for the marker of one before them");
    told_ = entry.name;
}

std::vector<Entry> Arrivals::whole_files(const Call& call) {
    std::vector<Entry> entries = candidates(call);
    note(entries);
    std::chrono::milliseconds wait{0};
    for (const Entry& entry : entries) {
        if (!lacks_marker(entry)) wait = std::max(wait, still_to_wait(entry));
    }
    if (wait.count() > 0) {
        call.sleep(static_cast<std::uint32_t>(wait.count()));
        entries = candidates(call);
        note(entries);
    }
    const bool by_time = settings_.order == Order::Time;
    std::sort(entries.begin(), entries.end(), [&](const Entry& left, const Entry& right) {
        if (by_time && left.look.modified_ns != right.look.modified_ns)
            return left.look.modified_ns < right.look.modified_ns;
        return left.name < right.name;
    });
    const auto unfinished = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return lacks_marker(entry) || still_to_wait(entry).count() > 0;
    });
    if (unfinished != entries.end() && std::next(unfinished) != entries.end() &&
        lacks_marker(*unfinished))
        tell_of_missing_marker(call, *unfinished);
    entries.erase(unfinished, entries.end());
    if (entries.size() > kMostFiles) entries.resize(kMostFiles);
    return entries;
}

/// The marker first: one that were left behind would vouch for the next file of that name.
void Arrivals::put_away(const Call&, const Entry& entry) {
    if (const auto marker = markers_.find(entry.name); marker != markers_.end())
        folder_.put_away(marker->second, settings_.done);
    folder_.put_away(entry, settings_.done);
    seen_.erase(entry.name);
}

}  // namespace files
