// Customers in CSV files that arrive in a folder; corrections are left as CSV files in another one.
// Writing is deferred: whether a correction was taken shows in a later file.

#include "csv.hpp"
#include "folder.hpp"
#include "manifest.hpp"
#include "syncline/settings.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using files::CsvRow;

struct Settings {
    std::string read_folder, pattern, done;
    std::string write_folder, write_name;
    files::Dialect dialect;
    std::string encoding = "UTF-8";
    bool has_header = true;
    std::vector<std::string> columns;  ///< of files without a header
    std::string key;
};

char single_character(const Json& settings, const char* name, char otherwise) {
    const std::string text = text_or(settings, name, std::string(1, otherwise));
    if (text.size() == 1) return text[0];
    throw Failure(SYNCLINE_E_CONFIG, std::string("settings/csv/") + name + " is one character");
}

/// A line end or one sign for both would leave no way to tell where a cell ends.
void check_dialect(const files::Dialect& dialect) {
    constexpr std::string_view kTaken("\r\n\0", 3);
    const bool taken = kTaken.find(dialect.delimiter) != std::string_view::npos ||
                       kTaken.find(dialect.quote) != std::string_view::npos;
    if (taken || dialect.delimiter == dialect.quote)
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings/csv/delimiter and settings/csv/quote are two different characters, and no "
            "line ends"
        );
}

/// The name by which Poco knows an encoding.
std::string encoding_named(const std::string& name) {
    if (name == "utf-8") return "UTF-8";
    for (const char* known : {"windows-1252", "iso-8859-1", "iso-8859-15"}) {
        if (name == known) return name;
    }
    throw Failure(
        SYNCLINE_E_CONFIG,
        "settings/csv/encoding has no \"" + name +
            "\"; there are utf-8, windows-1252, iso-8859-1, iso-8859-15"
    );
}

Settings read_settings(const Json& json) {
    check_keys(json, "", {"read", "write", "csv", "columns", "key"});
    Settings settings;
    const Json read = json.value("read", Json::object());
    check_keys(read, "/read", {"folder", "pattern", "kind", "done"});
    settings.read_folder = required_text(read, "/read", "folder");
    settings.pattern = required_text(read, "/read", "pattern");
    settings.done = text_or(read, "done", "done");
    if (text_or(read, "kind", "snapshot") != "snapshot")
        throw Failure(SYNCLINE_E_CONFIG, "settings/read/kind can only be \"snapshot\"");
    if (settings.done.empty() || settings.done.find('/') != std::string::npos)
        throw Failure(SYNCLINE_E_CONFIG, "settings/read/done is the name of a folder");
    if (json.contains("write")) {
        check_keys(json["write"], "/write", {"folder", "name"});
        settings.write_folder = required_text(json["write"], "/write", "folder");
        settings.write_name = text_or(json["write"], "name", "corrections-{utc}-{sequence}.csv");
    }
    const Json csv = json.value("csv", Json::object());
    check_keys(csv, "/csv", {"delimiter", "quote", "encoding", "header"});
    settings.dialect.delimiter = single_character(csv, "delimiter", ',');
    settings.dialect.quote = single_character(csv, "quote", '"');
    check_dialect(settings.dialect);
    settings.encoding = encoding_named(text_or(csv, "encoding", "utf-8"));
    try {
        settings.has_header = csv.value("header", true);
        settings.columns = json.value("columns", std::vector<std::string>{});
    } catch (const Json::exception&) {
        throw Failure(
            SYNCLINE_E_CONFIG,
            "settings/csv/header is true or false, settings/columns a list of column names"
        );
    }
    if (!settings.has_header && settings.columns.empty())
        throw Failure(SYNCLINE_E_CONFIG, "files without a header need settings/columns");
    settings.key = required_text(json, "", "key");
    const bool known = std::find(settings.columns.begin(), settings.columns.end(), settings.key) !=
                       settings.columns.end();
    if (!settings.has_header && !known)
        throw Failure(
            SYNCLINE_E_CONFIG, "settings/columns has no \"" + settings.key + "\", the key"
        );
    return settings;
}

/// Rows of one file as records.
class Snapshot {
public:
    Snapshot(const Settings& settings, const std::filesystem::path& file)
        : settings_(settings),
          name_(file.filename().string()),
          bytes_(files::read_bytes(file)),
          reader_(bytes_, settings.dialect),
          columns_(settings.columns) {
        if (settings.has_header) read_header();
        key_ = std::find(columns_.begin(), columns_.end(), settings.key) - columns_.begin();
        if (static_cast<std::size_t>(key_) == columns_.size())
            throw Failure(
                SYNCLINE_E_INVALID, name_ + ": there is no column \"" + settings.key + "\""
            );
    }

    /// The next record; one with a problem for a row that cannot be read.
    std::optional<Record> next() {
        auto row = reader_.next();
        if (!row) return std::nullopt;
        const std::string place = name_ + ":" + std::to_string(row->line);
        std::string problem = row->problem;
        if (problem.empty() && row->cells.size() != columns_.size())
            problem = "it has " + std::to_string(row->cells.size()) + " cells, the header has " +
                      std::to_string(columns_.size());
        for (std::size_t i = 0; problem.empty() && i < columns_.size(); ++i) {
            auto text = files::decoded(row->cells[i], settings_.encoding);
            if (text)
                row->cells[i] = *std::move(text);
            else
                problem = "column " + columns_[i] + " is not well-formed " + settings_.encoding;
        }
        const std::string id = problem.empty() ? row->cells[static_cast<std::size_t>(key_)] : "";
        if (problem.empty() && id.empty()) problem = "the column " + settings_.key + " is empty";
        if (problem.empty() && !seen_.insert(id).second)
            problem = "another row of this file has the same " + settings_.key;
        if (!problem.empty()) return Record::unreadable(place, place + ": " + problem);
        return record_of(id, *row);
    }

private:
    void read_header() {
        const auto header = reader_.next();
        if (!header || !header->problem.empty())
            throw Failure(SYNCLINE_E_INVALID, name_ + ": the first line is no header");
        columns_ = header->cells;
        for (std::string& column : columns_) {
            auto text = files::decoded(column, settings_.encoding);
            if (!text)
                throw Failure(
                    SYNCLINE_E_INVALID, name_ + ": the header is not " + settings_.encoding
                );
            column = *std::move(text);
        }
        const std::set<std::string> distinct(columns_.begin(), columns_.end());
        if (distinct.size() != columns_.size())
            throw Failure(SYNCLINE_E_INVALID, name_ + ": two columns have the same name");
    }

    Record record_of(const std::string& id, const CsvRow& row) const {
        Record record;
        record.id = id;
        record.data = Json::object();
        for (std::size_t i = 0; i < columns_.size(); ++i)
            record.data[columns_[i]] = row.cells[i];
        Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
        hash.update(record.data.dump());
        constexpr std::size_t kHexDigits = 32;
        record.version = Poco::DigestEngine::digestToHex(hash.digest()).substr(0, kHexDigits);
        return record;
    }

    const Settings& settings_;
    const std::string name_;
    const std::string bytes_;
    files::CsvReader reader_;
    std::vector<std::string> columns_;
    std::ptrdiff_t key_ = 0;
    std::set<std::string> seen_;
};

class FilesConnector final : public Connector {
public:
    FilesConnector(Call&, const Json& settings) : settings_(read_settings(settings)) {}

    void check(Call&) override {
        files::matching_files(settings_.read_folder, settings_.pattern);
        if (!settings_.write_folder.empty()) files::matching_files(settings_.write_folder, "*");
    }

    Json discover(Call&) override {
        const Json customer{
            {"entity", "customer"},
            {"primary_key", settings_.key},
            {"version", "opaque"},
            {"write", settings_.write_folder.empty() ? "none" : "deferred"},
            {"conditional_write", false},
            {"lookup", false},
            {"listing", "partial"},
            {"incremental", false},
            {"create_id", "assigned"},
            {"max_batch", 1'000},
            {"fields", Json::array()}};
        return Json{{"entities", Json::array({customer})}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        for (const auto& file : files::matching_files(settings_.read_folder, settings_.pattern)) {
            read_file(call, request, file, out);
            out.checkpoint(Json{{"v", 1}, {"file", file.filename().string()}});
            // Durable now: only now may the file go.
            if (!request.peek) files::move_to(file, settings_.done);
        }
        out.checkpoint(Json{{"v", 1}});
    }

    void write(
        Call& call, const std::string&, std::span<const WriteItem> items, const WriteOut& out
    ) override {
        if (settings_.write_folder.empty())
            throw Failure(SYNCLINE_E_UNSUPPORTED, "settings/write names no folder for corrections");
        const std::vector<std::string> columns = columns_of(items);
        std::string bytes = line_of(columns);
        std::vector<std::size_t> taken;
        for (std::size_t i = 0; i < items.size(); ++i) {
            syncline_error error{};
            error.struct_size = sizeof error;
            const auto status =
                guard(&error, [&] { bytes += line_of(cells_of(items[i], columns)); });
            if (status == SYNCLINE_OK)
                taken.push_back(i);
            else
                out.failed(i, error);
        }
        if (taken.empty()) return;
        try {
            files::write_bytes(
                files::free_name(settings_.write_folder, settings_.write_name, call.now_unix_ms()),
                bytes
            );
        } catch (Failure& failure) {
            failure.flags |= SYNCLINE_EF_NOT_ATTEMPTED;
            throw;
        }
        for (const std::size_t i : taken)
            out.stored(i, Written{items[i].id, "", std::nullopt});
    }

private:
    void read_file(
        Call& call,
        const ReadRequest& request,
        const std::filesystem::path& file,
        const ReadOut& out
    ) const {
        try {
            Snapshot snapshot(settings_, file);
            std::vector<Record> page;
            while (auto record = snapshot.next()) {
                call.throw_if_cancelled();
                page.push_back(*std::move(record));
                if (page.size() < request.max_batch) continue;
                out.emit(page);
                page.clear();
            }
            out.emit(page);
        } catch (const Failure& failure) {
            // A file that is no table at all is set aside as one bad record; the next one is read.
            if (failure.status != SYNCLINE_E_INVALID) throw;
            out.emit(Record::unreadable(file.filename().string(), failure.message));
        }
    }

    /// The key, then every column that some correction has.
    std::vector<std::string> columns_of(std::span<const WriteItem> items) const {
        std::set<std::string> names;
        for (const WriteItem& item : items) {
            for (const auto& [name, value] : item.data.items())
                names.insert(name);
        }
        names.erase(settings_.key);
        std::vector<std::string> columns{settings_.key};
        columns.insert(columns.end(), names.begin(), names.end());
        return columns;
    }

    std::vector<std::string> cells_of(
        const WriteItem& item, const std::vector<std::string>& columns
    ) const {
        if (item.op == SYNCLINE_OP_DELETE)
            throw Failure(SYNCLINE_E_UNSUPPORTED, "a correction cannot delete a record");
        if (item.op != SYNCLINE_OP_UPDATE || item.id.empty())
            throw Failure(
                SYNCLINE_E_INVALID, "corrections are for records the other side has numbered"
            );
        std::vector<std::string> cells;
        for (const std::string& column : columns) {
            const auto found = item.data.find(column);
            if (column == settings_.key)
                cells.push_back(item.id);
            else if (found == item.data.end() || found->is_null())
                cells.emplace_back();
            else
                cells.push_back(found->is_string() ? found->get<std::string>() : found->dump());
            if (!files::encoded(cells.back(), settings_.encoding))
                throw Failure(
                    SYNCLINE_E_INVALID,
                    "it has a character that " + settings_.encoding + " lacks",
                    column
                );
        }
        return cells;
    }

    /// One line of a file, in its encoding.
    std::string line_of(const std::vector<std::string>& cells) const {
        const auto line =
            files::encoded(files::csv_line(cells, settings_.dialect), settings_.encoding);
        if (!line) throw Failure(SYNCLINE_E_INVALID, "a name has a character the encoding lacks");
        return *line;
    }

    const Settings settings_;
};

}  // namespace

SYNCLINE_CONNECTOR(FilesConnector, kManifest, SYNCLINE_CAP_READ | SYNCLINE_CAP_WRITE)
