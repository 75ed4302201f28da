#include "app/live_screen.hpp"

#include "app/record_json.hpp"
#include "app/record_reference.hpp"
#include "app/status.hpp"
#include "base/fault.hpp"
#include "base/text.hpp"
#include "sync/run/engine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenScreens{1'000};
constexpr int kShareOfTime = 20;  ///< a screen that takes 100 ms is drawn every 2 s
constexpr std::chrono::minutes kForRates{1};

constexpr std::string_view kEnter = "\033[?1049h\033[?25l";
constexpr std::string_view kLeave = "\033[?25h\033[?1049l";
constexpr std::string_view kRed = "\033[31m", kYellow = "\033[33m", kPlain = "\033[0m";

std::string_view colour_of(const std::string& state) {
    if (state == "ok" || state == "new") return "";
    return state == "observed" || state == "paused" || state == "rate_limited" ? kYellow : kRed;
}

/// The beginning of a line, in whole characters.
std::string cut(const std::string& line, std::size_t width) {
    std::size_t characters = 0, at = 0;
    while (at < line.size() && characters < width) {
        do
            ++at;
        while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U);
        ++characters;
    }
    return line.substr(0, at);
}

std::string time_of_day(Timestamp at) {
    const std::string text = to_rfc3339(at);  // 2026-12-01T12:29:53.184Z
    return text.substr(11, 8);
}

Json systems_with_rates(Workspace& workspace, const Json& document, Timestamp now) {
    Json systems = document["systems"];
    for (Json& system : systems) {
        const SystemId id{system["id"].get<std::string>()};
        system["writes"] = workspace.store().recent_writes(id, now - kForRates).size();
    }
    return systems;
}

Listing systems_listing(const Json& systems) {
    Listing listing;
    listing.noun = "systems";
    listing.columns = {
        {"id", "SYSTEM"},
        {"state", "STATE"},
        {"in_sync", "IN SYNC"},
        {"pending", "PENDING"},
        {"failing", "FAILING"},
        {"writes", "WRITES/MIN"},
        {"last_pull", "LAST PULL"}};
    for (const Json& system : systems) {
        std::vector<Json> row;
        for (const Listing::Column& column : listing.columns)
            row.push_back(system[column.key]);
        listing.rows.push_back(std::move(row));
    }
    return listing;
}

/// "erp:17" for each of these customers: their record in the first system that has one.
std::map<CustomerId, std::string> names_of(Workspace& workspace, std::vector<CustomerId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::map<CustomerId, std::pair<std::size_t, std::string>> found;
    const auto& systems = workspace.hub().systems;
    for (const Link& link : workspace.store().links_of_customers(ids)) {
        const auto rank = static_cast<std::size_t>(
            std::find_if(
                systems.begin(),
                systems.end(),
                [&](const SystemSetting& system) { return system.id == link.system; }
            ) -
            systems.begin()
        );
        auto& best = found.try_emplace(link.customer, systems.size() + 1, "").first->second;
        if (rank < best.first) best = {rank, link.system.text() + ":" + link.remote_id.text()};
    }
    std::map<CustomerId, std::string> names;
    for (const auto& [customer, best] : found)
        names.emplace(customer, best.second);
    return names;
}

/// Who said it; of what the hub did, where.
std::string source_of(const FieldChange& item) {
    const bool is_ours = item.kind == ChangeKind::Written || item.kind == ChangeKind::Created ||
                         item.kind == ChangeKind::Removed;
    const std::string rule(name(item.rule));
    return (rule.empty() || rule == "none" ? "" : rule + ", ") + (is_ours ? "in " : "from ") +
           origin_text(item.origin);
}

/// "12:29:53  erp:17  phones.main.number  newest, from helpdesk"
std::vector<std::string> change_lines(Workspace& workspace, std::size_t count) {
    const std::vector<Change> changes = workspace.store().latest_changes(count);
    std::vector<CustomerId> ids;
    for (const Change& change : changes)
        ids.push_back(change.customer);
    const auto names = names_of(workspace, std::move(ids));
    Listing listing;
    listing.noun = "changes";
    listing.columns = {{"at", ""}, {"who", ""}, {"what", ""}, {"field", ""}, {"why", ""}};
    for (const Change& change : changes) {
        for (const FieldChange& item : change.fields) {
            if (listing.rows.size() == count) break;
            const Field* field = workspace.fields().find(item.field);
            const auto name = names.find(change.customer);
            listing.rows.push_back(
                {time_of_day(change.at),
                 name == names.end() ? short_text(change.customer) : name->second,
                 std::string(syncline::name(item.kind)),
                 field == nullptr ? "" : field->path,
                 source_of(item)}
            );
        }
    }
    std::vector<std::string> lines;
    if (listing.rows.empty()) return lines;
    std::stringstream table(table_text(listing));
    for (std::string line; std::getline(table, line);)
        lines.push_back(line);
    lines.erase(lines.begin());  // the titles, which are empty
    return lines;
}

ScreenSize size_of_terminal() {
    ScreenSize size;
    winsize told{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) == 0 && told.ws_col > 0 && told.ws_row > 0) {
        size.width = told.ws_col;
        size.height = told.ws_row;
    }
    size.has_colour = may_colour();
    return size;
}

}  // namespace

bool can_draw() {
    const char* kind = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

bool may_colour() {
    const char* refused = std::getenv("NO_COLOR");
    return can_draw() && (refused == nullptr || *refused == '\0');
}

Result<std::string> screen_text(
    Workspace& workspace,
    Environment& environment,
    const std::string& command,
    const std::string& footer,
    const ScreenSize& size
) {
    SYNCLINE_TRY(const auto rules, sync::compile_rules(workspace.hub(), workspace.fields()));
    const Json document = status_document(workspace, rules->rules, environment);
    const Timestamp now = environment.clock.now();
    const Json systems = systems_with_rates(workspace, document, now);
    std::vector<std::string> lines;
    const auto add = [&](const std::string& text) {
        std::stringstream split(text);
        for (std::string line; std::getline(split, line);)
            lines.push_back(cut(line, size.width));
    };
    add(workspace.hub().id + "  " + time_of_day(now) + "\n\n" + table_text(systems_listing(systems))
    );
    for (std::size_t i = 0; size.has_colour && i < systems.size(); ++i) {
        const std::string_view colour = colour_of(systems[i]["state"]);
        std::string& row = lines[3 + i];  // below the hub, an empty line and the titles
        if (!colour.empty()) row = std::string(colour) + row + std::string(kPlain);
    }
    const std::string whole = status_text(document, command);
    add(whole.substr(std::min(table_text(status_listing(document)).size(), whole.size())));
    std::vector<std::string> foot;
    std::stringstream split(footer);
    for (std::string line; std::getline(split, line);)
        foot.push_back(cut(line, size.width));
    const std::size_t used = lines.size() + 2 + foot.size() + 1;
    if (used < size.height) {
        lines.emplace_back();
        lines.emplace_back("Last changes");
        for (const std::string& line : change_lines(workspace, size.height - used))
            lines.push_back(cut(line, size.width));
    }
    if (lines.size() + foot.size() < size.height) lines.emplace_back();
    lines.insert(lines.end(), foot.begin(), foot.end());
    if (lines.size() > size.height) lines.resize(size.height);
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

LiveScreen::LiveScreen(Session& session, std::string footer)
    : session_(session), footer_(std::move(footer)) {
    std::fwrite(kEnter.data(), 1, kEnter.size(), stdout);
    std::fflush(stdout);
    thread_ = std::thread([this] { draw_until_stopped(); });
}

LiveScreen::~LiveScreen() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
    std::fwrite(kLeave.data(), 1, kLeave.size(), stdout);
    std::fflush(stdout);
}

void LiveScreen::draw_until_stopped() {
    for (;;) {
        const auto began = std::chrono::steady_clock::now();
        draw();
        const auto took =
            std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
        std::unique_lock lock(mutex_);
        const milliseconds pause = std::max(kBetweenScreens, took * kShareOfTime);
        if (changed_.wait_for(lock, pause, [this] { return stopping_; })) return;
    }
}

/// With a workspace of its own each time: the configuration may be another one by now.
void LiveScreen::draw() {
    std::string text;
    try {
        const auto workspace =
            Workspace::open(session_.places(), Opening::Reader, session_.environment->clock);
        auto drawn = workspace ? screen_text(
                                     **workspace,
                                     *session_.environment,
                                     command_of(session_),
                                     footer_,
                                     size_of_terminal()
                                 )
                               : Result<std::string>(workspace.error());
        text = drawn ? *drawn : drawn.error().where + ": " + drawn.error().detail + "\n";
    } catch (const Fault& fault) {
        text = std::string(fault.what()) + "\n";
    }
    std::string screen = "\033[H";
    std::stringstream lines(text);
    bool is_first = true;
    for (std::string line; std::getline(lines, line);) {
        screen += (is_first ? "" : "\r\n") + line + "\033[K";
        is_first = false;
    }
    screen += "\033[J";
    std::fwrite(screen.data(), 1, screen.size(), stdout);
    std::fflush(stdout);
}

}  // namespace syncline::app
