#include "app/conflict_view.hpp"

#include "app/record_json.hpp"
#include "app/side_by_side.hpp"
#include "normal/normal_form.hpp"
#include "sync/core/common_base.hpp"
#include "sync/core/decide_by_hand.hpp"
#include "sync/core/shown_version.hpp"
#include "sync/run/engine.hpp"

#include <iterator>
#include <optional>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

std::string version_text(Version version) {
    return version.exists() ? to_rfc3339(from_unix_ms(version.unix_ms())) : "";
}

Json moment_json(Timestamp at) {
    return at == Timestamp{} ? Json() : Json(to_rfc3339(at));
}

std::string moment_text(Timestamp at) {
    return at == Timestamp{} ? "" : to_rfc3339(at);
}

std::string part_text(const FieldValue& value, std::size_t part) {
    return part < value.parts.size() ? value.parts[part].value_or("") : "";
}

bool is_same_part(const Field& field, std::size_t part, const FieldValue& a, const FieldValue& b) {
    const std::string one = part_text(a, part);
    const std::string other = part_text(b, part);
    if (one == other) return true;
    return !one.empty() && !other.empty() &&
           normal::equivalent(*field.parts[part].spec, one, other);
}

std::string raw_text(const RawFields& raw) {
    if (raw.size() == 1) return raw.begin()->second.text;
    std::string text;
    for (const auto& [name, value] : raw) {
        if (!value.text.empty()) text += (text.empty() ? "" : "; ") + name + " " + value.text;
    }
    return text;
}

/// Fills the document and the columns, one side after the other.
class Viewing {
public:
    Viewing(const sync::Rules& rules, ConflictView& view) : rules_(rules), view_(view) {
        for (const FieldPart& part : view_.field->parts)
            values_.push_back({part.name.empty() ? "value" : part.name, {}});
        if (const FieldState* now = view_.aggregate.customer.fields.find(view_.field->id))
            standing_ = now->value;
    }

    void add_base(const std::optional<sync::CommonBase>& base) {
        Json& document = view_.document["base"];
        document = nullptr;
        if (!base) {
            add_column("base", std::nullopt, {"they never agreed"});
            return;
        }
        document = Json{
            {"value", value_json(*view_.field, base->value)},
            {"source", origin_json(base->origin)},
            {"at", to_rfc3339(base->at)},
            {"version", version_text(base->version)}};
        add_column(
            "base",
            base->value,
            {"",
             "",
             origin_text(base->origin),
             "",
             to_rfc3339(base->at),
             version_text(base->version)}
        );
    }

    void add_standing() {
        for (const char* key :
             {"standing", "standing_source", "standing_rule", "standing_made", "standing_version"})
            view_.document[key] = nullptr;
        const FieldState* now = view_.aggregate.customer.fields.find(view_.field->id);
        if (now == nullptr) {
            add_column("hub now", std::nullopt, {});
            return;
        }
        view_.document["standing"] = value_json(*view_.field, now->value);
        view_.document["standing_source"] = origin_json(now->origin);
        view_.document["standing_rule"] = std::string(name(now->rule));
        view_.document["standing_made"] = interval_json(now->interval);
        view_.document["standing_version"] = version_text(now->version);
        add_column(
            "hub now",
            now->value,
            {"",
             "",
             origin_text(now->origin),
             moment_text(now->interval.earliest),
             moment_text(now->interval.latest),
             version_text(now->version)}
        );
    }

    void add_system(const Link& link, const FieldValue& said) {
        const Field& field = *view_.field;
        const LinkField& entry = *link.fields.find(field.id);
        const bool waits = entry.shadow && entry.shadow->base.kind == Base::Kind::Contested;
        const bool differs = !standing_ || !normal::equivalent(field, said, *standing_);
        Json value{
            {"system", link.system.text()},
            {"value", value_json(field, said)},
            {"differs", differs},
            {"waits", waits},
            {"remote_id", link.remote_id.text()},
            {"held", nullptr},
            {"held_as", nullptr},
            {"made", entry.contribution ? interval_json(entry.contribution->interval) : Json()},
            {"remote_modified_at", moment_json(link.modified_at)},
            {"remote_version", link.token.empty() ? Json() : Json(link.token)},
            {"read_at", nullptr}};
        std::string raw;
        std::string read_at;
        if (entry.shadow) {
            value["held"] = Json::object();
            for (const auto& [name, held] : entry.shadow->raw)
                value["held"][name] = held.kind == RawValue::Kind::Null ? Json() : Json(held.text);
            raw = raw_text(entry.shadow->raw);
            const sync::SystemRules* system = rules_.find(link.system);
            if (system != nullptr && system->mapping->find(field.id) != nullptr) {
                if (const auto read = system->mapping->read(field.id, entry.shadow->raw))
                    value["held_as"] = value_json(field, *read);
            }
            value["read_at"] = moment_json(entry.shadow->seen_at);
            read_at = moment_text(entry.shadow->seen_at);
        }
        view_.document["values"].push_back(std::move(value));
        view_.voices.push_back(link.system);
        add_column(
            std::to_string(view_.voices.size()) + " " + link.system.text(),
            said,
            {raw,
             waits ? "waits" : "",
             "",
             entry.contribution ? moment_text(entry.contribution->interval.earliest) : "",
             entry.contribution ? moment_text(entry.contribution->interval.latest) : "",
             link.token,
             moment_text(link.modified_at),
             read_at}
        );
    }

    std::string text() {
        SideBySide table;
        table.columns = columns_;
        table.rows = std::move(values_);
        static constexpr const char* kTitles[] = {
            "as it is there",
            "state",
            "from",
            "edited after",
            "edited before",
            "version",
            "changed there",
            "read"};
        for (std::size_t i = 0; i < std::size(kTitles); ++i) {
            SideBySide::Row& row = table.rows.emplace_back();
            row.title = kTitles[i];
            for (const auto& facts : facts_)
                row.cells.push_back({i < facts.size() ? facts[i] : "", false});
        }
        return layout(table);
    }

private:
    void add_column(
        std::string title, const std::optional<FieldValue>& value, std::vector<std::string> facts
    ) {
        columns_.push_back(std::move(title));
        for (std::size_t part = 0; part < values_.size(); ++part) {
            const bool is_marked =
                value && standing_ && !is_same_part(*view_.field, part, *value, *standing_);
            std::string text = value ? part_text(*value, part) : "";
            if (value && text.empty() && (is_marked || value->is_cleared()) && part == 0)
                text = "(cleared)";
            else if (text.empty() && is_marked)
                text = "(none)";
            values_[part].cells.push_back({std::move(text), is_marked});
        }
        facts_.push_back(std::move(facts));
    }

    const sync::Rules& rules_;
    ConflictView& view_;
    std::optional<FieldValue> standing_;
    std::vector<std::string> columns_;
    std::vector<SideBySide::Row> values_;
    std::vector<std::vector<std::string>> facts_;  ///< of each column
};

/// The systems whose people wait for a decision.
std::vector<SystemId> waiting_systems(const sync::Aggregate& aggregate, FieldId field) {
    std::vector<SystemId> systems;
    for (const Link& link : aggregate.links) {
        const LinkField* entry = link.fields.find(field);
        const bool waits = link.state == LinkState::Active && entry != nullptr && entry->shadow &&
                           entry->shadow->base.kind == Base::Kind::Contested;
        if (waits) systems.push_back(link.system);
    }
    return systems;
}

}  // namespace

std::uint64_t version_of(Workspace& workspace, const Case& conflict) {
    return sync::shown_version(workspace.store().history(conflict.customer), conflict.field);
}

Result<ConflictView> view_of(Workspace& workspace, const sync::Rules& rules, const Case& conflict) {
    ConflictView view;
    const auto history = workspace.store().history(conflict.customer);  // before what it is of
    view.version = sync::shown_version(history, conflict.field);
    const std::vector<CustomerId> ids{conflict.customer};
    auto loaded = sync::load_aggregates(workspace.store(), ids);
    view.field = workspace.fields().find(conflict.field);
    if (loaded.empty() || view.field == nullptr)
        return Error{
            ErrorCode::NotFound,
            Remedy::Reject,
            to_text(conflict.id),
            "its record or field is gone"};
    view.aggregate = std::move(loaded.front());
    const std::string name = name_of(view.aggregate.customer, workspace.fields());
    view.document = Json{
        {"id", to_text(conflict.id)},
        {"record", conflict.customer.is_nil() ? "" : to_text(conflict.customer)},
        {"name", name},
        {"field", view.field->path},
        {"state", conflict.is_open() ? "open" : "resolved"},
        {"reason", conflict.reason},
        {"opened_at", to_rfc3339(conflict.opened_at)},
        {"version", view.version}};
    Viewing viewing(rules, view);
    viewing.add_base(
        sync::common_base(history, conflict.field, waiting_systems(view.aggregate, conflict.field))
    );
    viewing.add_standing();
    view.document["values"] = Json::array();
    for (const Link& link : view.aggregate.links) {
        if (link.state != LinkState::Active || link.role != LinkRole::Primary) continue;
        if (const auto voice = sync::voice_of(rules, view.aggregate, conflict.field, link.system))
            viewing.add_system(link, *voice);
    }
    view.text = "conflict " + to_text(conflict.id) + " about " + view.field->path + " of " + name +
                "\n  " + conflict.reason + "; since " + to_rfc3339(conflict.opened_at) + "\n" +
                viewing.text();
    return view;
}

}  // namespace syncline::app
