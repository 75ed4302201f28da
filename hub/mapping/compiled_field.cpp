#include "mapping/compiled_field.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace syncline::mapping {
namespace {

bool holds_all(const AddressLines& lines, const RawFields& raw) {
    return std::all_of(lines.lines.begin(), lines.lines.end(), [&](const AddressLines::Line& line) {
        return raw.contains(line.remote);
    });
}

bool holds_all(const NameParts& names, const RawFields& raw) {
    return std::all_of(names.parts.begin(), names.parts.end(), [&](const NameParts::Part& part) {
        return raw.contains(part.remote);
    });
}

bool names_are_image(const CompiledField& compiled, const RawFields& raw, const FieldValue& sent) {
    if (!holds_all(*compiled.names, raw)) return false;
    const auto reading = read(*compiled.names, raw);
    return reading && agrees(compiled, *reading, sent);
}

bool names_mean_the_same(const CompiledField& compiled, const RawFields& a, const RawFields& b) {
    if (a == b) return true;
    if (!holds_all(*compiled.names, a) || !holds_all(*compiled.names, b)) return false;
    const auto left = read(*compiled.names, a);
    const auto right = read(*compiled.names, b);
    return left && right && agrees(compiled, *left, *right);
}

bool lines_are_image(const CompiledField& compiled, const RawFields& raw, const FieldValue& sent) {
    if (!holds_all(*compiled.lines, raw)) return false;
    const auto reading = read(*compiled.lines, raw);
    if (!reading) return false;
    if (agrees(compiled, *reading, sent)) return true;
    const auto image = write(*compiled.lines, sent, {});
    if (!image) return false;
    const auto surviving = read(*compiled.lines, *image);
    return surviving && agrees(compiled, *reading, *surviving);
}

bool leaf_same_meaning(const LeafMapping& leaf, const RawValue& a, const RawValue& b) {
    if (a == b) return true;
    if (leaf.is_constant()) return false;
    const auto left = read(leaf, a);
    const auto right = read(leaf, b);
    return left && right && same(*leaf.spec, *left, *right);
}

}  // namespace

Result<FieldValue> read(
    const CompiledField& compiled, const RawFields& raw, const FieldValue* standing
) {
    FieldValue value = standing == nullptr ? FieldValue{} : *standing;
    value.parts.resize(compiled.field.parts.size());
    if (compiled.lines) {
        if (!holds_all(*compiled.lines, raw)) return value;
        SYNCLINE_TRY(FieldValue reading, read(*compiled.lines, raw));
        for (std::size_t i = 0; i < value.parts.size(); ++i) {
            if (compiled.face.covers[i]) value.parts[i] = std::move(reading.parts[i]);
        }
        return value;
    }
    if (compiled.names) {
        if (!holds_all(*compiled.names, raw)) return value;
        return read(*compiled.names, raw);
    }
    for (const LeafMapping& leaf : compiled.leaves) {
        const RawValue* held = raw.find(leaf.remote);
        if (held == nullptr || leaf.is_constant()) continue;
        SYNCLINE_TRY(Cell cell, read(leaf, *held));
        value.parts[leaf.part] = std::move(cell);
    }
    return value;
}

Result<RawFields> write(
    const CompiledField& compiled, const FieldValue& value, const RawFields& held
) {
    SYNCLINE_ASSERT(value.parts.size() == compiled.field.parts.size());
    if (compiled.lines) return write(*compiled.lines, value, held);
    if (compiled.names) return write(*compiled.names, value, held);
    RawFields result;
    for (const LeafMapping& leaf : compiled.leaves) {
        const RawValue* old = held.find(leaf.remote);
        SYNCLINE_TRY(RawValue raw, write(leaf, value.parts[leaf.part], old));
        result[leaf.remote] = std::move(raw);
    }
    return result;
}

bool is_image(const CompiledField& compiled, const RawFields& raw, const FieldValue& sent) {
    SYNCLINE_ASSERT(sent.parts.size() == compiled.field.parts.size());
    if (compiled.lines) return lines_are_image(compiled, raw, sent);
    if (compiled.names) return names_are_image(compiled, raw, sent);
    bool any = false;
    for (const LeafMapping& leaf : compiled.leaves) {
        const RawValue* held = raw.find(leaf.remote);
        if (held == nullptr) continue;
        any = true;
        if (!is_image(leaf, *held, sent.parts[leaf.part])) return false;
    }
    return any;
}

bool same_meaning(const CompiledField& compiled, const RawFields& a, const RawFields& b) {
    if (compiled.names) return names_mean_the_same(compiled, a, b);
    if (compiled.lines) {
        if (a == b) return true;
        if (!holds_all(*compiled.lines, a) || !holds_all(*compiled.lines, b)) return false;
        const auto left = read(*compiled.lines, a);
        const auto right = read(*compiled.lines, b);
        return left && right && agrees(compiled, *left, *right);
    }
    return std::all_of(
        compiled.leaves.begin(),
        compiled.leaves.end(),
        [&](const LeafMapping& leaf) {
            const RawValue* left = a.find(leaf.remote);
            const RawValue* right = b.find(leaf.remote);
            if (left == nullptr || right == nullptr) return left == right;
            return leaf_same_meaning(leaf, *left, *right);
        }
    );
}

bool agrees(const CompiledField& compiled, const FieldValue& a, const FieldValue& b) {
    for (std::size_t i = 0; i < compiled.field.parts.size(); ++i) {
        if (!compiled.face.covers[i]) continue;
        if (!same(*compiled.field.parts[i].spec, a.parts[i], b.parts[i])) return false;
    }
    return true;
}

}  // namespace syncline::mapping
