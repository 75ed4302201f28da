#include "app/progress_lines.hpp"

#include "app/output.hpp"
#include "base/time.hpp"

#include <chrono>
#include <ctime>
#include <utility>

namespace syncline::app {
namespace {

using Kind = sync::Progress::Kind;

constexpr std::size_t kLinesPerKind = 20;

std::string time_of_day() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm local{};
    ::localtime_r(&now, &local);
    char text[16];
    const std::size_t length = std::strftime(text, sizeof text, "%H:%M:%S", &local);
    return {text, length};
}

std::string list_of(const std::vector<std::string>& fields) {
    std::string text;
    for (const std::string& field : fields)
        text += (text.empty() ? "" : ", ") + field;
    return text;
}

std::string verb_of(Kind kind) {
    switch (kind) {
        case Kind::Pulled:
            return "changed";
        case Kind::Pushed:
            return "written";
        case Kind::Created:
            return "created";
        case Kind::Deleted:
            return "deleted";
        case Kind::Gone:
            return "is no more there";
        case Kind::Linked:
            return "linked";
        case Kind::Conflict:
            return "in conflict";
        case Kind::Review:
            return "waits for a review";
        case Kind::Quarantined:
            return "set aside";
        case Kind::Trouble:
            return "cannot be used now";
        case Kind::Stopped:
            return "is not written to";
    }
    return "";
}

/// Of no system: the hub itself.
std::string name_of(const SystemId& system) {
    return system.empty() ? "the hub" : system.text();
}

}  // namespace

void ProgressLines::line(const std::string& text) const {
    if (!quiet_) print_line(time_of_day() + " " + text);
    std::fflush(stdout);
}

bool ProgressLines::is_told_already(const sync::Progress& progress) {
    if (progress.kind == Kind::Trouble || progress.kind == Kind::Stopped) {
        std::string& told = troubles_[progress.system];
        return std::exchange(told, progress.detail) == progress.detail;
    }
    return ++told_[progress.kind] > kLinesPerKind;
}

void ProgressLines::tell(const sync::Progress& progress) {
    if (is_told_already(progress)) return;
    std::string text = name_of(progress.system);
    if (!progress.remote_id.empty()) text += ":" + progress.remote_id.text();
    text += " " + verb_of(progress.kind);
    if (!progress.fields.empty()) text += " " + list_of(progress.fields);
    if (!progress.detail.empty())
        text += (progress.kind == Kind::Linked ? " (" : ": ") + progress.detail +
                (progress.kind == Kind::Linked ? ")" : "");
    line(text);
}

void ProgressLines::end_pass(const sync::PassReport& report) {
    for (const auto& [kind, count] : std::exchange(told_, {})) {
        if (count > kLinesPerKind)
            line("… and " + std::to_string(count - kLinesPerKind) + " more " + verb_of(kind));
    }
    for (const sync::SystemReport& system : report.systems) {
        if (!system.error && troubles_.erase(SystemId{}) > 0)
            line(name_of(SystemId{}) + " can be used again");
        const auto trouble = troubles_.find(system.system);
        if (trouble == troubles_.end() || system.error || !system.stopped_by.empty()) continue;
        line(name_of(system.system) + " can be used again");
        troubles_.erase(trouble);
    }
}

std::string summary_of(const sync::SystemReport& report) {
    std::string text = "read " + std::to_string(report.read);
    const auto add = [&](std::uint64_t count, const char* what) {
        if (count > 0) text += std::string(", ") + what + " " + std::to_string(count);
    };
    add(report.changed, "changed");
    add(report.linked, "linked");
    add(report.created, "created");
    add(report.updated, "updated");
    add(report.deleted, "deleted");
    add(report.gone.size(), "gone");
    add(report.refused, "refused");
    add(report.in_doubt, "in doubt");
    add(report.pending, "pending");
    return text;
}

}  // namespace syncline::app
