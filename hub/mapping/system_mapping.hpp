#pragma once

#include "base/result.hpp"
#include "model/field.hpp"
#include "model/field_value.hpp"
#include "model/raw_fields.hpp"
#include "model/settings.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace syncline::mapping {

/// What one system's mapping does with one canonical field.
struct MappedField {
    FieldId field;
    std::vector<std::string> remotes;  ///< every remote field that takes part, in mapping order
    MappingDirection direction = MappingDirection::Both;
    bool unique = false;       ///< the remote refuses a second record with this value
    std::vector<bool> covers;  ///< per part of the field: does this system hold it at all?
    std::string lossy;         ///< what does not survive a round trip; "" = nothing
};

/// One system's compiled mapping: a lens per canonical field, both ways.
///
/// Laws, checked when it is compiled, on generated and sampled values, and again by property tests:
/// PutGet  read(write(v, r)) ≈ v on the lens's domain, after its declared limit;
/// GetPut  write(read(r), r) leaves r as it was (same remote text, unmapped fields untouched);
/// PutPut  the second write of the same value changes nothing.
/// Pure, total (a value that cannot be read is an Error, never a crash), immutable; any thread.
class SystemMapping {
public:
    /// Refuses (ConfigInvalid, with file:line) an unknown path or lens, options of the wrong shape,
    /// a remote field written by two entries, and a mapping that fails to round-trip, naming the
    /// value shape and the lens. Entries of the leaves of one composite join into one MappedField.
    static Result<SystemMapping> compile(const SystemSetting& system, const FieldTable& fields);

    SystemMapping(SystemMapping&&) noexcept;
    SystemMapping& operator=(SystemMapping&&) noexcept;
    ~SystemMapping();

    const std::vector<MappedField>& fields() const noexcept;
    const MappedField* find(FieldId field) const;

    /// The remote fields of `all` that this field is mapped to. Empty when none of them was read:
    /// then nothing is known about the field.
    RawFields select(FieldId field, const RawFields& all) const;

    /// Remote to canonical, in normal form. Cleared when the remote says nothing (null, "", a
    /// declared placeholder). A part the system does not cover is taken from `standing` (nullptr:
    /// cleared). Error MappingFailed with the reason and no personal data when it cannot be read.
    Result<FieldValue> read(
        FieldId field, const RawFields& raw, const FieldValue* standing = nullptr
    ) const;

    /// Canonical to remote: the remote fields to write for `value`, given what the remote holds now
    /// (`held` may be empty: a create). A remote spelling that already reads as `value` is kept as
    /// it is. Cut beforehand at the declared limit, on a character boundary. Error MappingFailed
    /// when the remote cannot hold the value (an enum without it).
    Result<RawFields> write(FieldId field, const FieldValue& value, const RawFields& held) const;

    /// True when `raw` is an accepted storage image of `sent`: it reads as an equivalent value on
    /// the covered parts, or as the sent value cut at the declared limit.
    bool is_image(FieldId field, const RawFields& raw, const FieldValue& sent) const;

    /// Equivalent readings (or equal raw): a cosmetic difference only.
    bool same_meaning(FieldId field, const RawFields& a, const RawFields& b) const;

private:
    struct Body;
    explicit SystemMapping(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace syncline::mapping
