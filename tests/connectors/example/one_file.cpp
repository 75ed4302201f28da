// Customers in one JSON file: { "17": { "name": "An Mees", "city": "Gent" } }

#include "manifest.hpp"  // kManifest, made from manifest.json by syncline_add_connector
#include "syncline/settings.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace syncline::sdk;

class OneFile final : public Connector {
public:
    // Looks at the settings, touches nothing else. A misspelt setting is refused.
    OneFile(Call&, const Json& settings) {
        check_keys(settings, "", {"file"});
        file_ = required_text(settings, "", "file");
    }

    void check(Call&) override { load(); }

    Json discover(Call&) override {
        const Json customer{
            {"entity", "customer"},
            {"version", "opaque"},  // a hash of the record: equal or not, never older or newer
            {"write", "immediate"},
            {"conditional_write", true},  // write_one compares before it writes
            {"lookup", true},
            {"listing", "complete"},  // read hands over every customer there is
            {"create_id", "derived"}};
        return Json{{"entities", Json::array({customer})}};
    }

    void read(Call& call, const ReadRequest& request, const ReadOut& out) override {
        const Json customers = load();
        std::vector<Record> page;
        for (const auto& [id, data] : customers.items()) {
            call.throw_if_cancelled();
            page.push_back(record(id, data));
            if (page.size() < request.max_batch) continue;
            out.emit(page);
            page.clear();
        }
        out.emit(page);
        out.checkpoint(Json{{"v", 1}});
    }

    void lookup(Call&, const std::string&, const Json& keys, const ReadOut& out) override {
        const Json customers = load();
        // "create" asks what an earlier try made: here it would bear the key of that try.
        auto ids = keys.value("ids", std::vector<std::string>{});
        if (keys.contains("create")) ids = {keys["create"].value("idempotency_key", "")};
        for (const std::string& id : ids)
            out.emit(customers.contains(id) ? record(id, customers[id]) : Record::gone(id));
    }

    Written write_one(Call&, const std::string&, const WriteItem& item) override {
        Json customers = load();
        const bool is_new = item.op == SYNCLINE_OP_CREATE;
        const std::string id = is_new ? item.idempotency_key : item.id;
        if (!is_new) {
            if (!customers.contains(id))
                throw Failure(SYNCLINE_E_NOT_FOUND, "there is no such customer");
            if (!item.if_version.empty() && item.if_version != record(id, customers[id]).version)
                throw Failure(SYNCLINE_E_CONFLICT, "the customer was changed meanwhile");
        }
        // Present and null clears, absent keeps.
        customers[id].update(is_new ? item.data : item.patch);
        store(customers);
        const Record stored = record(id, customers[id]);
        return {stored.id, stored.version, stored.data};
    }

private:
    static Record record(const std::string& id, const Json& data) {
        if (!data.is_object()) return Record::unreadable(id, "a customer must be an object");
        Record made;
        made.id = id;
        made.version = std::to_string(std::hash<std::string>{}(data.dump()));
        made.data = data;
        return made;
    }

    Json load() const {
        std::ifstream in(file_);
        if (!in) throw Failure(SYNCLINE_E_CONFIG, "there is no file " + file_);
        Json customers = Json::parse(in, nullptr, /*allow_exceptions=*/false);
        if (!customers.is_object())
            throw Failure(SYNCLINE_E_TRANSIENT, file_ + " does not hold a JSON object");
        return customers;
    }

    // Whole or not at all: a failure here proves that nothing was written.
    void store(const Json& customers) const {
        const std::string partial = file_ + ".part";
        std::error_code failed;
        std::ofstream out(partial);
        out << customers.dump(2) << '\n';
        out.close();
        if (out) std::filesystem::rename(partial, file_, failed);
        if (!out || failed) throw Failure(SYNCLINE_E_TRANSIENT, file_ + " cannot be written");
    }

    std::string file_;
};

}  // namespace

SYNCLINE_CONNECTOR(OneFile, kManifest, SYNCLINE_CAP_READ | SYNCLINE_CAP_WRITE | SYNCLINE_CAP_LOOKUP)
