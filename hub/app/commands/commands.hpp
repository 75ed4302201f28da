#pragma once

#include "app/session.hpp"

namespace CLI {
class App;
}

namespace syncline::app {

// Each adds its commands to the parser; the chosen one sets session.command.
void add_hub_commands(CLI::App& app, Session& session);  ///< init, check, run, status
void add_init_command(CLI::App& app, Session& session);
void add_doctor_command(CLI::App& app, Session& session);
void add_check_command(CLI::App& app, Session& session);
void add_config_commands(CLI::App& app, Session& session);
void add_plan_commands(CLI::App& app, Session& session);  ///< plan, apply
void add_verify_command(CLI::App& app, Session& session);
void add_backup_commands(CLI::App& app, Session& session);  ///< backup, backup verify
void add_restore_command(CLI::App& app, Session& session);
void add_record_commands(CLI::App& app, Session& session);       ///< records, explain
void add_merging_commands(CLI::App& records, Session& session);  ///< records merge, delete, …
/// records history, records restore
void add_past_commands(CLI::App& records, Session& session);
/// `records show --as-of`
int show_as_of(Session& session, const std::string& reference, const std::string& moment);
void add_run_commands(CLI::App& app, Session& session);  ///< runs
void add_conflict_commands(CLI::App& app, Session& session);
void add_decide_conflicts_command(CLI::App& conflicts, Session& session);
void add_decide_reviews_command(CLI::App& reviews, Session& session);
void add_question_commands(CLI::App& app, Session& session);  ///< reviews, quarantine
void add_error_commands(CLI::App& app, Session& session);     ///< errors
void add_system_commands(CLI::App& app, Session& session);    ///< systems, connectors
void add_system_add_command(CLI::App& systems, Session& session);
void add_release_command(CLI::App& systems, Session& session);
void add_system_test_command(CLI::App& systems, Session& session);
void add_map_commands(CLI::App& app, Session& session);   ///< map preview
void add_demo_commands(CLI::App& app, Session& session);  ///< demo, sandbox

/// completion: of every command of the parser
void add_completion_command(CLI::App& app, Session& session);

/// Adds -o FORMAT to a command.
void add_format(CLI::App& command, Session& session);

}  // namespace syncline::app
