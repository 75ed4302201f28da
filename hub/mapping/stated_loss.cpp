#include "mapping/stated_loss.hpp"

#include "base/text.hpp"
#include "mapping/place_line.hpp"
#include "normal/comparison_key.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>

namespace syncline::mapping {
namespace {

std::string caseless(std::string_view text) {
    return normal::nfc(normal::upper_case(normal::lower_case(text)));
}

bool forgets_case(const LeafMapping& leaf) {
    return std::any_of(leaf.lenses.begin(), leaf.lenses.end(), [&](const Lens& lens) {
        return std::holds_alternative<CaseLens>(lens) && !loss(lens, leaf.context()).empty();
    });
}

/// Some lens says what nothing is read as, and it is this.
bool is_meaning_of_nothing(const LeafMapping& leaf, const Cell& back) {
    const bool stated = std::any_of(leaf.lenses.begin(), leaf.lenses.end(), [](const Lens& lens) {
        return meaning_of_nothing(lens).has_value();
    });
    const auto nothing = read(leaf, RawValue::null());
    return stated && nothing && same(*leaf.spec, *nothing, back);
}

/// `back` is the beginning of a text that the limit cuts.
bool is_cut(const LeafMapping& leaf, const std::string& sent, const Cell& back) {
    if (!leaf.limits.any() || !may_be_cut(leaf.spec->type)) return false;
    LeafMapping unlimited = leaf;
    unlimited.limits = {};
    const auto whole = write(unlimited, sent, nullptr);
    if (!whole) return false;
    const std::string_view kept = cut(whole->text, leaf.limits);
    if (kept.size() == whole->text.size()) return false;
    if (!back) return trimmed(kept).empty();
    std::string long_key = normal::comparison_key(*leaf.spec, sent);
    std::string short_key = normal::comparison_key(*leaf.spec, *back);
    if (forgets_case(leaf)) {
        long_key = caseless(long_key);
        short_key = caseless(short_key);
    }
    return long_key.starts_with(short_key);
}

bool is_explained(const LeafMapping& leaf, const Cell& sent, const Cell& back) {
    if (same(*leaf.spec, sent, back)) return true;
    if (!sent) return is_meaning_of_nothing(leaf, back);
    const bool other_case = back && forgets_case(leaf) &&
                            same(*leaf.spec, Cell(caseless(*sent)), Cell(caseless(*back)));
    return other_case || is_cut(leaf, *sent, back);
}

/// Postcode and city without what stands between them: a cut can move the border.
std::string run_together(const Place& place, PlaceOrder order) {
    std::string text = line_of(place, order, "");
    std::erase_if(text, [](char c) { return c == ' ' || c == ','; });
    return text;
}

bool is_explained(
    const AddressLines& lines,
    const AddressLines::Line& line,
    const FieldValue& sent,
    const FieldValue& back
) {
    using Kind = AddressLines::Line::Kind;
    const auto agrees = [&](std::size_t part) {
        return same(*lines.field.parts[part].spec, sent.parts[part], back.parts[part]);
    };
    const bool cuts = lines.limits.any();
    switch (line.kind) {
        case Kind::Free:
            return true;
        case Kind::Part:
            return agrees(line.part) || (cuts && sent.parts[line.part].value_or("").starts_with(
                                                     back.parts[line.part].value_or("")
                                                 ));
        case Kind::CountryName:
        case Kind::CountryCode:
            return agrees(line.part) ||
                   (!sent.parts[line.part] && back.parts[line.part] == lines.default_country);
        case Kind::PostcodeCity:
        case Kind::CityPostcode: {
            if (agrees(lines.postcode) && agrees(lines.city)) return true;
            const auto order =
                line.kind == Kind::CityPostcode ? PlaceOrder::CityFirst : PlaceOrder::PostcodeFirst;
            const auto text = [&](const FieldValue& value) {
                return run_together({value.parts[lines.postcode], value.parts[lines.city]}, order);
            };
            return cuts && text(sent).starts_with(text(back));
        }
    }
    return false;
}

}  // namespace

std::string losses(const CompiledField& compiled) {
    std::string text;
    const auto add = [&](const std::string& words) {
        if (words.empty()) return;
        if (!text.empty()) text += "; ";
        text += words;
    };
    for (const LeafMapping& leaf : compiled.leaves) {
        const std::string words = loss(leaf);
        if (words.empty()) continue;
        const std::string& name = compiled.field.parts[leaf.part].name;
        add(name.empty() ? words : name + ": " + words);
    }
    if (compiled.names) {
        const Limits& limits = compiled.names->limits;
        if (limits.characters != 0)
            add("only " + std::to_string(limits.characters) +
                " characters of each part of the name fit");
        if (limits.bytes != 0)
            add("only " + std::to_string(limits.bytes) + " bytes of each part of the name fit");
    }
    if (compiled.lines) {
        const Limits& limits = compiled.lines->limits;
        if (limits.characters != 0)
            add("only " + std::to_string(limits.characters) + " characters of a line are kept");
        if (limits.bytes != 0)
            add("only " + std::to_string(limits.bytes) + " bytes of a line are kept");
        if (!compiled.lines->default_country.empty())
            add("an address without a country is read as one in " + compiled.lines->default_country
            );
    }
    return text;
}

bool is_explained(const CompiledField& compiled, const FieldValue& sent, const FieldValue& back) {
    if (compiled.names) return agrees(compiled, sent, back);
    if (compiled.lines) {
        const AddressLines& lines = *compiled.lines;
        return std::all_of(lines.lines.begin(), lines.lines.end(), [&](const auto& line) {
            return is_explained(lines, line, sent, back);
        });
    }
    return std::all_of(
        compiled.leaves.begin(),
        compiled.leaves.end(),
        [&](const LeafMapping& leaf) {
            return is_explained(leaf, sent.parts[leaf.part], back.parts[leaf.part]);
        }
    );
}

}  // namespace syncline::mapping
