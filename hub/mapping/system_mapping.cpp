#include "mapping/system_mapping.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "mapping/compiled_field.hpp"
#include "mapping/laws.hpp"
#include "normal/country.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace syncline::mapping {

struct SystemMapping::Body {
    std::vector<CompiledField> compiled;
    std::vector<MappedField> faces;  ///< same order
    std::map<FieldId, std::size_t> by_field;

    const CompiledField& at(FieldId field) const {
        const auto found = by_field.find(field);
        SYNCLINE_ASSERT(found != by_field.end());
        return compiled[found->second];
    }
};

namespace {

Error invalid(const MappedFieldSetting& entry, std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, entry.where, std::move(detail)};
}

bool needs_country(const Field& field) {
    return std::any_of(field.parts.begin(), field.parts.end(), [](const FieldPart& part) {
        return part.spec->type == ValueType::Phone || part.spec->type == ValueType::Country ||
               part.spec->type == ValueType::VatNumber;
    });
}

Result<void> check_entry(
    const SystemSetting& system,
    const MappedFieldSetting& entry,
    const Field* field,
    const FieldTable& fields
) {
    if (field == nullptr) {
        std::vector<std::string> known;
        for (const Field& candidate : fields.fields()) {
            for (const FieldPart& part : candidate.parts)
                known.push_back(part.path);
        }
        const std::string near = nearest(entry.field, known);
        return invalid(
            entry,
            "no field is called \"" + entry.field + "\"" +
                (near.empty() ? "" : "; did you mean \"" + near + "\"?")
        );
    }
    if (entry.remotes.empty()) return invalid(entry, "the entry names no remote field");
    for (const std::string& remote : entry.remotes) {
        if (remote.empty() || std::count(entry.remotes.begin(), entry.remotes.end(), remote) != 1)
            return invalid(entry, "the entry has an empty remote field, or one twice");
    }
    if (needs_country(*field) && system.default_country.empty())
        return invalid(
            entry,
            "the system needs a default_country: without one, phone numbers, VAT numbers and "
            "countries as people write them cannot be read"
        );
    return {};
}

Result<LeafMapping> make_leaf(
    const SystemSetting& system, const MappedFieldSetting& entry, const Field& field
) {
    LeafMapping leaf;
    leaf.part = FieldTable::part_index(field, entry.field);
    leaf.spec = field.parts[leaf.part].spec;
    leaf.path = entry.field;
    leaf.remote = entry.remotes.front();
    leaf.default_country = system.default_country;
    leaf.limits = {entry.limit_characters, entry.limit_bytes};
    if (entry.remotes.size() > 1)
        return invalid(
            entry,
            "one part of the record is held by one remote field, not by several; a name may be "
            "divided by "
            "the lens name_parts"
        );
    for (const LensSetting& setting : entry.lenses) {
        SYNCLINE_TRY(Lens lens, make_lens(setting, leaf.context(), entry.where));
        leaf.lenses.push_back(std::move(lens));
    }
    if (leaf.is_constant() && entry.direction == MappingDirection::In)
        return invalid(entry, "lens constant is for writing; it reads nothing");
    return leaf;
}

Result<AddressLines> make_lines(
    const SystemSetting& system, const MappedFieldSetting& entry, const Field& field
) {
    if (entry.lenses.size() != 1 || entry.lenses.front().name != "address_lines")
        return invalid(
            entry,
            "a whole address is mapped by the lens address_lines alone; or map its parts one by one"
        );
    auto lines = make_address_lines(entry.lenses.front(), entry, field);
    if (!lines) return invalid(entry, lines.error().detail);
    lines->default_country = system.default_country;
    return lines;
}

/// The entry's remote fields hold one name together.
bool is_divided(const MappedFieldSetting& entry) {
    return std::any_of(entry.lenses.begin(), entry.lenses.end(), [](const LensSetting& lens) {
        return lens.name == "name_parts";
    });
}

/// The direction that an entry has: a constant is never read.
MappingDirection direction_of(const MappedFieldSetting& entry) {
    const bool constant =
        std::any_of(entry.lenses.begin(), entry.lenses.end(), [](const LensSetting& lens) {
            return lens.name == "constant";
        });
    return constant ? MappingDirection::Out : entry.direction;
}

/// Adds one entry to its field, which may have entries of other parts already.
Result<void> add_entry(
    const SystemSetting& system, const MappedFieldSetting& entry, CompiledField& compiled
) {
    MappedField& face = compiled.face;
    const bool first = face.remotes.empty();
    if (!first && compiled.lines)
        return invalid(entry, compiled.field.path + " is mapped as a whole and by part");
    if (!first && compiled.names) return invalid(entry, entry.field + " is mapped twice");
    if (!first && face.direction != direction_of(entry))
        return invalid(
            entry,
            "the parts of " + compiled.field.path + " change together, so they have one direction"
        );
    face.direction = direction_of(entry);
    face.unique = face.unique || entry.unique;
    face.remotes.insert(face.remotes.end(), entry.remotes.begin(), entry.remotes.end());
    if (compiled.field.is_composite() && entry.field == compiled.field.path) {
        if (!first)
            return invalid(entry, compiled.field.path + " is mapped as a whole and by part");
        SYNCLINE_TRY(AddressLines lines, make_lines(system, entry, compiled.field));
        face.covers = covers(lines);
        compiled.lines = std::move(lines);
        return {};
    }
    if (is_divided(entry)) {
        if (!first) return invalid(entry, entry.field + " is mapped twice");
        auto names = make_name_parts(entry.lenses.front(), entry, compiled.field);
        if (!names) return invalid(entry, names.error().detail);
        face.covers.front() = true;
        compiled.names = std::move(*names);
        return {};
    }
    SYNCLINE_TRY(LeafMapping leaf, make_leaf(system, entry, compiled.field));
    const bool twice =
        std::any_of(compiled.leaves.begin(), compiled.leaves.end(), [&](const LeafMapping& other) {
            return other.part == leaf.part;
        });
    if (twice) return invalid(entry, entry.field + " is mapped twice");
    if (!leaf.is_constant()) face.covers[leaf.part] = true;
    compiled.leaves.push_back(std::move(leaf));
    return {};
}

}  // namespace

SystemMapping::SystemMapping(std::unique_ptr<Body> body) : body_(std::move(body)) {}
SystemMapping::SystemMapping(SystemMapping&&) noexcept = default;
SystemMapping& SystemMapping::operator=(SystemMapping&&) noexcept = default;
SystemMapping::~SystemMapping() = default;

Result<SystemMapping> SystemMapping::compile(
    const SystemSetting& system, const FieldTable& fields
) {
    auto body = std::make_unique<Body>();
    std::map<std::string, std::string, std::less<>> writer_of;  // remote -> where
    if (!system.default_country.empty() && !normal::is_country_code(system.default_country))
        return Error{
            ErrorCode::ConfigInvalid,
            Remedy::Reconfigure,
            system.file,
            "default_country \"" + system.default_country +
                "\" is no country; it is a code of ISO 3166-1 alpha-2 such as \"BE\""};
    for (const MappedFieldSetting& entry : system.mapping) {
        const Field* field = fields.find(entry.field);
        if (auto checked = check_entry(system, entry, field, fields); !checked)
            return checked.error();
        if (direction_of(entry) != MappingDirection::In) {
            for (const std::string& remote : entry.remotes) {
                const auto [other, is_new] = writer_of.emplace(remote, entry.where);
                if (!is_new)
                    return invalid(
                        entry,
                        "remote field \"" + remote + "\" is already written by the entry at " +
                            other->second
                    );
            }
        }
        const auto [index, is_new] = body->by_field.emplace(field->id, body->compiled.size());
        if (is_new) {
            CompiledField compiled;
            compiled.field = *field;
            compiled.face.field = field->id;
            compiled.face.covers.resize(field->parts.size());
            compiled.where = entry.where;
            body->compiled.push_back(std::move(compiled));
        }
        if (auto added = add_entry(system, entry, body->compiled[index->second]); !added)
            return added.error();
    }
    for (CompiledField& compiled : body->compiled) {
        SYNCLINE_TRY(std::string lossy, check_laws(compiled));
        compiled.face.lossy = std::move(lossy);
        body->faces.push_back(compiled.face);
    }
    return SystemMapping(std::move(body));
}

const std::vector<MappedField>& SystemMapping::fields() const noexcept {
    return body_->faces;
}

const MappedField* SystemMapping::find(FieldId field) const {
    const auto found = body_->by_field.find(field);
    return found == body_->by_field.end() ? nullptr : &body_->faces[found->second];
}

RawFields SystemMapping::select(FieldId field, const RawFields& all) const {
    RawFields selected;
    for (const std::string& remote : body_->at(field).face.remotes) {
        if (const RawValue* value = all.find(remote)) selected[remote] = *value;
    }
    return selected;
}

Result<FieldValue> SystemMapping::read(
    FieldId field, const RawFields& raw, const FieldValue* standing
) const {
    return mapping::read(body_->at(field), raw, standing);
}

Result<RawFields> SystemMapping::write(
    FieldId field, const FieldValue& value, const RawFields& held
) const {
    return mapping::write(body_->at(field), value, held);
}

bool SystemMapping::is_image(FieldId field, const RawFields& raw, const FieldValue& sent) const {
    return mapping::is_image(body_->at(field), raw, sent);
}

bool SystemMapping::same_meaning(FieldId field, const RawFields& a, const RawFields& b) const {
    return mapping::same_meaning(body_->at(field), a, b);
}

}  // namespace syncline::mapping
