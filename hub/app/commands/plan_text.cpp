#include "app/commands/plan_text.hpp"

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
    }
    return "";
}

Listing systems_of(const Plan& plan) {
    Listing listing;
    listing.noun = "systems";
    listing.columns = {
        {"system", "SYSTEM"},
        {"read", "READ"},
        {"linked", "TO LINK"},
        {"creates", "CREATE"},
        {"updates", "UPDATE"},
        {"clears", "EMPTY"},
        {"stopped", "STOPPED BY"}};
    for (const PlannedSystem& system : plan.systems)
        listing.rows.push_back(
            {system.system.text(),
             system.read,
             system.linked,
             system.creates,
             system.updates,
             system.clears,
             system.stopped}
        );
    return listing;
}

}  // namespace

void print_plan(const Plan& plan, bool all) {
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
    if (plan.is_empty())
        print_line(
            exit_code_of_plan(plan) == kDone ? "Nothing to do: every system is in sync."
                                             : "Nothing to do in the systems that could be read."
        );
    print_line(
        counted(plan.new_records, "new record") +
        "; open after it: " + counted(plan.reviews, "review") + ", " +
        counted(plan.conflicts, "conflict") + ", in quarantine: " + std::to_string(plan.quarantined)
    );
}

int exit_code_of_plan(const Plan& plan) {
    // A system that could not be read at all makes the plan a partial one.
    const bool is_partial =
        std::any_of(plan.systems.begin(), plan.systems.end(), [](const PlannedSystem& system) {
            return !system.stopped.empty() && system.read == 0 && system.calls == 0;
        });
    return is_partial ? kSystemUnavailable : kDone;
}

std::string report_text(const Json& report) {
    std::string text;
    for (const Json& system : report.value("systems", Json::array())) {
        text += system.value("system", "") + ": read " + codec::to_line(system["read"]);
        for (const char* what :
             {"linked", "created", "updated", "refused", "in_doubt", "pending"}) {
            const auto count = system.value(what, std::uint64_t{0});
            if (count > 0) text += ", " + std::string(what) + " " + std::to_string(count);
        }
        if (system.contains("error_detail"))
            text += "; " + system["error_detail"].get<std::string>();
        text += "\n";
    }
    return text;
}

int exit_code_of_report(const Json& report) {
    bool in_error = false;
    for (const Json& system : report.value("systems", Json::array())) {
        if (system.contains("error")) return kSystemUnavailable;
        in_error = in_error || system.value("refused", std::uint64_t{0}) > 0;
    }
    return in_error ? kRecordsInError : kDone;
}

}  // namespace syncline::app
