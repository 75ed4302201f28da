#pragma once

#include "settings.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace files {

/// The rows of one file as records.
class FileRecords {
public:
    /// Throws Failure (INVALID, with the file's name) for a file that cannot be read as a whole.
    /// `settings` must outlive it.
    FileRecords(const Settings& settings, std::string name, std::string bytes);

    /// The next record; one with a problem, under its place ("customers.csv:17"), for a row that
    /// cannot be read. Of a delta that names a key more than once, the last row counts.
    std::optional<syncline::sdk::Record> next();

    /// Does a delta name one of these keys?
    bool names_any_of(const std::unordered_set<std::string>& keys) const;

private:
    std::unique_ptr<RowReader> rows() const;
    void find_columns(const RowReader& rows);
    void find_last_rows();
    std::string problem_in(const Row& row) const;
    syncline::sdk::Record record_of(const Row& row) const;
    const std::string& key_of(const Row& row) const { return row.cells[key_]; }

    const Settings& settings_;
    const std::string name_;
    const Decoded text_;
    std::unique_ptr<RowReader> rows_;
    std::size_t key_ = 0;
    std::optional<std::size_t> operation_;                    ///< its column
    std::unordered_map<std::string, std::size_t> last_rows_;  ///< of a delta: lines by key
    std::unordered_set<std::string> seen_;                    ///< of a snapshot: keys
};

}  // namespace files
