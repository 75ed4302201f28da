#include "app/commands/commands.hpp"
#include "app/commands/plan_text.hpp"
#include "app/exit_code.hpp"
#include "app/hub_lock.hpp"
#include "app/run_loop.hpp"
#include "app/stop_signal.hpp"
#include "base/fault.hpp"
#include "codec/plan_json.hpp"
#include "sandbox/demo_world.hpp"
#include "sandbox/request_tracker.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <fstream>
#include <optional>
#include <poll.h>
#include <system_error>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUsualSeed = 1;

struct DemoOptions {
    std::string folder = "demo";
    std::optional<std::uint64_t> seed;  ///< as given; 1 for a new demo
    bool once = false;
    bool reset = false;
    bool plain = false;
};

struct SandboxOptions {
    std::string folder = ".";
    std::uint16_t port = 0;
    std::string token;
    std::uint32_t latency_ms = 0;
    std::uint32_t rate_limit_every = 0, server_error_every = 0, reset_after_write_every = 0;
};

/// The configuration that `demo create` copies, installed beside the program.
fs::path demo_configuration() {
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed);
    return program.parent_path().parent_path() / "share" / "syncline" / "config" / "demo";
}

/// A hub that runs in the demo keeps its files, and its helpdesk the address it listens on.
Result<void> expect_no_running_hub(const fs::path& folder) {
    std::error_code failed;
    if (!fs::exists(folder / "hub", failed)) return {};
    SYNCLINE_TRY(const HubLock lock, HubLock::take(Places(folder / "hub").lock()));
    return {};
}

/// Tells with which seed a demo was made.
fs::path seed_file(const fs::path& folder) {
    return folder / "seed";
}

/// A demo that is there keeps its customers: another seed means another demo.
Result<void> expect_seed(const fs::path& folder, const DemoOptions& options) {
    if (!options.seed) return {};
    std::uint64_t made_with = 0;
    const bool is_known = static_cast<bool>(std::ifstream(seed_file(folder)) >> made_with);
    if (is_known && made_with == *options.seed) return {};
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        folder.string(),
        "there is a demo here already, made with " +
            (is_known ? "seed " + std::to_string(made_with) : std::string("an unknown seed")) +
            ", not " + std::to_string(*options.seed) +
            "; go on with it without --seed, make it anew with --reset, or name another folder "
            "with --dir"};
}

Result<void> create(Session& session, const DemoOptions& options) {
    const fs::path folder = fs::absolute(options.folder);
    std::error_code failed;
    if (fs::exists(folder / "hub", failed) || fs::exists(folder / "systems", failed)) {
        if (!options.reset) {
            return Error{
                ErrorCode::UsageInvalid,
                Remedy::Reject,
                folder.string(),
                "there is a demo here already; --reset makes a new one"};
        }
        const bool is_demo = fs::exists(folder / "hub" / "hub.json", failed) &&
                             fs::exists(folder / "systems" / "erp" / "erp.sqlite", failed);
        if (!is_demo) {
            return Error{
                ErrorCode::UsageInvalid,
                Remedy::Reject,
                folder.string(),
                "there is something else than a demo here; name another folder with --dir"};
        }
        if (auto free = expect_no_running_hub(folder); !free) return free.error();
        fs::remove_all(folder / "hub", failed);
    }
    fs::create_directories(folder, failed);
    const std::uint64_t seed = options.seed.value_or(kUsualSeed);
    const sandbox::DemoSummary made = sandbox::create_demo(folder, seed);
    std::ofstream(seed_file(folder), std::ios::trunc) << seed << '\n';
    fs::copy(demo_configuration(), folder / "hub", fs::copy_options::recursive, failed);
    if (failed) throw Fault("the demo's configuration cannot be copied: " + failed.message());
    session.folder = folder / "hub";
    if (auto ready = initialise_workspace(session.places(), session.environment->clock); !ready)
        return ready.error();
    print_line(
        "Made a demo in " + folder.string() + ": accounting and ERP with " +
        std::to_string(made.customers) + " customers each, a helpdesk with " +
        std::to_string(made.helpdesk_users) + ", a supplier's list of " +
        std::to_string(made.supplier_rows) + "."
    );
    return {};
}

/// The first association: planned, shown and, because this is the demo, approved.
Result<int> associate(Session& session) {
    print_line("First association: what the hub would do.");
    print_line("");
    SYNCLINE_TRY(const Plan plan, make_plan_of(session));
    print_plan(plan, false, command_of(session));
    print_line("");
    print_line("Applying it.");
    int code = kDone;
    const codec::Json params{{"plan", codec::to_line(codec::write_plan(plan))}};
    const auto report = change_hub(session, "apply", params, code);
    if (!report) return code;
    print(*report, Format::Table, report_text(*report));
    print_line("");
    return exit_code_of_report(*report);
}

std::string what_to_try(const fs::path& folder) {
    const std::string demo = fs::relative(folder).string();
    return "The hub is running; Ctrl-C stops it. Try, in another terminal:\n"
           "  sqlite3 " +
           demo +
           "/systems/erp/erp.sqlite \"UPDATE customers SET phone = "
           "'02 555 12 34' WHERE id = 17\"\n"
           "  syncline -C " +
           demo +
           "/hub explain erp:17 phones.main.number\n"
           "  syncline -C " +
           demo +
           "/hub status\n"
           "  syncline -C " +
           demo + "/hub reviews list";
}

bool is_associated(Session& session) {
    const auto workspace =
        Workspace::open(session.places(), Opening::Reader, session.environment->clock);
    return workspace && (*workspace)->store().counts().records > 0;
}

Result<int> run(Session& session, const DemoOptions& options) {
    const fs::path folder = fs::absolute(options.folder);
    std::error_code failed;
    const bool is_there = fs::exists(folder / "hub" / "data" / "hub.db", failed);
    if (auto free = expect_no_running_hub(folder); !free) return free.error();
    if (is_there && !options.reset) {
        if (auto same = expect_seed(folder, options); !same) return same.error();
    }
    if (options.reset || !is_there) {
        if (auto made = create(session, options); !made) return made.error();
    }
    session.folder = folder / "hub";
    sandbox::RequestTrackerSettings helpdesk;
    helpdesk.folder = folder / "systems" / "helpdesk";
    const sandbox::RequestTracker tracker(helpdesk, session.environment->clock);
    print_line("The helpdesk listens on " + tracker.url() + ".");
    if (!is_associated(session)) {
        SYNCLINE_TRY(const int code, associate(session));
        if (code != kDone && code != kRecordsInError) return code;
    }
    RunOptions run_options;
    if (options.once)
        run_options.until = RunOptions::Until::Converged;
    else
        run_options.ready_text = what_to_try(folder);
    run_options.on_screen = !options.plain;
    return run_hub(session, run_options);
}

int run_sandbox(Session& session, const SandboxOptions& options) {
    sandbox::RequestTrackerSettings settings;
    settings.folder = options.folder;
    settings.port = options.port;
    settings.token = options.token;
    settings.misbehaviour.latency = std::chrono::milliseconds(options.latency_ms);
    settings.misbehaviour.rate_limit_every = options.rate_limit_every;
    settings.misbehaviour.server_error_every = options.server_error_every;
    settings.misbehaviour.reset_after_write_every = options.reset_after_write_every;
    const StopSignal stop;
    const sandbox::RequestTracker tracker(settings, session.environment->clock);
    print_line("Request Tracker (imitated) listens on " + tracker.url() + "; Ctrl-C stops it.");
    std::fflush(stdout);
    constexpr int kForever = -1;
    while (!stop.is_requested()) {
        pollfd waiting{stop.descriptor(), POLLIN, 0};
        ::poll(&waiting, 1, kForever);
    }
    return kDone;
}

void add_demo(CLI::App& app, Session& session) {
    CLI::App* demo = app.add_subcommand("demo", "Four systems with invented customers");
    demo->require_subcommand(1);
    const auto options = std::make_shared<DemoOptions>();
    const auto add_common = [&](CLI::App& command) {
        command.add_option("--dir", options->folder, "Folder of the demo");
        command.add_option("--seed", options->seed, "Another seed invents other customers")
            ->check(CLI::NonNegativeNumber);
        command.add_flag("--reset", options->reset, "Begin anew");
    };
    CLI::App* create_command = demo->add_subcommand("create", "Make the systems and the hub");
    add_common(*create_command);
    create_command->callback([&session, options] {
        session.command = [&session, options] {
            const auto made = create(session, *options);
            return made ? kDone : fail(made.error());
        };
    });
    CLI::App* run_command =
        demo->add_subcommand("run", "Make what is missing, associate, and keep in sync");
    add_common(*run_command);
    run_command->add_flag("--once", options->once, "End when nothing is left to do");
    run_command->add_flag(
        "--plain", options->plain, "Lines instead of a live screen, on a terminal too"
    );
    run_command->callback([&session, options] {
        session.command = [&session, options] {
            const auto code = run(session, *options);
            return code ? *code : fail(code.error());
        };
    });
}

void add_sandbox(CLI::App& app, Session& session) {
    CLI::App* sandbox_command = app.add_subcommand("sandbox", "Imitated systems for trials");
    sandbox_command->require_subcommand(1);
    const auto options = std::make_shared<SandboxOptions>();
    CLI::App* tracker =
        sandbox_command->add_subcommand("request-tracker", "A helpdesk like Request Tracker 5");
    tracker->add_option("--folder", options->folder, "Keeps its users, url and token there");
    tracker->add_option("--port", options->port, "0 = that of the last time, or any")
        ->check(CLI::Range(0, UINT16_MAX));
    tracker->add_option("--token", options->token, "Default: random, kept in its folder");
    tracker->add_option("--latency-ms", options->latency_ms, "Wait before each answer")
        ->check(CLI::NonNegativeNumber);
    tracker->add_option("--rate-limit-every", options->rate_limit_every, "Each n-th request: 429");
    tracker->add_option(
        "--server-error-every", options->server_error_every, "Each n-th request: 500"
    );
    tracker->add_option(
        "--reset-after-write-every",
        options->reset_after_write_every,
        "Each n-th write: done, then the connection is reset"
    );
    tracker->callback([&session, options] {
        session.command = [&session, options] { return run_sandbox(session, *options); };
    });
}

}  // namespace

void add_demo_commands(CLI::App& app, Session& session) {
    add_demo(app, session);
    add_sandbox(app, session);
}

}  // namespace syncline::app
