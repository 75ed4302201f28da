// What the hub remembers at the end of a life that went wrong, for whoever reads its trace.

#include "simulation/simulation.hpp"

namespace syncline::testing {
namespace {

std::string text_of(const FieldValue& value) {
    std::string text;
    for (const auto& part : value.parts) {
        if (part) text += (text.empty() ? "" : " | ") + *part;
    }
    return "\"" + text + "\"";
}

std::string text_of(const RawFields& raw) {
    std::string text;
    for (const auto& [name, value] : raw)
        text += (text.empty() ? "" : ",") + name + "=" + value.text;
    return "{" + text + "}";
}

std::string text_of(const Version& version) {
    constexpr std::uint64_t kCounter = 0xFFFF;
    return std::to_string(version.unix_ms()) + "." + std::to_string(version.number & kCounter);
}

std::string_view name_of(Base::Kind kind) {
    static constexpr std::string_view names[] = {
        "fresh", "image", "foreign", "contested", "invalid"};
    return names[static_cast<std::size_t>(kind)];
}

std::string text_of(const Shadow& shadow) {
    return std::string(name_of(shadow.base.kind)) + " of " + text_of(shadow.base.version) + " " +
           text_of(shadow.raw) + (shadow.is_ours ? " ours" : "");
}

}  // namespace

void Simulation::remember(const std::string& line) {
    outcome_.trace.push_back("  " + line);
}

void Simulation::tell_memory() {
    for (const sync::Aggregate& aggregate : all_customers()) {
        const Customer& customer = aggregate.customer;
        outcome_.trace.push_back(
            "customer " + to_text(customer.id) + " " + std::string(name(customer.state))
        );
        for (const auto& [id, state] : customer.fields) {
            remember(
                world_->fields().at(id).path + " = " + text_of(state.value) + " " +
                text_of(state.version) + " from " + state.origin.name +
                (aggregate.is_contested(id) ? ", contested" : "")
            );
        }
        for (const Link& link : aggregate.links) {
            remember(
                link.system.text() + ":" + link.remote_id.text() + " " +
                std::string(name(link.state)) + " " + std::string(name(link.role))
            );
            for (const auto& [id, entry] : link.fields) {
                std::string line = "  " + world_->fields().at(id).path + ": ";
                if (entry.shadow) line += text_of(*entry.shadow);
                if (entry.contribution)
                    line += ", said " + text_of(entry.contribution->value) + " " +
                            text_of(entry.contribution->version);
                remember(line);
            }
        }
        for (const Attempt& attempt : aggregate.attempts)
            remember(
                "attempt at " + attempt.system.text() + ", state " +
                std::to_string(static_cast<int>(attempt.state))
            );
        for (const Case& item : world_->store().cases(std::nullopt, /*open_only=*/false)) {
            if (item.customer != customer.id) continue;
            const std::string field =
                item.field == FieldId{} ? "" : world_->fields().at(item.field).path + " ";
            remember(
                std::to_string(to_unix_ms(item.opened_at)) + " " + std::string(name(item.kind)) +
                " " + field + item.reason + "; " + item.resolution
            );
        }
        for (const Change& change : world_->store().history(customer.id)) {
            for (const FieldChange& entry : change.fields) {
                std::string line = std::to_string(to_unix_ms(change.at)) + " ";
                if (entry.field != FieldId{}) line += world_->fields().at(entry.field).path + " ";
                line += std::string(name(entry.kind)) + " by " + std::string(name(entry.rule)) +
                        " from " + entry.origin.name + " " + text_of(entry.version);
                if (entry.before) line += ", before " + text_of(*entry.before);
                if (entry.after) line += ", after " + text_of(*entry.after);
                if (!entry.held.empty()) line += ", held " + text_of(entry.held);
                remember(line);
            }
        }
    }
    for (const QuarantineItem& item : world_->store().quarantine())
        remember(
            "quarantine: " + item.system.text() + ":" + item.remote_id.text() + " " + item.reason
        );
}

}  // namespace syncline::testing
