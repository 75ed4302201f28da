#include "records.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>

namespace files {
namespace {

using syncline::sdk::Failure;
using syncline::sdk::Json;
using syncline::sdk::Record;

bool is_one_of(const std::string& word, const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// Does it, and puts the file's name before what is wrong with the file.
template <class Action>
auto named(const std::string& name, Action action) {
    try {
        return action();
    } catch (Failure& failure) {
        failure.message = name + ": " + failure.message;
        throw;
    }
}

}  // namespace

FileRecords::FileRecords(const Settings& settings, std::string name, std::string bytes)
    : settings_(settings),
      name_(std::move(name)),
      text_(named(name_, [&] { return decoded(std::move(bytes), settings.encoding); })) {
    named(name_, [&] {
        rows_ = rows();
        find_columns(*rows_);
    });
    if (settings_.read.content == Content::Delta) find_last_rows();
}

std::unique_ptr<RowReader> FileRecords::rows() const {
    if (settings_.layout) return std::make_unique<FixedRows>(text_, *settings_.layout);
    return std::make_unique<CsvRows>(text_, settings_.dialect, settings_.limits, settings_.columns);
}

void FileRecords::find_columns(const RowReader& rows) {
    const auto& columns = rows.columns();
    const auto find = [&](const std::string& name) {
        const auto found = std::find(columns.begin(), columns.end(), name);
        if (found == columns.end())
            throw Failure(SYNCLINE_E_INVALID, "there is no column \"" + name + "\"");
        return static_cast<std::size_t>(found - columns.begin());
    };
    key_ = find(settings_.key);
    if (settings_.read.operation) operation_ = find(settings_.read.operation->column);
}

void FileRecords::find_last_rows() {
    const auto again = rows();
    while (const auto row = again->next()) {
        if (problem_in(*row).empty()) last_rows_[key_of(*row)] = row->line;
    }
}

bool FileRecords::names_any_of(const std::unordered_set<std::string>& keys) const {
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        return last_rows_.contains(key);
    });
}

std::string FileRecords::problem_in(const Row& row) const {
    if (const BadByte* bad = text_.bad_in(row.begin, row.end))
        return "byte " + std::to_string(bad->in_file) + " of the file begins no character of " +
               std::string(name_of(settings_.encoding));
    if (!row.problem.empty()) return row.problem;
    if (std::any_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
            return cell.find('\0') != std::string::npos;
        }))
        return "it has a NUL character";
    if (key_of(row).empty()) return "the column " + settings_.key + " is empty";
    if (!operation_) return {};
    const Operation& operation = *settings_.read.operation;
    const std::string& word = row.cells[*operation_];
    const bool is_known = is_one_of(word, operation.inserts) ||
                          is_one_of(word, operation.updates) || is_one_of(word, operation.deletes);
    return is_known ? "" : "the column " + operation.column + " has none of the words that are set";
}

std::optional<Record> FileRecords::next() {
    while (const auto row = rows_->next()) {
        std::string problem = problem_in(*row);
        const bool is_delta = settings_.read.content == Content::Delta;
        if (problem.empty() && is_delta && last_rows_.at(key_of(*row)) != row->line) continue;
        if (problem.empty() && !is_delta && !seen_.insert(key_of(*row)).second)
            problem = "another row of this file has the same " + settings_.key;
        if (problem.empty()) return record_of(*row);
        const std::string place = name_ + ":" + std::to_string(row->line);
        return Record::unreadable(place, place + ": " + problem);
    }
    return std::nullopt;
}

Record FileRecords::record_of(const Row& row) const {
    if (operation_ && is_one_of(row.cells[*operation_], settings_.read.operation->deletes))
        return Record::gone(key_of(row));
    Record record;
    record.id = key_of(row);
    record.data = Json::object();
    const auto& columns = rows_->columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i != operation_) record.data[columns[i]] = row.cells[i];
    }
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    hash.update(record.data.dump());
    constexpr std::size_t kHexDigits = 32;
    record.version = Poco::DigestEngine::digestToHex(hash.digest()).substr(0, kHexDigits);
    return record;
}

}  // namespace files
