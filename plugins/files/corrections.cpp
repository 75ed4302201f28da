#include "corrections.hpp"

#include <set>

namespace files {

using syncline::sdk::Failure;
using syncline::sdk::WriteItem;

Corrections::Corrections(const Settings& settings, std::span<const WriteItem> items)
    : settings_(settings), bytes_(byte_order_mark(settings.encoding)) {
    if (!settings_.columns.empty()) {  // no header says which columns a file has
        columns_ = settings_.columns;
        return;
    }
    std::set<std::string> names;
    for (const WriteItem& item : items) {
        for (const auto& [name, value] : item.data.items())
            names.insert(name);
    }
    names.erase(settings_.key);
    columns_.push_back(settings_.key);
    columns_.insert(columns_.end(), names.begin(), names.end());
    bytes_ += in_encoding(csv_line(columns_, settings_.dialect));
}

std::string Corrections::in_encoding(const std::string& text) const {
    const auto out = encoded(text, settings_.encoding);
    if (!out)
        throw Failure(
            SYNCLINE_E_INVALID,
            "a name has a character that " + std::string(name_of(settings_.encoding)) + " lacks"
        );
    return *out;
}

std::vector<std::string> Corrections::cells_of(const WriteItem& item) const {
    if (item.op == SYNCLINE_OP_DELETE)
        throw Failure(SYNCLINE_E_UNSUPPORTED, "a correction cannot delete a record");
    if (item.op != SYNCLINE_OP_UPDATE || item.id.empty())
        throw Failure(
            SYNCLINE_E_INVALID, "corrections are for records the other side has numbered"
        );
    const auto& operation = settings_.read.operation;
    std::vector<std::string> cells;
    for (const std::string& column : columns_) {
        const auto found = item.data.find(column);
        if (column == settings_.key)
            cells.push_back(item.id);
        else if (operation && operation->column == column)
            cells.push_back(operation->updates.front());
        else if (found == item.data.end() || found->is_null())
            cells.emplace_back();
        else
            cells.push_back(found->is_string() ? found->get<std::string>() : found->dump());
        if (!encoded(cells.back(), settings_.encoding))
            throw Failure(
                SYNCLINE_E_INVALID,
                "it has a character that " + std::string(name_of(settings_.encoding)) + " lacks",
                column
            );
    }
    return cells;
}

void Corrections::add(const WriteItem& item) {
    const std::vector<std::string> cells = cells_of(item);
    bytes_ += in_encoding(
        settings_.layout ? fixed_line(cells, *settings_.layout) : csv_line(cells, settings_.dialect)
    );
    ++rows_;
}

std::string Corrections::bytes() const {
    if (!settings_.layout) return bytes_;
    return bytes_ + in_encoding(fixed_trailer(rows_, *settings_.layout));
}

}  // namespace files
