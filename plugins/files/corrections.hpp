#pragma once

#include "settings.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace files {

/// The file that is left for a batch of changes: whole rows, the key and then every column that the
/// hub knows of some of them; without a header, every column there is.
class Corrections {
public:
    /// Throws Failure (INVALID) when a column's name cannot be written.
    Corrections(const Settings& settings, std::span<const syncline::sdk::WriteItem> items);

    /// Throws Failure for an item that cannot be written; the file is as it was then.
    void add(const syncline::sdk::WriteItem& item);
    bool is_empty() const { return rows_ == 0; }
    /// The whole file, in its encoding.
    std::string bytes() const;

private:
    std::vector<std::string> cells_of(const syncline::sdk::WriteItem& item) const;
    std::string in_encoding(const std::string& text) const;

    const Settings& settings_;
    std::vector<std::string> columns_;
    std::string bytes_;
    std::size_t rows_ = 0;
};

}  // namespace files
