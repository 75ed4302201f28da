#include "app/review_view.hpp"

#include "app/record_json.hpp"
#include "app/side_by_side.hpp"
#include "normal/normal_form.hpp"

#include <map>
#include <optional>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

/// What one side says, by field; without what it says nothing about.
using Said = std::map<FieldId, FieldValue>;

const FieldValue* find(const Said& said, FieldId field) {
    const auto found = said.find(field);
    return found == said.end() ? nullptr : &found->second;
}

Said said_by(const Link& link) {
    Said said;
    for (const auto& [id, entry] : link.fields) {
        if (entry.contribution && !entry.contribution->value.is_cleared())
            said.emplace(id, entry.contribution->value);
    }
    return said;
}

Said said_by(const Customer& customer) {
    Said said;
    for (const auto& [id, state] : customer.fields) {
        if (!state.value.is_cleared()) said.emplace(id, state.value);
    }
    return said;
}

/// "absent": one of them says nothing.
std::string comparison(const Field& field, const FieldValue* one, const FieldValue* other) {
    if (one == nullptr || other == nullptr) return "absent";
    return normal::equivalent(field, *one, *other) ? "equal" : "different";
}

class Viewing {
public:
    Viewing(Workspace& workspace, ReviewView& view) : workspace_(workspace), view_(view) {}

    void add_record(const LinkId& id) {
        const std::vector<LinkId> ids{id};
        const auto links = workspace_.store().links_by_id(ids);
        if (links.empty()) return;
        const Link& link = links.front();
        const std::string name = link.system.text() + ":" + link.remote_id.text();
        view_.text += "the record " + name + "\n";
        record_ = said_by(link);
        Json values = Json::object();
        for (const auto& [field_id, value] : *record_) {
            if (const Field* field = workspace_.fields().find(field_id))
                values[field->path] = value_json(*field, value);
        }
        view_.document["record"] = Json{
            {"system", link.system.text()},
            {"remote_id", link.remote_id.text()},
            {"values", std::move(values)}};
        table_.columns.push_back(name);
        sides_.push_back(*record_);
    }

    void add_candidate(const Candidate& candidate) {
        Json& document = view_.document["candidates"].emplace_back(Json{
            {"record", to_text(candidate.customer)}, {"reason", candidate.reason}});
        const std::vector<CustomerId> ids{candidate.customer};
        for (const Customer& customer : workspace_.store().customers(ids)) {
            view_.customers.push_back(customer.id);
            const std::string number = std::to_string(view_.customers.size());
            view_.text += number + " may be the customer " + to_text(customer.id) + ": " +
                          candidate.reason + "\n";
            document["number"] = view_.customers.size();
            document["values"] = customer_json(customer, workspace_.fields());
            const Said said = said_by(customer);
            document["fields"] = compared(said);
            table_.columns.push_back(number + " customer");
            sides_.push_back(said);
        }
    }

    /// Every field that a side says something about, with a star where it is not the record's.
    std::string table_text() {
        for (const Field& field : workspace_.fields().fields()) {
            SideBySide::Row row{field.path, {}};
            bool is_said = false;
            for (std::size_t i = 0; i < sides_.size(); ++i) {
                const FieldValue* value = find(sides_[i], field.id);
                is_said = is_said || value != nullptr;
                const bool differs =
                    i > 0 && record_ &&
                    comparison(field, find(*record_, field.id), value) == "different";
                row.cells.push_back({value == nullptr ? "" : value_text(*value), differs});
            }
            if (is_said) table_.rows.push_back(std::move(row));
        }
        return sides_.empty() ? "" : layout(table_);
    }

private:
    Json compared(const Said& said) const {
        Json fields = Json::array();
        if (!record_) return fields;
        for (const Field& field : workspace_.fields().fields()) {
            const FieldValue* ours = find(*record_, field.id);
            const FieldValue* theirs = find(said, field.id);
            if (ours == nullptr && theirs == nullptr) continue;
            fields.push_back(Json{
                {"field", field.path},
                {"record", ours == nullptr ? Json() : value_json(field, *ours)},
                {"candidate", theirs == nullptr ? Json() : value_json(field, *theirs)},
                {"comparison", comparison(field, ours, theirs)}});
        }
        return fields;
    }

    Workspace& workspace_;
    ReviewView& view_;
    std::optional<Said> record_;
    std::vector<Said> sides_;
    SideBySide table_;
};

}  // namespace

ReviewView view_of(Workspace& workspace, const Case& review) {
    ReviewView view;
    view.document = Json{
        {"id", to_text(review.id)},
        {"kind", std::string(name(review.kind))},
        {"state", review.is_open() ? "open" : "resolved"},
        {"opened_at", to_rfc3339(review.opened_at)},
        {"reason", review.reason}};
    view.document["record"] = nullptr;
    view.document["candidates"] = Json::array();
    view.text = "review " + to_text(review.id) + " (" + std::string(name(review.kind)) +
                "), since " + to_rfc3339(review.opened_at) + "\n" + review.reason + "\n";
    Viewing viewing(workspace, view);
    viewing.add_record(review.link);
    for (const Candidate& candidate : review.candidates)
        viewing.add_candidate(candidate);
    view.text += viewing.table_text();
    return view;
}

}  // namespace syncline::app
