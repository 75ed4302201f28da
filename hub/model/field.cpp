#include "model/field.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace syncline {

Domain Field::domain() const noexcept {
    Domain strictest = Domain::General;
    for (const FieldPart& part : parts)
        strictest = std::max(strictest, part.spec->domain);
    return strictest;
}

FieldTable::FieldTable(std::vector<Field> fields) : fields_(std::move(fields)) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        by_id_[fields_[i].id] = i;
        by_path_[fields_[i].path] = i;
        for (const FieldPart& part : fields_[i].parts)
            by_path_[part.path] = i;
    }
}

const Field& FieldTable::at(FieldId id) const {
    const Field* field = find(id);
    SYNCLINE_ASSERT(field != nullptr);
    return *field;
}

const Field* FieldTable::find(FieldId id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &fields_[found->second];
}

const Field* FieldTable::find(std::string_view path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : &fields_[found->second];
}

std::size_t FieldTable::part_index(const Field& field, std::string_view path) {
    for (std::size_t i = 0; i < field.parts.size(); ++i) {
        if (field.parts[i].path == path) return i;
    }
    return 0;
}

}  // namespace syncline
