#pragma once

#include "csv.hpp"
#include "encoding.hpp"
#include "fixed_width.hpp"
#include "sftp_settings.hpp"
#include "syncline/connector.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace files {

/// What a file holds.
enum class Content : std::uint8_t {
    Snapshot,  ///< records as they are now
    Delta,     ///< what changed; files follow one another
};
enum class Order : std::uint8_t { Name, Time };

/// The column that says what happened to a record, and its words.
struct Operation {
    std::string column;
    std::vector<std::string> inserts, updates, deletes;
};

/// Where files are exchanged.
struct Place {
    std::string folder;
    bool is_remote = false;  ///< on the server of settings/sftp
};

struct ReadSettings {
    Place place;
    std::string pattern;
    std::string done;
    Content content = Content::Snapshot;
    Order order = Order::Name;
    std::chrono::milliseconds settle{0};
    std::string marker;  ///< "{name}.done"; "" = none
    std::optional<Operation> operation;
};

struct WriteSettings {
    Place place;
    std::string name;
};

struct Settings {
    ReadSettings read;
    std::optional<WriteSettings> write;
    std::optional<SftpSettings> sftp;
    Encoding encoding = Encoding::Utf8;
    Dialect dialect;
    std::vector<std::string> columns;   ///< of files that do not name them
    std::optional<FixedLayout> layout;  ///< nothing: CSV
    Limits limits;
    std::string key;
};

/// Throws Failure (CONFIG) that names the setting.
Settings read_settings(const syncline::sdk::Json& json);

}  // namespace files
