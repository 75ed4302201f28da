#include "app/undo_text.hpp"

#include "app/operations.hpp"
#include "app/output.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;
using What = sync::UndoItem::What;
using State = sync::UndoItem::State;

constexpr std::size_t kShown = 20;

std::string name_of(What what) {
    switch (what) {
        case What::Value:
            return "value";
        case What::Write:
            return "write";
        case What::Record:
            return "record";
        case What::Link:
            return "link";
    }
    return "unknown";
}

std::string name_of(State state, bool is_preview) {
    switch (state) {
        case State::Due:
            return is_preview ? "due" : "not_done";
        case State::Done:
            return "done";
        case State::Skipped:
            return "skipped";
    }
    return "unknown";
}

std::string item_text(const Json& item) {
    const auto word = [&](const char* key) { return item.value(key, std::string()); };
    std::string text = "  ";
    text += item.contains("system") ? word("system") + ":" + word("remote_id")
                                    : "record " + word("record");
    if (item.contains("field")) text += " " + word("field");
    if (item.contains("reason")) text += ": " + word("reason");
    return text + "\n";
}

void add_items(
    std::string& text, const Json& items, const char* title, const char* state, bool all
) {
    std::vector<std::string> lines;
    for (const Json& item : items) {
        if (item.value("state", "") == state) lines.push_back(item_text(item));
    }
    if (lines.empty()) return;
    text += std::string(title) + ": " + std::to_string(lines.size()) + "\n";
    const std::size_t shown = all ? lines.size() : std::min(lines.size(), kShown);
    for (std::size_t i = 0; i < shown; ++i)
        text += lines[i];
    if (shown < lines.size())
        text += "  … and " + std::to_string(lines.size() - shown) + " more (-v lists them)\n";
}

}  // namespace

Json undo_json(const sync::UndoReport& report, const FieldTable& fields) {
    sync::PassReport pass;
    pass.systems = report.systems;
    Json json{{"run", to_text(report.run)}};
    const bool is_preview = report.undo.is_nil();
    if (!is_preview) json["undo"] = to_text(report.undo);
    json["items"] = Json::array();
    for (const sync::UndoItem& item : report.items) {
        Json entry{
            {"what", name_of(item.what)},
            {"state", name_of(item.state, is_preview)},
            {"record", to_text(item.customer)}};
        if (!item.system.empty()) {
            entry["system"] = item.system.text();
            entry["remote_id"] = item.remote_id.text();
        }
        if (const Field* field = fields.find(item.field)) entry["field"] = field->path;
        if (!item.reason.empty()) entry["reason"] = item.reason;
        json["items"].push_back(std::move(entry));
    }
    json["systems"] = report_json(pass)["systems"];
    return json;
}

std::string undo_text(const Json& undo, bool all) {
    std::string text = (undo.contains("undo") ? "Undone: run " : "To undo: run ") +
                       undo.value("run", "") +
                       (undo.contains("undo") ? ", by run " + undo.value("undo", "") : "") + "\n";
    for (const Json& system : undo["systems"]) {
        const std::string id = system.value("system", "");
        const auto counted_items = [&](const char* state) {
            return std::count_if(undo["items"].begin(), undo["items"].end(), [&](const Json& item) {
                return item.value("system", "") == id && item.value("state", "") == state;
            });
        };
        text += id + ":";
        if (undo.contains("undo"))
            text += " written back " + std::to_string(system.value("updated", std::uint64_t{0})) +
                    ", not done " + std::to_string(counted_items("not_done"));
        else
            text += " fields to write back " + std::to_string(counted_items("due"));
        text += ", left as they are " + std::to_string(counted_items("skipped"));
        if (system.contains("error_detail"))
            text += "; " + system["error_detail"].get<std::string>();
        if (system.contains("stopped_by")) text += "; " + system["stopped_by"].get<std::string>();
        text += "\n";
    }
    add_items(text, undo["items"], "To take back", "due", all);
    add_items(text, undo["items"], "Taken back", "done", all);
    add_items(
        text,
        undo["items"],
        "Not done yet (the hub goes on as soon as the systems answer)",
        "not_done",
        all
    );
    add_items(text, undo["items"], "Stays", "skipped", all);
    return text;
}

}  // namespace syncline::app
