#include "settings.hpp"

#include "fixed_width_settings.hpp"
#include "syncline/settings.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace files {
namespace {

using namespace syncline::sdk;

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(SYNCLINE_E_CONFIG, what);
}

char single_character(const Json& settings, const char* name, char otherwise) {
    const std::string text = text_or(settings, name, std::string(1, otherwise));
    if (text.size() == 1) return text[0];
    refuse(std::string("settings/csv/") + name + " is one character");
}

/// A line end or one sign for both would leave no way to tell where a cell ends.
void check_dialect(const Dialect& dialect) {
    constexpr std::string_view kTaken("\r\n\0", 3);
    const bool taken = kTaken.find(dialect.delimiter) != std::string_view::npos ||
                       kTaken.find(dialect.quote) != std::string_view::npos;
    if (taken || dialect.delimiter == dialect.quote)
        refuse(
            "settings/csv/delimiter and settings/csv/quote are two different characters, and no "
            "line ends"
        );
}

Encoding read_encoding(const Json& format, const std::string& where) {
    const std::string name = text_or(format, "encoding", "utf-8");
    if (const auto encoding = encoding_named(name)) return *encoding;
    refuse("settings" + where + "/encoding has no \"" + name + "\"; there are " + encoding_names());
}

/// A word, or a list of words.
std::vector<std::string> words(
    const Json& settings, const char* key, std::vector<std::string> otherwise
) {
    const auto found = settings.find(key);
    if (found == settings.end()) return otherwise;
    std::vector<std::string> read;
    if (found->is_string()) read.push_back(found->get<std::string>());
    for (const Json& word : found->is_array() ? *found : Json::array()) {
        if (!word.is_string())
            refuse(std::string("settings/read/operation/") + key + " holds texts");
        read.push_back(word.get<std::string>());
    }
    if (read.empty())
        refuse(std::string("settings/read/operation/") + key + " is a word, or a list of words");
    return read;
}

Operation read_operation(const Json& json) {
    check_keys(json, "/read/operation", {"column", "insert", "update", "delete"});
    Operation operation;
    operation.column = required_text(json, "/read/operation", "column");
    operation.inserts = words(json, "insert", {"I", "insert"});
    operation.updates = words(json, "update", {"U", "update"});
    operation.deletes = words(json, "delete", {"D", "delete"});
    for (const std::string& word : operation.deletes) {
        for (const auto* others : {&operation.inserts, &operation.updates}) {
            if (std::find(others->begin(), others->end(), word) != others->end())
                refuse("settings/read/operation: \"" + word + "\" cannot mean two things");
        }
    }
    return operation;
}

std::string read_marker(const Json& read) {
    std::string marker = text_or(read, "marker", "");
    if (!marker.empty() &&
        (marker.find("{name}") == std::string::npos && marker.find("{stem}") == std::string::npos))
        refuse(
            "settings/read/marker says how a file's marker is called: \"{name}.done\" or "
            "\"{stem}.ok\""
        );
    if (marker.find('/') != std::string::npos || marker == "{name}")
        refuse("settings/read/marker is another name in the same folder");
    return marker;
}

Place read_place(const Json& json, const std::string& where) {
    const bool is_remote = json.contains("remote_folder");
    if (is_remote && json.contains("folder"))
        refuse("settings" + where + " has a folder or a remote_folder, not both");
    return {required_text(json, where, is_remote ? "remote_folder" : "folder"), is_remote};
}

ReadSettings read_reading(const Json& json) {
    check_keys(
        json,
        "/read",
        {"folder",
         "remote_folder",
         "pattern",
         "kind",
         "order",
         "operation",
         "settle",
         "marker",
         "done"}
    );
    ReadSettings read;
    read.place = read_place(json, "/read");
    read.pattern = required_text(json, "/read", "pattern");
    read.done = text_or(json, "done", "done");
    const std::string kind = text_or(json, "kind", "snapshot");
    if (kind != "snapshot" && kind != "delta")
        refuse("settings/read/kind can only be \"snapshot\" or \"delta\"");
    read.content = kind == "delta" ? Content::Delta : Content::Snapshot;
    const std::string order = text_or(json, "order", "name");
    if (order != "name" && order != "time")
        refuse("settings/read/order can only be \"name\" or \"time\"");
    read.order = order == "time" ? Order::Time : Order::Name;
    if (json.contains("operation")) {
        if (read.content != Content::Delta)
            refuse("settings/read/operation is for \"kind\": \"delta\"");
        read.operation = read_operation(json["operation"]);
    }
    read.marker = read_marker(json);
    constexpr std::uint32_t kSettle = 2'000;
    read.settle =
        std::chrono::milliseconds(milliseconds_or(json, "settle", read.marker.empty() ? kSettle : 0)
        );
    if (read.settle > std::chrono::minutes(1)) refuse("settings/read/settle is at most \"1m\"");
    if (read.done.empty() || read.done.front() == '.' || read.done.find('/') != std::string::npos)
        refuse("settings/read/done is the name of a folder");
    return read;
}

/// "64KB", "256MB"
std::size_t bytes_or(const Json& limits, const char* key, std::size_t otherwise) {
    const std::string text = text_or(limits, key, "");
    if (text.empty()) return otherwise;
    const auto digits = text.find_first_not_of("0123456789");
    const std::string unit = digits == std::string::npos ? "" : text.substr(digits);
    const unsigned shift = unit == "KB" ? 10 : unit == "MB" ? 20 : unit == "GB" ? 30 : 0;
    if (digits == 0 || digits > 4 || shift == 0)
        refuse(std::string("settings/limits/") + key + " is a size such as \"64KB\" or \"256MB\"");
    return std::size_t{std::stoul(text.substr(0, digits))} << shift;
}

Limits read_limits(const Json& json) {
    check_keys(json, "/limits", {"file", "row", "columns"});
    Limits limits;
    limits.file = bytes_or(json, "file", limits.file);
    limits.row = bytes_or(json, "row", limits.row);
    constexpr std::size_t kLongestRow = 1U << 20U;  // one record has to fit into a message
    if (limits.row == 0 || limits.row > kLongestRow)
        refuse("settings/limits/row is at most \"1MB\"");
    if (const auto columns = json.find("columns"); columns != json.end()) {
        if (!columns->is_number_unsigned() || *columns == 0)
            refuse("settings/limits/columns is a number");
        limits.columns = columns->get<std::size_t>();
    }
    return limits;
}

void read_csv(const Json& json, const Json& csv, Settings& settings) {
    check_keys(csv, "/csv", {"delimiter", "quote", "encoding", "header"});
    settings.dialect.delimiter = single_character(csv, "delimiter", ',');
    settings.dialect.quote = single_character(csv, "quote", '"');
    check_dialect(settings.dialect);
    settings.encoding = read_encoding(csv, "/csv");
    bool has_header = true;
    try {
        has_header = csv.value("header", true);
        settings.columns = json.value("columns", std::vector<std::string>{});
    } catch (const Json::exception&) {
        refuse("settings/csv/header is true or false, settings/columns a list of column names");
    }
    if (has_header) settings.columns.clear();
    if (!has_header && settings.columns.empty())
        refuse("files without a header need settings/columns");
}

void check_columns(const Settings& settings, const std::string& where) {
    const auto knows = [&](const std::string& name) {
        return settings.columns.empty() ||
               std::find(settings.columns.begin(), settings.columns.end(), name) !=
                   settings.columns.end();
    };
    if (!knows(settings.key))
        refuse("settings" + where + " has no \"" + settings.key + "\", the key");
    if (!settings.read.operation) return;
    if (!knows(settings.read.operation->column))
        refuse(
            "settings" + where + " has no \"" + settings.read.operation->column +
            "\", the column of the operation"
        );
    if (settings.read.operation->column == settings.key)
        refuse("settings/read/operation/column is the key");
}

}  // namespace

Settings read_settings(const Json& json) {
    check_keys(
        json, "", {"read", "write", "sftp", "csv", "fixed_width", "limits", "columns", "key"}
    );
    Settings settings;
    settings.read = read_reading(json.value("read", Json::object()));
    if (json.contains("write")) {
        const Json& write = json["write"];
        check_keys(write, "/write", {"folder", "remote_folder", "name"});
        settings.write = WriteSettings{
            read_place(write, "/write"),
            text_or(write, "name", "corrections-{utc}-{sequence}.csv")};
    }
    if (json.contains("sftp")) settings.sftp = read_sftp_settings(json["sftp"]);
    const bool is_remote =
        settings.read.place.is_remote || (settings.write && settings.write->place.is_remote);
    if (is_remote != settings.sftp.has_value())
        refuse("settings/sftp says on which server a remote_folder is: one needs the other");
    settings.limits = read_limits(json.value("limits", Json::object()));
    settings.key = required_text(json, "", "key");
    if (!json.contains("fixed_width")) {
        read_csv(json, json.value("csv", Json::object()), settings);
        check_columns(settings, "/columns");
        return settings;
    }
    if (json.contains("csv") || json.contains("columns"))
        refuse("settings/fixed_width stands alone, without csv and columns");
    settings.encoding = read_encoding(json["fixed_width"], "/fixed_width");
    settings.layout = read_layout(json["fixed_width"]);
    for (const FixedColumn& column : settings.layout->columns)
        settings.columns.push_back(column.name);
    check_columns(settings, "/fixed_width/columns");
    return settings;
}

}  // namespace files
