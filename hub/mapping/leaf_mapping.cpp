#include "mapping/leaf_mapping.hpp"

#include "base/text.hpp"
#include "normal/decimal.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <variant>

namespace syncline::mapping {
namespace {

Error failed(const LeafMapping& leaf, std::string detail) {
    return {
        ErrorCode::MappingFailed,
        Remedy::Quarantine,
        leaf.path + " (" + leaf.remote + ")",
        std::move(detail)};
}

/// Digits as JSON and SQL write a number; a leading zero makes it a text ("0471" is a postcode).
bool is_plain_number(std::string_view text) {
    if (!normal::plain_decimal(text) || text.find_first_of("eE+ ") != text.npos) return false;
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.starts_with('.') || text.ends_with('.')) return false;
    return text == "0" || text.starts_with("0.") || !text.starts_with('0');
}

/// What the remote most likely keeps when it holds nothing yet to go by.
RawValue::Kind natural_kind(const LeafMapping& leaf) {
    if (leaf.lenses.empty()) {
        if (leaf.spec->type == ValueType::Boolean) return RawValue::Kind::Bool;
        const bool number =
            leaf.spec->type == ValueType::Integer || leaf.spec->type == ValueType::Decimal;
        return number ? RawValue::Kind::Number : RawValue::Kind::Text;
    }
    const Lens& outermost = leaf.lenses.front();
    if (const auto* number = std::get_if<NumberLens>(&outermost))
        return number->separator == '.' ? RawValue::Kind::Number : RawValue::Kind::Text;
    return std::holds_alternative<MoneyLens>(outermost) ? RawValue::Kind::Number
                                                        : RawValue::Kind::Text;
}

Result<Cell> limited(const LeafMapping& leaf, Cell text) {
    if (!text || !leaf.limits.any()) return text;
    const std::string_view kept = cut(*text, leaf.limits);
    if (kept.size() == text->size()) return text;
    if (!may_be_cut(leaf.spec->type))
        return failed(leaf, "the value does not fit into the remote field and cannot be cut");
    return Cell(std::string(trimmed(kept)));
}

Result<Cell> written(const LeafMapping& leaf, Cell cell) {
    for (auto lens = leaf.lenses.rbegin(); lens != leaf.lenses.rend(); ++lens) {
        auto next = write(*lens, std::move(cell), leaf.context());
        if (!next) return failed(leaf, next.error().detail);
        cell = std::move(next).value();
    }
    return limited(leaf, std::move(cell));
}

}  // namespace

bool may_be_cut(ValueType type) {
    return type == ValueType::Text || type == ValueType::LongText ||
           type == ValueType::PersonOrOrganisationName;
}

std::string_view cut(std::string_view text, const Limits& limits) {
    std::string_view kept = text;
    if (limits.characters != 0) kept = first_characters(kept, limits.characters);
    if (limits.bytes != 0) kept = first_bytes(kept, limits.bytes);
    return normal::whole_characters(text, kept.size());
}

Result<Cell> cell_of(const RawValue& raw) {
    if (raw.kind == RawValue::Kind::Null) return Cell{};
    if (!is_utf8(raw.text))
        return Error{
            ErrorCode::MappingFailed,
            Remedy::Quarantine,
            {},
            "the text is not well-formed UTF-8; mend it in the system or declare its encoding"};
    if (trimmed(raw.text).empty()) return Cell{};
    return Cell(raw.text);
}

RawValue raw_of(const Cell& cell, const RawValue* held, RawValue::Kind natural) {
    const bool knows_kind = held != nullptr && held->kind != RawValue::Kind::Null;
    const RawValue::Kind kind = knows_kind ? held->kind : natural;
    if (!cell) {
        if (held != nullptr && held->kind == RawValue::Kind::Null) return RawValue::null();
        return kind == RawValue::Kind::Text ? RawValue::of_text("") : RawValue::null();
    }
    if (kind == RawValue::Kind::Number && is_plain_number(*cell)) return RawValue::of_number(*cell);
    if (kind == RawValue::Kind::Bool && (*cell == "true" || *cell == "1"))
        return RawValue::of_bool(true);
    if (kind == RawValue::Kind::Bool && (*cell == "false" || *cell == "0"))
        return RawValue::of_bool(false);
    return RawValue::of_text(*cell);
}

bool LeafMapping::is_constant() const {
    return std::any_of(lenses.begin(), lenses.end(), [](const Lens& lens) {
        return std::holds_alternative<ConstantLens>(lens);
    });
}

Result<Cell> read(const LeafMapping& leaf, const RawValue& raw) {
    auto cell = cell_of(raw);
    if (!cell) return failed(leaf, cell.error().detail);
    Cell value = std::move(cell).value();
    for (const Lens& lens : leaf.lenses) {
        auto next = read(lens, std::move(value), leaf.context());
        if (!next) return failed(leaf, next.error().detail);
        value = std::move(next).value();
    }
    if (!value) return value;
    auto form = normal::normal_form(*leaf.spec, *value, leaf.default_country);
    if (!form) return failed(leaf, form.error().detail);
    return std::move(form).value();
}

Result<RawValue> write(const LeafMapping& leaf, const Cell& value, const RawValue* held) {
    if (held != nullptr && !leaf.is_constant()) {
        const auto standing = read(leaf, *held);
        if (standing && same(*leaf.spec, *standing, value)) return *held;
    }
    SYNCLINE_TRY(const Cell text, written(leaf, value));
    // An answer of the table for "nothing" may be the empty text.
    RawValue raw = raw_of(text && text->empty() ? Cell{} : text, held, natural_kind(leaf));
    // The remote's spelling of what survives is as good as ours.
    if (held != nullptr && !leaf.is_constant()) {
        const auto standing = read(leaf, *held);
        const auto surviving = read(leaf, raw);
        if (standing && surviving && same(*leaf.spec, *standing, *surviving)) return *held;
    }
    return raw;
}

bool same(const LeafSpec& spec, const Cell& a, const Cell& b) {
    if (a.has_value() != b.has_value()) return false;
    return !a || normal::equivalent(spec, *a, *b);
}

bool is_image(const LeafMapping& leaf, const RawValue& raw, const Cell& sent) {
    const auto image = write(leaf, sent, nullptr);
    if (image && image->text == raw.text) return true;
    if (leaf.is_constant()) return false;
    const auto reading = read(leaf, raw);
    if (!reading) return false;
    if (same(*leaf.spec, *reading, sent)) return true;
    if (!image) return false;
    const auto surviving = read(leaf, *image);
    return surviving && same(*leaf.spec, *reading, *surviving);
}

std::string loss(const LeafMapping& leaf) {
    std::string text;
    const auto add = [&](const std::string& words) {
        if (words.empty()) return;
        if (!text.empty()) text += "; ";
        text += words;
    };
    for (const Lens& lens : leaf.lenses)
        add(loss(lens, leaf.context()));
    const char* verb = may_be_cut(leaf.spec->type) ? " are kept" : " fit";
    if (leaf.limits.characters != 0)
        add("only " + std::to_string(leaf.limits.characters) + " characters" + verb);
    if (leaf.limits.bytes != 0) add("only " + std::to_string(leaf.limits.bytes) + " bytes" + verb);
    return text;
}

}  // namespace syncline::mapping
