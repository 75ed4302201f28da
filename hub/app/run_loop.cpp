#include "app/run_loop.hpp"

#include "app/approval.hpp"
#include "app/control_socket.hpp"
#include "app/exit_code.hpp"
#include "app/hub_lock.hpp"
#include "app/live_screen.hpp"
#include "app/log_file.hpp"
#include "app/operations.hpp"
#include "app/progress_bar.hpp"
#include "app/progress_lines.hpp"
#include "app/release.hpp"
#include "app/reload.hpp"
#include "app/stop_signal.hpp"
#include "codec/plan_json.hpp"
#include "sync/run/system_threads.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

constexpr int kMostPassesToConverge = 200;
constexpr std::chrono::milliseconds kBetweenLooks{1'000};  ///< for what happened meanwhile

/// What stays when a hub goes on with another configuration.
struct HubProcess {
    Environment& environment;
    StopSignal& stop;
    ProgressLines& lines;
    ProgressBar& bar;
    ControlServer& control;
    const std::string command;
    const bool has_screen;  ///< which says what notes would say
};

/// The hub while it runs in this process.
class RunningHub {
public:
    /// `leaves` becomes true when it is to end for another configuration.
    RunningHub(
        Workspace& workspace,
        sync::Engine& engine,
        const HubProcess& process,
        std::atomic<bool>& leaves,
        Log& log
    )
        : workspace_(workspace),
          engine_(engine),
          environment_(process.environment),
          log_(log),
          clock_(process.environment.clock),
          stop_(process.stop),
          lines_(process.lines),
          bar_(process.bar),
          control_(process.control),
          command_(process.command),
          has_screen_(process.has_screen),
          leaves_(leaves) {}

    /// Until a stop or, with a configuration to go on with, a reload is requested.
    int until_stopped(std::mutex& turn);
    int until_converged();
    /// What it is to go on with, once it has ended for a reload.
    std::optional<HubSetting> successor() { return std::move(successor_); }

private:
    sync::PassReport pass();
    Result<codec::Json> carry_out(
        sync::SystemThreads& threads, const std::string& name, const codec::Json& params
    );
    Result<codec::Json> reload();
    Result<codec::Json> release(sync::SystemThreads& threads, const codec::Json& params);
    void tell_held(const sync::PassReport& report, std::set<std::string>& told) const;
    bool awaits_answers(const sync::PassReport& report);
    int exit_code_after(const sync::PassReport& report);

    Workspace& workspace_;
    sync::Engine& engine_;
    Environment& environment_;
    Log& log_;
    Clock& clock_;
    StopSignal& stop_;
    ProgressLines& lines_;
    ProgressBar& bar_;
    ControlServer& control_;
    const std::string command_;  ///< as a person calls this hub
    const bool has_screen_;
    std::mutex reloading_;
    std::optional<HubSetting> successor_;  ///< guarded by reloading_ while requests are served
    std::atomic<bool>& leaves_;
};

/// The systems that a threshold holds.
std::vector<std::string> held_systems(const sync::PassReport& report) {
    std::vector<std::string> held;
    for (const sync::SystemReport& system : report.systems) {
        if (!system.stopped_by.empty()) held.push_back(system.system.text());
    }
    return held;
}

/// Records are missing that the hub does not take as deleted, or it went back to an earlier state;
/// and how to say what that means.
std::string why_not_believed(const std::string& command, const sync::SystemReport& system) {
    return "syncline: " + system.system.text() + ": " + system.unbelieved +
           ". See what follows from it with `" + command +
           " plan -o plan.json`, and approve it with `" + command + " apply plan.json`";
}

sync::PassReport RunningHub::pass() {
    sync::PassReport report = engine_.pass({});
    bar_.clear();
    lines_.end_pass(report);
    return report;
}

/// Says once how to approve what a threshold holds, until it does not hold it any more.
void RunningHub::tell_held(const sync::PassReport& report, std::set<std::string>& told) const {
    if (has_screen_) return;
    std::vector<std::string> fresh;
    for (const sync::SystemReport& system : report.systems) {
        if (system.stopped_by.empty())
            told.erase(system.system.text());
        else if (told.insert(system.system.text()).second)
            fresh.push_back(system.system.text());
    }
    if (!fresh.empty()) print_note(how_to_approve(command_, fresh));
    for (const sync::SystemReport& system : report.systems) {
        const std::string key = system.system.text() + " " + system.unbelieved;
        if (!system.unbelieved.empty() && told.insert(key).second)
            print_note(why_not_believed(command_, system));
    }
}

Result<codec::Json> RunningHub::carry_out(
    sync::SystemThreads& threads, const std::string& name, const codec::Json& params
) {
    Result<codec::Json> result = Error{
        ErrorCode::AlreadyRunning,
        Remedy::Retry,
        command_,
        "the hub is going down; try again then"};
    if (name == "reload") return reload();
    if (name == "release") return release(threads, params);
    const auto act = [&] { result = perform(engine_, workspace_, name, params); };
    const Reach reach = reach_of(name, params);
    if (reach.calls_systems)
        threads.alone(reach.systems, act);
    else
        threads.between_steps(act);
    // What a person decided is carried out now.
    if (reach.systems.empty())
        threads.look_again();
    else
        threads.look_again(reach.systems.front());
    return result;
}

/// Nothing changes here before the threads ended: the loop sees that it is to end.
Result<codec::Json> RunningHub::reload() {
    SYNCLINE_TRY(HubSetting next, read_successor(workspace_.places(), workspace_.hub()));
    codec::Json done{{"state", "reloaded"}, {"systems", next.systems.size()}};
    const std::lock_guard lock(reloading_);
    successor_ = std::move(next);
    leaves_ = true;
    return done;
}

/// With an engine of its own, over the configuration in which the system takes part; this one then
/// ends, as for any other changed configuration.
Result<codec::Json> RunningHub::release(sync::SystemThreads& threads, const codec::Json& params) {
    SYNCLINE_TRY(const Plan plan, codec::read_plan(params.value("plan", "")));
    Result<codec::Json> done = Error{
        ErrorCode::AlreadyRunning,
        Remedy::Retry,
        command_,
        "the hub is going down; try again then"};
    threads.alone({}, [&] {
        HubEngine::Listeners listeners;
        listeners.stop_requested = [&] { return stop_.is_requested(); };
        done = release_system(
            workspace_.places(),
            environment_,
            log_,
            params.value("system", ""),
            plan,
            std::move(listeners)
        );
        if (!done) return;
        if (const auto reloaded = reload(); !reloaded) done = reloaded.error();
    });
    return done;
}

/// No request is served any more once the threads it may talk to are gone.
class Closing {
public:
    Closing(sync::SystemThreads& threads, ControlServer& control)
        : threads_(threads), control_(control) {}
    ~Closing() {
        threads_.stop();
        control_.wait();
    }
    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;

private:
    sync::SystemThreads& threads_;
    ControlServer& control_;
};

int RunningHub::until_stopped(std::mutex& turn) {
    std::set<std::string> held;
    sync::SystemThreads::Parts parts;
    parts.engine = &engine_;
    parts.turn = &turn;
    parts.clock = &clock_;
    for (const SystemSetting& system : workspace_.hub().systems)
        parts.systems.push_back(system.id);
    parts.after_pass = [&](const sync::PassReport& report) {
        lines_.end_pass(report);
        tell_held(report, held);
    };
    sync::SystemThreads threads(std::move(parts));
    const Operation operation = [&](const std::string& name, const codec::Json& params) {
        return carry_out(threads, name, params);
    };
    {
        const Closing closing(threads, control_);
        while (!stop_.is_requested() && !leaves_ && !threads.has_failed())
            control_.serve_aside(kBetweenLooks, stop_.descriptor(), operation);
    }
    threads.join();
    return kDone;
}

int RunningHub::exit_code_after(const sync::PassReport& report) {
    if (report.threshold_tripped()) {
        for (const sync::SystemReport& system : report.systems) {
            if (!system.unbelieved.empty()) print_note(why_not_believed(command_, system));
        }
        const std::vector<std::string> held = held_systems(report);
        if (!held.empty()) print_note(how_to_approve(command_, held));
        return kThreshold;
    }
    for (const sync::SystemReport& system : report.systems) {
        if (system.error) return exit_code_of(*system.error);
    }
    const std::uint64_t quarantined = workspace_.store().quarantine_count();
    if (quarantined == 0) return kDone;
    print_note(
        "syncline: " + counted(quarantined, "item") + " in quarantine; see `" + command_ +
        " quarantine list`"
    );
    return kRecordsInError;
}

/// Is there a create whose outcome is not known, in a system that can be asked?
bool RunningHub::awaits_answers(const sync::PassReport& report) {
    const auto attempts = workspace_.store().unsettled_attempts();
    return std::any_of(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
        return std::any_of(
            report.systems.begin(),
            report.systems.end(),
            [&](const sync::SystemReport& system) {
                return system.system == attempt.system && !system.error;
            }
        );
    });
}

int RunningHub::until_converged() {
    const Operation busy = [&](const std::string& name,
                               const codec::Json& params) -> Result<codec::Json> {
        if (name != "reload" && name != "release")
            return perform(engine_, workspace_, name, params);
        return Error{
            ErrorCode::AlreadyRunning,
            Remedy::Retry,
            command_,
            "`run --once` goes on with what it began with; the next run reads the configuration"};
    };
    sync::PassReport report;
    for (int i = 0; i < kMostPassesToConverge && !stop_.is_requested(); ++i) {
        report = pass();
        const bool is_pending = std::any_of(
            report.systems.begin(),
            report.systems.end(),
            [](const sync::SystemReport& system) {
                return system.pending > 0 && !system.error && system.stopped_by.empty();
            }
        );
        if (report.changes() > 0 || is_pending) continue;
        // A create without an answer may still land: the hub looks until it cannot any more.
        if (!awaits_answers(report)) break;
        control_.serve(kBetweenLooks, stop_.descriptor(), busy);
    }
    return exit_code_after(report);
}

struct Ended {
    int exit_code = kDone;
    std::optional<HubSetting> successor;  ///< what the hub is to go on with
};

Result<Ended> run_over(Workspace& workspace, const HubProcess& process, const RunOptions& options) {
    LogFile log(workspace.places().log(), workspace.hub().log, process.environment.clock);
    std::atomic<bool> leaves = false;
    HubEngine::Listeners listeners;
    const bool stays = options.until == RunOptions::Until::Stopped;
    listeners.progress = [&](const sync::Progress& progress) {
        process.bar.clear();
        process.lines.tell(progress);
    };
    // A hub that stays has no end that it could be on its way to.
    if (!stays) listeners.stage = [&](const sync::Stage& stage) { process.bar.show(stage); };
    listeners.stop_requested = [&] { return process.stop.is_requested() || leaves; };
    std::mutex turn;
    if (stays) listeners.turn = &turn;
    SYNCLINE_TRY(
        const auto hub, HubEngine::create(workspace, process.environment, log, std::move(listeners))
    );
    for (const auto& [system, field] : hub->engine().lossy_fields())
        log.write(LogLevel::Info, "mapping_is_lossy", {{"system", system}, {"field", *field}});
    RunningHub running(workspace, hub->engine(), process, leaves, log);
    log.write(
        LogLevel::Info, "hub_started", {{"hub", workspace.hub()}, {"version", SYNCLINE_VERSION}}
    );
    if (!options.ready_text.empty()) print_line(options.ready_text);
    std::fflush(stdout);
    Ended ended;
    ended.exit_code = stays ? running.until_stopped(turn) : running.until_converged();
    if (!process.stop.is_requested()) ended.successor = running.successor();
    if (ended.successor)
        log.write(LogLevel::Info, "configuration_reloaded", {});
    else
        log.write(LogLevel::Info, "hub_stopped", {{"exit_code", ended.exit_code}});
    return ended;
}

}  // namespace

Result<int> run_hub(Session& session, const RunOptions& options) {
    const Places places = session.places();
    Clock& clock = session.environment->clock;
    if (auto there = expect_hub(places); !there) return there.error();
    SYNCLINE_TRY(const HubLock lock, HubLock::take(places.lock()));
    SYNCLINE_TRY(auto workspace, Workspace::open(places, Opening::Writer, clock));
    const bool has_screen = options.on_screen && !session.quiet && can_draw() &&
                            options.until == RunOptions::Until::Stopped;
    StopSignal stop(
        session.quiet || has_screen ? StopSignal::Tells::Nobody : StopSignal::Tells::Person
    );
    ProgressLines lines(session.quiet || has_screen);
    ProgressBar bar(session.quiet);
    ControlServer control(places.control_socket());
    const HubProcess process{
        *session.environment, stop, lines, bar, control, command_of(session), has_screen};
    RunOptions now = options;
    std::optional<LiveScreen> screen;
    if (has_screen) screen.emplace(session, std::exchange(now.ready_text, ""));
    for (;;) {
        SYNCLINE_TRY(Ended ended, run_over(*workspace, process, now));
        if (!ended.successor) return ended.exit_code;
        workspace.reset();
        if (!has_screen) now.ready_text = "The hub goes on with the configuration as it is now.";
        SYNCLINE_TRY(
            workspace, Workspace::open(places, *std::move(ended.successor), Opening::Writer, clock)
        );
    }
}

}  // namespace syncline::app
