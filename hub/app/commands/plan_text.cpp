#include "app/commands/plan_text.hpp"

#include "app/approval.hpp"
#include "app/exit_code.hpp"
#include "app/output.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::size_t kShownPerKind = 10;

std::string operation_text(const PlannedOperation& operation) {
    std::string text = "  " + operation.system.text();
    if (!operation.remote_id.empty()) text += ":" + operation.remote_id.text();
    if (operation.kind == PlannedOperation::Kind::Create) text += " for " + operation.subject;
    if (operation.kind == PlannedOperation::Kind::Link)
        text += " to " + operation.subject + " (" + operation.reason + ")";
    for (std::size_t i = 0; i < operation.fields.size(); ++i) {
        const PlannedField& field = operation.fields[i];
        text += (i == 0 ? ": " : "; ") + field.path + " (" + field.reason +
                (field.clears ? ", emptied" : "") + ")";
    }
    return text;
}

std::string title_of(PlannedOperation::Kind kind) {
    switch (kind) {
        case PlannedOperation::Kind::Link:
            return "Records that join a customer";
        case PlannedOperation::Kind::Record:
            return "Records that begin a customer";
        case PlannedOperation::Kind::Create:
            return "Records to create";
        case PlannedOperation::Kind::Update:
            return "Records to update";
        case PlannedOperation::Kind::Delete:
            return "Records to delete";
        case PlannedOperation::Kind::Gone:
            return "Records that are no more there";
    }
    return "";
}

Listing systems_of(const Plan& plan) {
    const auto any = [&](std::uint64_t PlannedSystem::*count) {
        return std::any_of(plan.systems.begin(), plan.systems.end(), [&](const auto& system) {
            return system.*count > 0;
        });
    };
    const bool has_deletes = any(&PlannedSystem::deletes);
    const bool has_gone = any(&PlannedSystem::gone);
    Listing listing;
    listing.noun = "systems";
    listing.columns = {
        {"system", "SYSTEM"},
        {"read", "READ"},
        {"linked", "TO LINK"},
        {"creates", "CREATE"},
        {"updates", "UPDATE"},
        {"clears", "EMPTY"}};
    if (has_deletes) listing.columns.push_back({"deletes", "DELETE"});
    if (has_gone) listing.columns.push_back({"gone", "GONE"});
    listing.columns.push_back({"calls", "CALLS"});
    listing.columns.push_back({"stopped", "STOPPED BY"});
    for (const PlannedSystem& system : plan.systems) {
        auto& row = listing.rows.emplace_back();
        row = {
            system.system.text(),
            system.read,
            system.linked,
            system.creates,
            system.updates,
            system.clears};
        if (has_deletes) row.push_back(system.deletes);
        if (has_gone) row.push_back(system.gone);
        row.push_back(system.calls);
        row.push_back(system.stopped);
    }
    return listing;
}

/// What keeps systems from agreeing although nothing would be written, and how to look at it.
std::vector<std::string> open_ends(const Plan& plan, const std::string& command) {
    std::vector<std::string> open;
    const auto add = [&](std::uint64_t count, const std::string& what, const char* list) {
        if (count > 0) open.push_back(what + " (`" + command + " " + list + " list`)");
    };
    add(plan.conflicts, counted(plan.conflicts, "conflict"), "conflicts");
    add(plan.reviews, counted(plan.reviews, "review"), "reviews");
    add(plan.quarantined, counted(plan.quarantined, "value") + " in quarantine", "quarantine");
    for (const PlannedSystem& system : plan.systems) {
        const std::string id = system.system.text();
        if (system.paused)
            open.push_back(id + " is paused (`" + command + " systems resume " + id + "`)");
        else if (system.trouble)
            open.push_back(id + " cannot be used now");
    }
    return open;
}

std::string nothing_to_do(const Plan& plan, const std::string& command) {
    const std::vector<std::string> open = open_ends(plan, command);
    if (open.empty()) return "Nothing to do: every system is in sync.";
    return "Nothing to write now. Open: " + listed(open) + ".";
}

}  // namespace

void print_plan(const Plan& plan, bool all, const std::string& command) {
    print(systems_of(plan), Format::Table);
    std::map<PlannedOperation::Kind, std::vector<const PlannedOperation*>> by_kind;
    for (const PlannedOperation& operation : plan.operations)
        by_kind[operation.kind].push_back(&operation);
    for (const auto& [kind, operations] : by_kind) {
        print_line("");
        print_line(title_of(kind) + ": " + std::to_string(operations.size()));
        const std::size_t shown =
            all ? operations.size() : std::min(operations.size(), kShownPerKind);
        for (std::size_t i = 0; i < shown; ++i)
            print_line(operation_text(*operations[i]));
        if (shown < operations.size())
            print_line(
                "  … and " + std::to_string(operations.size() - shown) + " more (--all lists them)"
            );
    }
    print_line("");
    if (plan.is_empty()) print_line(nothing_to_do(plan, command));
    print_line(
        counted(plan.new_records, "new record") +
        "; open after it: " + counted(plan.reviews, "review") + ", " +
        counted(plan.conflicts, "conflict") + ", in quarantine: " + std::to_string(plan.quarantined)
    );
}

int exit_code_of_plan(const Plan& plan) {
    for (const PlannedSystem& system : plan.systems) {
        if (system.trouble) return exit_code_of(*system.trouble);
    }
    return kDone;
}

std::vector<std::string> held_systems(const Plan& plan) {
    std::vector<std::string> held;
    for (const PlannedSystem& system : plan.systems) {
        if (system.is_held()) held.push_back(system.system.text());
    }
    return held;
}

std::string report_text(const Json& report) {
    std::string text;
    for (const Json& system : report.value("systems", Json::array())) {
        text += system.value("system", "") + ": read " + codec::to_line(system["read"]);
        for (const char* what :
             {"linked",
              "created",
              "updated",
              "deleted",
              "gone",
              "refused",
              "in_doubt",
              "pending"}) {
            const auto count = system.value(what, std::uint64_t{0});
            if (count > 0) text += ", " + std::string(what) + " " + std::to_string(count);
        }
        if (system.contains("error_detail"))
            text += "; " + system["error_detail"].get<std::string>();
        text += "\n";
    }
    if (report.value("ended_early", false))
        text += "Ended early: what is left is in the next plan, and in the next `run`.\n";
    return text;
}

int exit_code_of_report(const Json& report) {
    if (report.value("ended_early", false)) return kFailed;
    bool in_error = false;
    for (const Json& system : report.value("systems", Json::array())) {
        if (system.contains("error")) {
            const auto code = error_code(system["error"].get<std::string>());
            return code ? exit_code_of(*code) : kFailed;
        }
        in_error = in_error || system.value("refused", std::uint64_t{0}) > 0;
    }
    return in_error ? kRecordsInError : kDone;
}

}  // namespace syncline::app
