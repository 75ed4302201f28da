// Files of a partner, as the settings in the first line describe them: rows become records or are
// set aside, and what was read can be written back.

#include "corrections.hpp"
#include "fuzz/fuzz.hpp"
#include "records.hpp"
#include "settings.hpp"
#include "syncline/connector.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace syncline;
using sdk::Failure;
using sdk::Json;
using sdk::Record;

/// What `action` makes; nothing when it refuses in words that can be shown.
template <class Action>
auto unless_refused(syncline_status status, Action action) -> std::optional<decltype(action())> {
    try {
        return action();
    } catch (const Failure& failure) {
        SYNCLINE_ASSERT(failure.status == status);
        SYNCLINE_ASSERT(!failure.message.empty());
        return std::nullopt;
    }
}

std::vector<Record> records_of(const files::Settings& settings, const std::string& bytes) {
    std::vector<Record> records;
    files::FileRecords file(settings, "file.csv", bytes);
    while (auto record = file.next()) {
        SYNCLINE_ASSERT(!record->id.empty() && is_utf8(record->id));
        SYNCLINE_ASSERT(is_utf8(record->problem));
        if (record->data.is_object()) {
            for (const auto& [name, value] : record->data.items())
                SYNCLINE_ASSERT(is_utf8(name) && is_utf8(value.template get<std::string>()));
        }
        records.push_back(*std::move(record));
    }
    return records;
}

sdk::WriteItem correction_of(const Record& record) {
    sdk::WriteItem item;
    item.id = record.id;
    item.data = record.data;
    return item;
}

/// A record that was read and is written is read again as the same.
void check_written(const files::Settings& settings, const Record& record) {
    // At the beginning of a file without a header it would be taken for a byte order mark.
    if (!settings.columns.empty() && record.data.dump().find("\xEF\xBB\xBF") != std::string::npos)
        return;
    const std::vector<sdk::WriteItem> items{correction_of(record)};
    const auto bytes = unless_refused(SYNCLINE_E_INVALID, [&] {
        files::Corrections corrections(settings, items);
        corrections.add(items[0]);
        return corrections.bytes();
    });
    if (!bytes) return;
    // A layout may skip what begins so, or hold less than the file that is written for it.
    const auto again =
        unless_refused(SYNCLINE_E_INVALID, [&] { return records_of(settings, *bytes); });
    if (!again || again->size() != 1 || !again->front().problem.empty()) return;
    SYNCLINE_ASSERT(again->front().id == record.id);
    for (const auto& [name, value] : record.data.items())
        SYNCLINE_ASSERT(again->front().data.at(name) == value);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const Json json = sdk::parse_outside(input.line());
    if (!json.is_object()) return 0;
    const auto settings =
        unless_refused(SYNCLINE_E_CONFIG, [&] { return files::read_settings(json); });
    if (!settings) return 0;
    const auto records = unless_refused(SYNCLINE_E_INVALID, [&] {
        return records_of(*settings, std::string(input.rest()));
    });
    if (!records) return 0;
    constexpr std::size_t kWritten = 8;
    for (std::size_t i = 0; i < std::min(records->size(), kWritten); ++i) {
        const Record& record = (*records)[i];
        if (record.problem.empty() && record.data.is_object()) check_written(*settings, record);
    }
    return 0;
}
