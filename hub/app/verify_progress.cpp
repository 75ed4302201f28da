#include "app/verify_progress.hpp"

#include "base/bytes.hpp"
#include "codec/json.hpp"

#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

/// One character a field, in the mapping's order.
char code_of(sync::Parity parity) {
    switch (parity) {
        case sync::Parity::Equal:
            return '=';
        case sync::Parity::Transformed:
            return '~';
        case sync::Parity::Unspoken:
            return '-';
        default:
            return '?';
    }
}

std::optional<sync::Parity> parity_of(char code) {
    for (const auto parity :
         {sync::Parity::Equal, sync::Parity::Transformed, sync::Parity::Unspoken}) {
        if (code_of(parity) == code) return parity;
    }
    return std::nullopt;
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The first line: for what the rest holds.
std::string head_of(Workspace& workspace) {
    std::string configuration = content_of(workspace.places().folder / "hub.json");
    for (const SystemSetting& system : workspace.hub().systems)
        configuration += content_of(system.file);
    const auto hash = workspace.vault().keyed_hash("verify", bytes_of(configuration));
    return codec::to_line(Json{
        {"verify", 1}, {"hub", workspace.hub().id}, {"configuration", to_hex(hash)}});
}

/// Nothing when the line is not one of ours, as the last one of a process that was killed.
std::optional<sync::RecordVerdict> read_record(const Json& row, const sync::SystemRules& system) {
    const auto codes = row.at(2).get<std::string>();
    const auto& fields = system.mapping->fields();
    if (codes.size() != fields.size()) return std::nullopt;
    sync::RecordVerdict record;
    record.remote_id = RemoteId{row.at(0).get<std::string>()};
    record.at = from_unix_ms(row.at(1).get<std::int64_t>());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto parity = parity_of(codes[i]);
        if (!parity) return std::nullopt;
        record.fields.push_back({fields[i].field, *parity, {}, {}});
    }
    return record;
}

}  // namespace

VerifyProgress::VerifyProgress(Workspace& workspace, const sync::Rules& rules, bool resume)
    : file_(workspace.places().verify_progress()) {
    const std::string head = head_of(workspace);
    if (resume) read(head, rules);
    const bool goes_on = !proved_.empty();
    out_.open(file_, std::ios::binary | (goes_on ? std::ios::app : std::ios::trunc));
    out_ << (goes_on ? "" : head) << '\n' << std::flush;
}

void VerifyProgress::read(const std::string& head, const sync::Rules& rules) {
    std::ifstream in(file_, std::ios::binary);
    std::string line;
    if (!std::getline(in, line) || line != head) return;
    while (std::getline(in, line)) {
        const auto parsed = codec::parse_json(line);
        if (!parsed) continue;
        try {
            const SystemId system{parsed->at("system").get<std::string>()};
            const sync::SystemRules* known = rules.find(system);
            if (known == nullptr) continue;
            for (const Json& row : parsed->at("equal")) {
                if (auto record = read_record(row, *known)) {
                    const RemoteId id = record->remote_id;
                    proved_[system].insert_or_assign(id, *std::move(record));
                }
            }
        } catch (const Json::exception&) {
            continue;
        }
    }
}

const VerifyProgress::Proved& VerifyProgress::proved_in(const SystemId& system) const {
    static const Proved kNone;
    const auto found = proved_.find(system);
    return found == proved_.end() ? kNone : found->second;
}

std::size_t VerifyProgress::count() const {
    std::size_t count = 0;
    for (const auto& [system, records] : proved_)
        count += records.size();
    return count;
}

void VerifyProgress::add(const SystemId& system, std::span<const sync::RecordVerdict> page) {
    Json equal = Json::array();
    for (const sync::RecordVerdict& record : page) {
        if (sync::class_of(record) != sync::ParityClass::Equal) continue;
        std::string codes;
        for (const sync::FieldVerdict& field : record.fields)
            codes += code_of(field.parity);
        equal.push_back(Json::array({record.remote_id.text(), to_unix_ms(record.at), codes}));
    }
    if (equal.empty()) return;
    Json line{{"system", system.text()}};
    line["equal"] = std::move(equal);
    out_ << codec::to_line(line) << '\n' << std::flush;
}

void VerifyProgress::remove() {
    out_.close();
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

}  // namespace syncline::app
