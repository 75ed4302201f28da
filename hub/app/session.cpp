#include "app/session.hpp"

#include "app/control_socket.hpp"
#include "app/exit_code.hpp"
#include "app/hub_lock.hpp"
#include "app/log_file.hpp"
#include "app/operations.hpp"
#include "app/progress_bar.hpp"
#include "app/stop_signal.hpp"

#include <cstdlib>
#include <utility>

namespace syncline::app {
namespace {

Result<codec::Json> change_here(
    Session& session, const std::string& operation, const codec::Json& params
) {
    Environment& environment = *session.environment;
    SYNCLINE_TRY(
        const auto workspace, Workspace::open(session.places(), Opening::Writer, environment.clock)
    );
    LogFile log(session.places().log(), workspace->hub().log, environment.clock);
    const StopSignal stop(session.quiet ? StopSignal::Tells::Nobody : StopSignal::Tells::Person);
    ProgressBar bar(session.quiet);
    HubEngine::Listeners listeners;
    listeners.stage = [&](const sync::Stage& stage) { bar.show(stage); };
    listeners.stop_requested = [&] { return stop.is_requested(); };
    SYNCLINE_TRY(
        const auto hub, HubEngine::create(*workspace, environment, log, std::move(listeners))
    );
    auto done = perform(hub->engine(), *workspace, operation, params);
    if (done && operation == "apply" && stop.is_requested()) (*done)["ended_early"] = true;
    return done;
}

Result<codec::Json> change(
    Session& session, const std::string& operation, const codec::Json& params
) {
    const Places places = session.places();
    auto lock = HubLock::take(places.lock());
    if (lock) return change_here(session, operation, params);
    auto answer = ask_running_hub(places.control_socket(), operation, params);
    // Locked and not listening: another command is at work for a moment.
    if (!answer && answer.error().code == ErrorCode::NotFound &&
        answer.error().where == places.control_socket().string())
        return lock.error();
    return answer;
}

}  // namespace

void reload_running_hub(const Session& session) {
    const auto done =
        ask_running_hub(session.places().control_socket(), "reload", codec::Json::object());
    if (!done && done.error().code != ErrorCode::NotFound) print_error(done.error());
}

std::string current_user() {
    for (const char* variable : {"SYNCLINE_USER", "SUDO_USER", "USER"}) {
        if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
    }
    return "operator";
}

std::string command_of(const Session& session) {
    const std::string folder = session.folder.string();
    if (folder == ".") return "syncline";
    return "syncline -C " + as_shell_word(folder);
}

int fail(const Error& error) {
    print_error(error);
    return exit_code_of(error);
}

int read_hub(Session& session, const std::function<Result<int>(Workspace&, Format)>& action) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto workspace =
        Workspace::open(session.places(), Opening::Reader, session.environment->clock);
    if (!workspace) return fail(workspace.error());
    const auto done = action(**workspace, *format);
    return done ? *done : fail(done.error());
}

Result<codec::Json> try_change(
    Session& session, const std::string& operation, const codec::Json& params
) {
    if (const auto there = expect_hub(session.places()); !there) return there.error();
    return change(session, operation, params);
}

std::optional<codec::Json> change_hub(
    Session& session, const std::string& operation, const codec::Json& params, int& exit_code
) {
    auto answer = try_change(session, operation, params);
    if (!answer) {
        exit_code = fail(answer.error());
        return std::nullopt;
    }
    exit_code = kDone;
    return std::move(answer).value();
}

int change_and_tell(
    Session& session,
    const std::string& operation,
    const codec::Json& params,
    const std::function<std::string(const codec::Json& result)>& sentence
) {
    const auto format = session.format();  // before anything is changed
    if (!format) return fail(format.error());
    int exit_code = kDone;
    const auto done = change_hub(session, operation, params, exit_code);
    if (done) print(*done, *format, sentence(*done) + "\n");
    return exit_code;
}

}  // namespace syncline::app
