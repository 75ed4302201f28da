// Customers in files that arrive in a folder; corrections are left as files in another one.
// Writing is deferred: whether a correction was taken shows in a later file.

#include "arrivals.hpp"
#include "corrections.hpp"
#include "folder.hpp"
#include "manifest.hpp"
#include "records.hpp"
#include "settings.hpp"
#include "sftp_folder.hpp"

#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

using namespace syncline::sdk;
using files::Entry;
using files::Settings;
using files::Use;

/// How far deltas were taken in: what comes later and is older is refused.
class Position {
public:
    Position(const Json& cursor, const files::ReadSettings& settings) : settings_(settings) {
        if (settings.content != files::Content::Delta || !cursor.is_object()) return;
        const auto name = cursor.find("name");
        const auto time = cursor.find("time");
        if (name != cursor.end() && name->is_string()) name_ = name->get<std::string>();
        if (time != cursor.end() && time->is_number_integer()) time_ = time->get<std::int64_t>();
    }
    bool is_after(const Entry& entry) const {
        if (settings_.content != files::Content::Delta || name_.empty()) return false;
        return settings_.order == files::Order::Time ? entry.look.modified_ns < time_
                                                     : entry.name < name_;
    }
    void advance(const Entry& entry) {
        name_ = entry.name;
        time_ = entry.look.modified_ns;
    }
    const std::string& name() const { return name_; }
    Json cursor() const {
        Json cursor{{"v", 1}};
        if (settings_.content != files::Content::Delta || name_.empty()) return cursor;
        cursor["name"] = name_;
        cursor["time"] = time_;
        return cursor;
    }

private:
    const files::ReadSettings& settings_;
    std::string name_;
    std::int64_t time_ = 0;
};

class FilesConnector final : public Connector {
public:
    FilesConnector(Call&, const Json& settings)
        : settings_(files::read_settings(settings)),
          in_(folder_of(settings_.read.place)),
          arrivals_(settings_.read, *in_) {
        if (settings_.write) out_ = folder_of(settings_.write->place);
    }

    void check(Call& call) override {
        for (files::Folder* folder : {in_.get(), out_.get()}) {
            if (folder == nullptr) continue;
            const Use use(*folder, call);
            folder->list(call);
        }
    }

    Json discover(Call&) override {
        Json fields = Json::array();
        for (const std::string& column : settings_.columns) {
            if (settings_.read.operation && settings_.read.operation->column == column) continue;
            fields.push_back(Json{{"name", column}});
        }
        if (settings_.layout) {
            for (Json& field : fields)
                field["max_characters"] = width_of(field["name"].get<std::string>());
        }
        const Json customer{
            {"entity", "customer"},
            {"primary_key", settings_.key},
            {"version", "opaque"},
            {"write", settings_.write ? "deferred" : "none"},
            {"conditional_write", false},
            {"lookup", false},
            {"listing", "partial"},
            {"incremental", false},
            {"create_id", "assigned"},
            {"max_batch", 1'000},
            {"fields", fields}};
        return Json{{"entities", Json::array({customer})}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        const Use use(*in_, call);
        Position position(request.cursor, settings_.read);
        std::unordered_set<std::string> deleted;  // in this reading
        for (const Entry& entry : arrivals_.whole_files(call)) {
            if (!read_file(call, request, entry, position, deleted, out)) break;
            out.checkpoint(position.cursor());
            // Durable now: only now may the file go.
            if (!request.peek) arrivals_.put_away(call, entry);
        }
        out.checkpoint(position.cursor());
    }

    void write(
        Call& call, const std::string&, std::span<const WriteItem> items, const WriteOut& out
    ) override {
        if (!settings_.write)
            throw Failure(SYNCLINE_E_UNSUPPORTED, "settings/write names no folder for corrections");
        files::Corrections corrections(settings_, items);
        std::vector<std::size_t> taken;
        for (std::size_t i = 0; i < items.size(); ++i) {
            syncline_error error{};
            error.struct_size = sizeof error;
            if (guard(&error, [&] { corrections.add(items[i]); }) == SYNCLINE_OK)
                taken.push_back(i);
            else
                out.failed(i, error);
        }
        if (corrections.is_empty()) return;
        leave(call, corrections.bytes());
        for (const std::size_t i : taken)
            out.stored(i, Written{items[i].id, "", std::nullopt});
    }

private:
    std::unique_ptr<files::Folder> folder_of(const files::Place& place) const {
        return place.is_remote ? files::sftp_folder(*settings_.sftp, place.folder)
                               : files::local_folder(place.folder);
    }

    std::size_t width_of(const std::string& name) const {
        for (const files::FixedColumn& column : settings_.layout->columns) {
            if (column.name == name) return column.width;
        }
        return 0;
    }

    void leave(const Call& call, const std::string& bytes) {
        try {
            const Use use(*out_, call);
            out_->write(
                call, files::free_name(*out_, settings_.write->name, call.now_unix_ms()), bytes
            );
        } catch (Failure& failure) {
            if (failure.status != SYNCLINE_E_IN_DOUBT) failure.flags |= SYNCLINE_EF_NOT_ATTEMPTED;
            throw;
        }
    }

    /// Hands over what is in a file. False when nothing was taken of it in this reading.
    bool read_file(
        const Call& call,
        const ReadRequest& request,
        const Entry& entry,
        Position& position,
        std::unordered_set<std::string>& deleted,
        const ReadOut& out
    ) const {
        try {
            refuse_whole(entry, position);
            auto bytes = in_->read(call, entry);
            if (!bytes) return false;  // replaced meanwhile: the next reading sees what it is now
            files::FileRecords records(settings_, entry.name, *std::move(bytes));
            // A record that comes back after its deletion has to be read after it.
            if (records.names_any_of(deleted)) return false;
            std::vector<Record> page;
            while (auto record = records.next()) {
                call.throw_if_cancelled();
                if (record->problem.empty() && record->data.is_null()) deleted.insert(record->id);
                page.push_back(*std::move(record));
                if (page.size() < request.max_batch) continue;
                out.emit(page);
                page.clear();
            }
            out.emit(page);
            position.advance(entry);
        } catch (const Failure& failure) {
            // A file that is no table at all is set aside as one bad record; the next one is read.
            if (failure.status != SYNCLINE_E_INVALID) throw;
            out.emit(Record::unreadable(entry.name, failure.message));
        }
        return true;
    }

    void refuse_whole(const Entry& entry, const Position& position) const {
        if (position.is_after(entry))
            throw Failure(
                SYNCLINE_E_INVALID,
                entry.name + ": " + position.name() +
                    ", which comes after it, was taken in already; if its changes still hold, put "
                    "it back under a later name"
            );
        if (entry.look.size > settings_.limits.file)
            throw Failure(
                SYNCLINE_E_INVALID,
                entry.name + ": it has " + std::to_string(entry.look.size) +
                    " bytes, and settings/limits/file allows " +
                    std::to_string(settings_.limits.file)
            );
    }

    const Settings settings_;
    const std::unique_ptr<files::Folder> in_;
    std::unique_ptr<files::Folder> out_;
    files::Arrivals arrivals_;
};

}  // namespace

SYNCLINE_CONNECTOR(
    FilesConnector, kManifest, SYNCLINE_CAP_READ | SYNCLINE_CAP_WRITE | SYNCLINE_CAP_DELETES
)
