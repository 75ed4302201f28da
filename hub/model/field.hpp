#pragma once

#include "model/catalogue.hpp"
#include "model/ids.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

/// One leaf of a concrete field.
struct FieldPart {
    std::string name;                ///< within the composite ("city"); "" for a plain field
    std::string path;                ///< whole path: "addresses.billing.city"
    FieldId id;                      ///< number of the leaf path: bound into its ciphertext
    const LeafSpec* spec = nullptr;  ///< never null
    bool sensitive =
        true;  ///< encrypted one by one: the schema's word unless configuration differs
};

/// A concrete field of the canonical record: the unit of merging, of shadows and of attempts.
/// A plain field has one part; a composite has several and merges as a whole.
struct Field {
    FieldId id;        ///< of the field's own path; equals the part's for a plain field
    std::string path;  ///< "name", "addresses.billing"
    std::vector<FieldPart> parts;
    MergeKind merge = MergeKind::Register;

    bool is_composite() const noexcept { return merge == MergeKind::Composite; }
    const LeafSpec& spec() const noexcept { return *parts.front().spec; }
    /// The strictest domain among the parts.
    Domain domain() const noexcept;
};
/// The path: a field is named by the schema and the configuration.
inline std::string_view log_text(const Field& field) {
    return field.path;
}

/// The concrete fields in use, with their numbers. Immutable after wiring; any thread.
class FieldTable {
public:
    FieldTable() = default;
    explicit FieldTable(std::vector<Field> fields);

    const std::vector<Field>& fields() const noexcept { return fields_; }
    /// @pre the id is in the table
    const Field& at(FieldId id) const;
    const Field* find(FieldId id) const;
    /// The field with this path, or the composite that holds this leaf path. Nothing when unused.
    const Field* find(std::string_view path) const;
    /// Index of the part of `field` that has this leaf path; 0 for a plain field or a whole
    /// composite.
    static std::size_t part_index(const Field& field, std::string_view path);

private:
    std::vector<Field> fields_;
    std::map<FieldId, std::size_t> by_id_;
    std::map<std::string, std::size_t, std::less<>> by_path_;
};

/// Makes the field of a concrete leaf or composite path, numbers from `number_of` (path -> id).
/// nullopt when the catalogue does not know the path.
template <class NumberOf>
std::optional<Field> make_field(
    const Catalogue& catalogue, std::string_view path, NumberOf number_of
) {
    Field field;
    field.path = catalogue.composite_of(path).value_or(std::string(path));
    if (const CompositeSpec* composite = catalogue.composite(field.path)) {
        field.merge = MergeKind::Composite;
        for (const std::string_view part : composite->parts) {
            std::string leaf_path = field.path + "." + std::string(part);
            const LeafSpec* leaf = catalogue.leaf(leaf_path);
            if (leaf == nullptr) return std::nullopt;
            const FieldId id = number_of(leaf_path);
            field.parts.push_back(
                {std::string(part), std::move(leaf_path), id, leaf, leaf->sensitive}
            );
        }
        field.id = number_of(field.path);
        return field;
    }
    const LeafSpec* leaf = catalogue.leaf(path);
    if (leaf == nullptr) return std::nullopt;
    field.id = number_of(field.path);
    field.parts.push_back({"", field.path, field.id, leaf, leaf->sensitive});
    return field;
}

}  // namespace syncline
