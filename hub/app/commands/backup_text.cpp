#include "app/commands/backup_text.hpp"

#include "app/output.hpp"
#include "base/time.hpp"

#include <cstdint>

namespace syncline::app {
namespace {

using codec::Json;

std::uint64_t number(const Json& document, const char* key) {
    return document[key].get<std::uint64_t>();
}

/// "1.3 MB", "740 kB".
std::string size_text(std::uint64_t bytes) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    if (bytes < kMegabyte) return std::to_string((bytes + 999) / 1'000) + " kB";
    const std::uint64_t tenths = bytes / (kMegabyte / 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

std::string content_text(const Json& note) {
    return counted(number(note, "records"), "record") + ", " +
           counted(number(note, "links"), "link") + ", schema " +
           std::to_string(number(note, "schema")) + ", " + size_text(number(note, "bytes"));
}

}  // namespace

Json note_document(const store::BackupNote& note, const std::filesystem::path& file) {
    return {
        {"file", std::filesystem::absolute(file).lexically_normal().string()},
        {"hub", note.hub},
        {"made_at", to_rfc3339(note.made_at)},
        {"schema", note.schema},
        {"records", note.records},
        {"links", note.links},
        {"bytes", note.bytes}};
}

Json report_document(const store::BackupReport& report, const std::filesystem::path& file) {
    Json document = note_document(report.note, file);
    document["state"] = report.unopened.empty() ? "whole" : "incomplete";
    document["customers"] = report.customers;
    document["erased"] = report.erased;
    document["unopened"] = Json::array();
    for (const auto& [code, count] : report.unopened)
        document["unopened"].push_back({{"error", std::string(name(code))}, {"customers", count}});
    return document;
}

std::string backup_text(const Json& made) {
    std::string text;
    if (const Json& keys = made["keys"]; !keys.is_null()) {
        text = keys["file"].get<std::string>() + ": " + std::to_string(number(keys, "data_keys")) +
               " data keys, " + size_text(number(keys, "bytes")) + "\n";
    }
    return text + made["file"].get<std::string>() + ": " + content_text(made) + "\n";
}

std::string checked_text(const Json& report) {
    std::string text = report["file"].get<std::string>();
    if (report.contains("made_at"))
        text += " of " + report["made_at"].get<std::string>() + ": " + content_text(report);
    text += "\n";
    for (const Json& entry : report["unopened"]) {
        text += counted(number(entry, "customers"), "customer") + " of " +
                std::to_string(number(report, "customers")) +
                " cannot be opened: " + entry["error"].get<std::string>() + "\n";
    }
    if (const std::uint64_t erased = number(report, "erased"); erased > 0)
        text += counted(erased, "customer") + " erased on purpose\n";
    if (report["unopened"].empty()) text += "It is whole, and every row opens.\n";
    return text;
}

}  // namespace syncline::app
