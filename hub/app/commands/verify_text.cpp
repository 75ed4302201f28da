#include "app/commands/verify_text.hpp"

#include "app/record_json.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

constexpr std::size_t kShown = 50;

std::string_view sentence(sync::Parity parity) {
    switch (parity) {
        case sync::Parity::DriftHere:
            return "differs: the system changed it since the hub read it";
        case sync::Parity::NotAnImage:
            return "differs: the hub's value is not what is there";
        case sync::Parity::MissingThere:
            return "missing: linked, and not there any more";
        case sync::Parity::UnknownThere:
            return "unknown: there, and the hub has not read it";
        case sync::Parity::BackThere:
            return "back: it was gone, and is there again";
        case sync::Parity::Unreadable:
            return "unreadable: it can not be read any more";
        default:
            return "";
    }
}

Listing fields_listing(bool values) {
    Listing listing;
    listing.noun = "fields";
    for (const char* key : {"system", "remote_id", "field", "parity", "at"})
        listing.columns.push_back({key, key});
    if (values) {
        listing.columns.push_back({"there", "there"});
        listing.columns.push_back({"here", "here"});
    }
    return listing;
}

Json row_object(const Listing& listing, const std::vector<Json>& row) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i)
        object[listing.columns[i].key] = row[i];
    return object;
}

Json system_json(const sync::SystemParity& system) {
    Json json{
        {"system", system.system.text()},
        {"compared", system.compared},
        {"equal", system.equal},
        {"different", system.different},
        {"pending", system.pending},
        {"unconfirmed", system.unconfirmed},
        {"explained", system.explained},
        {"unread", system.unread},
        {"missing", system.missing},
        {"unknown", system.unknown}};
    if (!system.paused_by.empty()) json["paused"] = true;
    if (system.error) {
        json["error"] = std::string(name(system.error->code));
        json["error_detail"] = system.error->detail;
    }
    return json;
}

Listing systems_listing(const std::vector<sync::SystemParity>& systems) {
    Listing listing;
    listing.noun = "systems";
    listing.columns = {
        {"system", "SYSTEM"},
        {"compared", "COMPARED"},
        {"equal", "EQUAL"},
        {"different", "DIFFERENT"},
        {"pending", "PENDING"},
        {"unconfirmed", "UNCONFIRMED"},
        {"explained", "EXPLAINED"},
        {"unread", "NOT READ"},
        {"missing", "MISSING"},
        {"unknown", "UNKNOWN"}};
    for (const sync::SystemParity& system : systems) {
        const Json json = system_json(system);
        std::vector<Json> row;
        for (const Listing::Column& column : listing.columns)
            row.push_back(json[column.key]);
        listing.rows.push_back(std::move(row));
    }
    return listing;
}

/// One sentence at the end.
std::string verdict_of(const Verified& verified) {
    bool differs = false;
    bool all_equal = true;
    for (const sync::SystemParity& system : verified.systems) {
        differs = differs || system.differs();
        all_equal = all_equal && system.equal == system.compared && !system.error &&
                    system.paused_by.empty();
    }
    if (!verified.breaches.empty()) return "The hub breaks its own rules; see above.";
    if (differs) return "The systems are not all as the hub says.";
    if (all_equal) return "Every record is proved equal.";
    return "Nothing differs unexplained; not every record is proved equal.";
}

}  // namespace

std::string VerifyOutput::path_of(FieldId field) const {
    const Field* known = workspace_.fields().find(field);
    return known == nullptr ? "" : known->path;
}

void VerifyOutput::add_difference(
    const SystemId& system, const RemoteId& record, const sync::FieldVerdict& field
) {
    if (!shown_.all && differences_.size() >= kShown) {
        ++left_out_;
        return;
    }
    std::string line = system.text() + ":" + record.text();
    if (const std::string path = path_of(field.field); !path.empty()) line += "  " + path;
    line += "  " + std::string(sentence(field.parity));
    if (shown_.values && field.field != FieldId{})
        line += "; there: \"" + value_text(field.there) + "\", here: \"" + value_text(field.here) +
                "\"";
    differences_.push_back(std::move(line));
}

void VerifyOutput::add(const SystemId& system, std::span<const sync::RecordVerdict> records) {
    for (const sync::RecordVerdict& record : records) {
        for (const sync::FieldVerdict& field : record.fields) {
            if (format_ == Format::Table) {
                if (sync::class_of(field.parity) == sync::ParityClass::Drift)
                    add_difference(system, record.remote_id, field);
                continue;
            }
            std::vector<Json> row{
                system.text(),
                record.remote_id.text(),
                path_of(field.field),
                std::string(sync::name(field.parity)),
                to_rfc3339(record.at)};
            if (shown_.values) {
                row.emplace_back(value_text(field.there));
                row.emplace_back(value_text(field.here));
            }
            rows_.push_back(std::move(row));
        }
    }
    if (format_ != Format::Ndjson) return;
    Listing page = fields_listing(shown_.values);
    page.rows = std::exchange(rows_, {});
    print(page, format_);
}

std::string VerifyOutput::text_of(const sync::Breach& breach) const {
    std::string text = "invariant " + std::string(sync::name(breach.invariant)) + " broken: ";
    text += breach.remote_id.empty() ? "record " + to_text(breach.customer)
                                     : breach.system.text() + ":" + breach.remote_id.text();
    if (const std::string path = path_of(breach.field); !path.empty()) text += "  " + path;
    return text + "  " + std::string(sync::sentence(breach.invariant));
}

void VerifyOutput::print_for_people(const Verified& verified, const std::string& command) const {
    print(systems_listing(verified.systems), Format::Table);
    if (!differences_.empty()) print_line("");
    for (const std::string& line : differences_)
        print_line(line);
    if (left_out_ > 0)
        print_line("… and " + std::to_string(left_out_) + " more (--all lists them)");
    if (!verified.breaches.empty()) print_line("");
    const std::size_t count = verified.breaches.size();
    const std::size_t shown = shown_.all ? count : std::min(count, kShown);
    for (std::size_t i = 0; i < shown; ++i)
        print_line(text_of(verified.breaches[i]));
    if (shown < count)
        print_line("… and " + std::to_string(count - shown) + " more (--all lists them)");
    print_line("");
    print_line(verdict_of(verified));
    const bool owes = std::any_of(
        verified.systems.begin(),
        verified.systems.end(),
        [](const sync::SystemParity& system) { return system.pending > 0; }
    );
    if (owes) print_line("What is pending: `" + command + " plan`.");
}

Json VerifyOutput::document_of(const Verified& verified) const {
    Json document{{"hub", workspace_.hub().id}};
    document["systems"] = Json::array();
    for (const sync::SystemParity& system : verified.systems)
        document["systems"].push_back(system_json(system));
    document["broken"] = Json::array();
    for (const sync::Breach& breach : verified.breaches)
        document["broken"].push_back(Json{
            {"invariant", std::string(sync::name(breach.invariant))},
            {"record", to_text(breach.customer)},
            {"system", breach.system.text()},
            {"remote_id", breach.remote_id.text()},
            {"field", path_of(breach.field)}});
    const Listing listing = fields_listing(shown_.values);
    document["fields"] = Json::array();
    for (const std::vector<Json>& row : rows_)
        document["fields"].push_back(row_object(listing, row));
    return document;
}

void VerifyOutput::finish(const Verified& verified, const std::string& command) {
    if (format_ == Format::Table) {
        print_for_people(verified, command);
    } else if (format_ == Format::Json) {
        print(document_of(verified), format_, "");
    } else {
        if (format_ == Format::Csv) {
            Listing listing = fields_listing(shown_.values);
            listing.rows = std::move(rows_);
            print(listing, format_);
        }
        for (const sync::Breach& breach : verified.breaches)
            print_note("syncline: " + text_of(breach));
    }
    for (const sync::SystemParity& system : verified.systems) {
        if (!system.paused_by.empty())
            print_note(
                "syncline: " + system.system.text() + " is paused by " + system.paused_by +
                " and was not asked"
            );
        if (system.error) print_error(*system.error);
    }
}

}  // namespace syncline::app
