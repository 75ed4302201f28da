#include "fixed_width_settings.hpp"

#include "syncline/settings.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace files {
namespace {

using namespace syncline::sdk;

constexpr std::size_t kLongestRecord = 16'384;  ///< characters: a record has to fit into a message

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(SYNCLINE_E_CONFIG, "settings/fixed_width" + what);
}

/// A whole number from `least` to kLongestRecord.
std::size_t number(const Json& json, const std::string& where, const char* key, std::size_t least) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_unsigned() || *found < least ||
        *found > kLongestRecord)
        refuse(
            where + "/" + key + " is a number from " + std::to_string(least) + " to " +
            std::to_string(kLongestRecord)
        );
    return found->get<std::size_t>();
}

FixedColumn read_column(const Json& json, const std::string& where) {
    check_keys(json, "/fixed_width" + where, {"name", "start", "width", "pad", "fill", "trim"});
    FixedColumn column;
    column.name = required_text(json, "/fixed_width" + where, "name");
    column.start = number(json, where, "start", 1);
    column.width = number(json, where, "width", 1);
    const std::string pad = text_or(json, "pad", "right");
    if (pad != "right" && pad != "left") refuse(where + "/pad can only be \"right\" or \"left\"");
    column.pad = pad == "left" ? Pad::Left : Pad::Right;
    const std::string fill = text_or(json, "fill", " ");
    if (fill.size() != 1 || static_cast<unsigned char>(fill[0]) < ' ')
        refuse(where + "/fill is one character of ASCII");
    column.fill = fill[0];
    const auto trim = json.find("trim");
    if (trim != json.end() && !trim->is_boolean()) refuse(where + "/trim is true or false");
    column.trim = trim == json.end() || trim->get<bool>();
    return column;
}

/// In the order of their places; none may lie over another, or none could be written.
void sort_and_check(std::vector<FixedColumn>& columns) {
    std::sort(columns.begin(), columns.end(), [](const auto& left, const auto& right) {
        return left.start < right.start;
    });
    std::set<std::string> names;
    std::size_t free = 1;
    for (const FixedColumn& column : columns) {
        if (!names.insert(column.name).second)
            refuse("/columns has two of the name \"" + column.name + "\"");
        if (column.start < free)
            refuse("/columns: \"" + column.name + "\" begins within the column before it");
        free = column.start + column.width;
    }
}

Trailer read_trailer(const Json& json) {
    check_keys(json, "/fixed_width/trailer", {"prefix", "count"});
    Trailer trailer;
    trailer.prefix = required_text(json, "/fixed_width/trailer", "prefix");
    if (!json.contains("count")) return trailer;
    check_keys(json["count"], "/fixed_width/trailer/count", {"start", "width"});
    trailer.count_start = number(json["count"], "/trailer/count", "start", 1);
    trailer.count_width = number(json["count"], "/trailer/count", "width", 1);
    if (trailer.count_start <= trailer.prefix.size())
        refuse("/trailer/count begins within the prefix");
    return trailer;
}

}  // namespace

FixedLayout read_layout(const Json& json) {
    check_keys(
        json,
        "/fixed_width",
        {"encoding", "columns", "length", "skip_lines", "skip_prefixes", "trailer"}
    );
    FixedLayout layout;
    const auto columns = json.find("columns");
    if (columns == json.end() || !columns->is_array() || columns->empty())
        refuse("/columns is a list of columns");
    for (std::size_t i = 0; i < columns->size(); ++i)
        layout.columns.push_back(read_column((*columns)[i], "/columns/" + std::to_string(i)));
    sort_and_check(layout.columns);
    const FixedColumn& last = layout.columns.back();
    layout.length = last.start + last.width - 1;
    if (json.contains("length")) layout.length = number(json, "", "length", layout.length);
    if (layout.length > kLongestRecord)
        refuse("/columns: a record has at most " + std::to_string(kLongestRecord) + " characters");
    if (json.contains("skip_lines")) layout.skip_lines = number(json, "", "skip_lines", 0);
    try {
        layout.skip_prefixes = json.value("skip_prefixes", std::vector<std::string>{});
    } catch (const Json::exception&) {
        refuse("/skip_prefixes is a list of texts");
    }
    for (const std::string& prefix : layout.skip_prefixes) {
        if (prefix.empty()) refuse("/skip_prefixes holds an empty text, which begins every line");
    }
    if (json.contains("trailer")) layout.trailer = read_trailer(json["trailer"]);
    return layout;
}

}  // namespace files
