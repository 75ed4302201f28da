#include "codec/lookup_table.hpp"

#include "base/text.hpp"
#include "codec/json.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>

namespace syncline::codec {
namespace {

constexpr JsonLimits kLimits{std::size_t{4} << 20U, 4};

struct Row {
    std::string remote;
    std::string own;
    bool primary = false;
    std::string place;  ///< "line 7" or "row 7", for messages
};

class LookupFile {
public:
    explicit LookupFile(const std::filesystem::path& path) : path_(path) {}

    Result<LookupTable> read();

private:
    Error invalid(std::string detail, std::size_t line = 0) const {
        std::string where = path_.string();
        if (line != 0) where += ":" + std::to_string(line);
        return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, std::move(where), std::move(detail)};
    }
    Result<void> read_csv(std::string_view text);
    Result<void> read_json(std::string_view text);
    Result<LookupTable> ordered() const;

    std::filesystem::path path_;
    std::vector<Row> rows_;
};

/// The cells of one line of CSV. Nothing when its quotes do not fit.
std::optional<std::vector<std::string>> cells_of(std::string_view line) {
    std::vector<std::string> cells(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == ',') {
            cells.emplace_back();
        } else if (line[i] != '"') {
            cells.back() += line[i];
        } else {
            if (!cells.back().empty()) return std::nullopt;
            for (++i;; ++i) {
                if (i >= line.size()) return std::nullopt;
                const bool quote = line[i] == '"';
                if (quote && (i + 1 == line.size() || line[i + 1] != '"')) break;
                if (quote) ++i;
                cells.back() += line[i];
            }
            if (i + 1 < line.size() && line[i + 1] != ',') return std::nullopt;
        }
    }
    for (std::string& cell : cells)
        cell = std::string(trimmed(cell));
    return cells;
}

Result<void> LookupFile::read_csv(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t columns = 0;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (trimmed(line).empty() && columns != 0) continue;
        auto cells = cells_of(line);
        if (!cells)
            return invalid(
                "the quotes of this line do not fit; a cell with a comma or a quote is written "
                "\"a, \"\"b\"\"\"",
                number
            );
        if (columns == 0) {
            columns = cells->size();
            std::vector<std::string> header{"remote", "own", "primary"};
            header.resize(std::clamp<std::size_t>(columns, 2, 3));
            if (*cells != header)
                return invalid(
                    "the first line of the file of a lens lookup is \"remote,own\" or "
                    "\"remote,own,primary\"",
                    number
                );
            continue;
        }
        if (cells->size() < 2 || cells->size() > columns)
            return invalid(
                "this line has " + std::to_string(cells->size()) +
                    " cells, and the first one has " + std::to_string(columns),
                number
            );
        const std::string mark = cells->size() == 3 ? (*cells)[2] : "";
        if (!mark.empty() && mark != "primary")
            return invalid("the column primary holds \"primary\" or nothing", number);
        rows_.push_back(
            {std::move((*cells)[0]),
             std::move((*cells)[1]),
             !mark.empty(),
             "line " + std::to_string(number)}
        );
    }
    return {};
}

Result<void> LookupFile::read_json(std::string_view text) {
    const auto json = parse_json_with_comments(text, kLimits);
    if (!json) return invalid("not JSON with comments: " + json.error().detail);
    if (!json->is_object()) return invalid("an object of remote to own text is expected");
    for (const auto& [remote, body] : json->items()) {
        Row row{remote, "", false, "\"" + remote + "\""};
        const Json* own = &body;
        if (body.is_object()) {
            const bool known = body.contains("own") &&
                               (body.size() == 1 || (body.size() == 2 && body.contains("primary") &&
                                                     body["primary"].is_boolean()));
            if (!known)
                return invalid(
                    row.place +
                    " has an object with other keys than own, a text, and primary, "
                    "true or false"
                );
            own = &body["own"];
            row.primary = body.size() == 2 && body["primary"].get<bool>();
        }
        if (!own->is_string()) return invalid(row.place + " does not stand for a text");
        row.own = own->get<std::string>();
        rows_.push_back(std::move(row));
    }
    return {};
}

/// The primary rows before the others, once it is sure which is written for each own text.
Result<LookupTable> LookupFile::ordered() const {
    if (rows_.empty()) return invalid("the file of a lens lookup has no rows");
    std::map<std::string_view, const Row*> remotes;
    std::map<std::string_view, std::vector<const Row*>> owns;
    for (const Row& row : rows_) {
        if (row.own.empty())
            return invalid(
                row.place + " has no own text; a remote text that says nothing belongs to null_as"
            );
        const auto [other, is_new] = remotes.emplace(row.remote, &row);
        if (!is_new)
            return invalid(
                "\"" + row.remote + "\" stands in " + other->second->place + " and again in " +
                row.place + "; keep one of them"
            );
        owns[row.own].push_back(&row);
    }
    for (const auto& [own, rows] : owns) {
        const auto marked =
            std::count_if(rows.begin(), rows.end(), [](const Row* row) { return row->primary; });
        if (rows.size() == 1 || marked == 1) continue;
        return invalid(
            "\"" + std::string(own) + "\" is the own text of " + rows[0]->place + " and of " +
            rows[1]->place + "; mark as primary the one that the hub writes"
        );
    }
    LookupTable table;
    for (const bool primary : {true, false}) {
        for (const Row& row : rows_) {
            if (row.primary == primary) table.emplace_back(row.remote, row.own);
        }
    }
    return table;
}

Result<LookupTable> LookupFile::read() {
    std::error_code ignored;
    std::ifstream in(path_, std::ios::binary);
    if (!in || std::filesystem::is_directory(path_, ignored))
        return invalid(
            "the file of a lens lookup cannot be read; its path starts at the folder of the "
            "system's "
            "file"
        );
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (text.size() > kLimits.bytes) return invalid("the file of a lens lookup is above 4 MiB");
    if (!is_utf8(text)) return invalid("the file of a lens lookup is not well-formed UTF-8");
    if (auto done = path_.extension() == ".json" ? read_json(text) : read_csv(text); !done)
        return done.error();
    return ordered();
}

}  // namespace

Result<LookupTable> read_lookup_table(const std::filesystem::path& path) {
    return LookupFile(path).read();
}

}  // namespace syncline::codec
