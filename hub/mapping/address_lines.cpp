#include "mapping/address_lines.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "mapping/place_line.hpp"
#include "normal/country.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace syncline::mapping {
namespace {

using Line = AddressLines::Line;

/// What the lines of a remote record were understood as.
struct Reading {
    FieldValue value;
    std::vector<std::string> texts;     ///< the lines, on one line each
    std::vector<std::string> leftover;  ///< lines out of place that hold no part of the address
    bool in_place = true;               ///< every line holds what the layout says
};

Error failed(const AddressLines& lines, std::string detail) {
    return {ErrorCode::MappingFailed, Remedy::Quarantine, lines.field.path, std::move(detail)};
}

Cell cell(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

bool has_digit(std::string_view text) {
    return text.find_first_of("0123456789") != std::string_view::npos;
}

PlaceOrder order_of(const Line& line) {
    return line.kind == Line::Kind::CityPostcode ? PlaceOrder::CityFirst
                                                 : PlaceOrder::PostcodeFirst;
}

bool is_place(Line::Kind kind) {
    return kind == Line::Kind::PostcodeCity || kind == Line::Kind::CityPostcode;
}

bool is_country(Line::Kind kind) {
    return kind == Line::Kind::CountryName || kind == Line::Kind::CountryCode;
}

bool holds_country(const AddressLines& lines) {
    return std::any_of(lines.lines.begin(), lines.lines.end(), [](const Line& line) {
        return is_country(line.kind);
    });
}

bool names_country(const AddressLines& lines, std::string_view text) {
    return text.find(',') == std::string_view::npos &&
           normal::country_code(text, lines.language).has_value();
}

/// A country's name cannot be missing from the lines: the layout has no line for it, or that line
/// holds it. Then "Luxembourg" elsewhere is a city.
bool country_stands(const AddressLines& lines, const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (is_country(lines.lines[i].kind)) return names_country(lines, texts[i]);
    }
    return true;
}

/// Some line cannot be what the layout says it is.
bool is_out_of_place(const AddressLines& lines, const std::vector<std::string>& texts) {
    const bool stands = country_stands(lines, texts);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const Line::Kind kind = lines.lines[i].kind;
        if (texts[i].empty()) continue;
        if (is_country(kind) && !stands) return true;
        if (is_place(kind) && !stands && names_country(lines, texts[i])) return true;
    }
    return false;
}

/// With the place's own line blank, a line such as "1000 Brussels" elsewhere is where people put
/// it.
bool place_moved_up(const AddressLines& lines, const std::vector<std::string>& texts) {
    const auto place = std::find_if(lines.lines.begin(), lines.lines.end(), [](const Line& line) {
        return is_place(line.kind);
    });
    if (place == lines.lines.end()) return false;
    if (!texts[static_cast<std::size_t>(place - lines.lines.begin())].empty()) return false;
    const bool stands = country_stands(lines, texts);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (lines.lines[i].kind != Line::Kind::Free || texts[i].empty()) continue;
        if (is_surely_place(texts[i], order_of(*place))) return true;
        if (!stands && names_country(lines, texts[i])) return true;
    }
    return false;
}

void take(const AddressLines& lines, const Line& line, const std::string& text, FieldValue& value) {
    if (line.kind == Line::Kind::Free || text.empty()) return;
    if (is_place(line.kind)) {
        Place place = place_of(text, order_of(line));
        value.parts[lines.postcode] = std::move(place.postcode);
        value.parts[lines.city] = std::move(place.city);
    } else if (is_country(line.kind)) {
        value.parts[line.part] = normal::country_code(text, lines.language);
    } else {
        value.parts[line.part] = text;
    }
}

/// The lines that people moved, with the parts that the layout has for them.
struct Moved {
    std::vector<std::string> texts;  ///< not blank, from above
    std::vector<const Line*> slots;  ///< of the layout, without the country and the free lines

    std::string take_text(std::size_t i) {
        std::string text = std::move(texts[i]);
        texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(i));
        return text;
    }
};

void take_country(const AddressLines& lines, Moved& moved, FieldValue& value) {
    for (const Line& line : lines.lines) {
        if (!is_country(line.kind)) continue;
        for (std::size_t i = moved.texts.size(); i-- > 0;) {
            if (!names_country(lines, moved.texts[i])) continue;
            take(lines, line, moved.take_text(i), value);
            return;
        }
    }
}

/// The last line that surely is a place. Without one, the lines are told apart by their order, so
/// each part needs its line (or there is one line, of the first part). False: it cannot be told.
bool take_place(const AddressLines& lines, Moved& moved, FieldValue& value) {
    const auto slot = std::find_if(moved.slots.begin(), moved.slots.end(), [](const Line* line) {
        return is_place(line->kind);
    });
    if (slot == moved.slots.end()) return true;
    std::vector<std::string>& texts = moved.texts;
    std::size_t end = texts.size();
    while (end > 0 && !is_surely_place(texts[end - 1], order_of(**slot)))
        --end;
    if (end == 0) return texts.size() <= 1 || texts.size() == moved.slots.size();
    // "1600 Pennsylvania Avenue" above "Washington" only looks like a place.
    const bool is_first = end == 1 && texts.size() > 1 && slot != moved.slots.begin();
    if (is_first && std::none_of(texts.begin() + 1, texts.end(), has_digit)) return false;
    take(lines, **slot, moved.take_text(end - 1), value);
    moved.slots.erase(slot);
    return true;
}

/// Lines found by content: the last country, the last line that surely is a place, and the others
/// in the order of the layout.
bool take_moved(const AddressLines& lines, Reading& reading) {
    Moved moved;
    for (const std::string& text : reading.texts) {
        if (!text.empty()) moved.texts.push_back(text);
    }
    std::size_t free = 0;
    for (const Line& line : lines.lines) {
        if (line.kind == Line::Kind::Free)
            ++free;
        else if (!is_country(line.kind))
            moved.slots.push_back(&line);
    }
    reading.in_place = false;
    take_country(lines, moved, reading.value);
    if (!take_place(lines, moved, reading.value)) return false;
    for (const Line* slot : moved.slots) {
        if (!moved.texts.empty()) take(lines, *slot, moved.take_text(0), reading.value);
    }
    reading.leftover = std::move(moved.texts);
    return reading.leftover.size() <= free;
}

Result<void> normalise(const AddressLines& lines, FieldValue& value) {
    for (std::size_t i = 0; i < value.parts.size(); ++i) {
        if (!value.parts[i]) continue;
        const FieldPart& part = lines.field.parts[i];
        auto form = normal::normal_form(*part.spec, *value.parts[i], lines.default_country);
        if (!form) return failed(lines, part.name + ": " + form.error().detail);
        value.parts[i] = std::move(form).value();
    }
    return {};
}

Result<Reading> understood(const AddressLines& lines, const RawFields& raw) {
    Reading reading{FieldValue::cleared(lines.field.parts.size()), {}, {}, true};
    for (const Line& line : lines.lines) {
        const RawValue* held = raw.find(line.remote);
        SYNCLINE_ASSERT(held != nullptr);
        auto text = cell_of(*held);
        if (!text) return failed(lines, line.remote + ": " + text.error().detail);
        reading.texts.push_back(normal::single_line(text->value_or("")));
    }
    if (is_out_of_place(lines, reading.texts) || place_moved_up(lines, reading.texts)) {
        if (!take_moved(lines, reading))
            return failed(lines, "it cannot be told which line holds what; follow the layout");
    } else {
        for (std::size_t i = 0; i < lines.lines.size(); ++i)
            take(lines, lines.lines[i], reading.texts[i], reading.value);
    }
    if (holds_country(lines) && !reading.value.is_cleared() &&
        !reading.value.parts[lines.country] && !lines.default_country.empty())
        reading.value.parts[lines.country] = lines.default_country;
    if (auto done = normalise(lines, reading.value); !done) return done.error();
    return reading;
}

bool same_part(const AddressLines& lines, std::size_t part, const Cell& a, const Cell& b) {
    return same(*lines.field.parts[part].spec, a, b);
}

/// The line already says what `value` wants it to say.
bool says(
    const AddressLines& lines, const Line& line, const Reading& held, const FieldValue& value
) {
    const auto agrees = [&](std::size_t part) {
        return same_part(lines, part, held.value.parts[part], value.parts[part]);
    };
    if (is_place(line.kind)) return agrees(lines.postcode) && agrees(lines.city);
    return agrees(line.part);
}

Result<std::string> place_line(
    const AddressLines& lines, const Line& line, const FieldValue& value
) {
    const Place place{value.parts[lines.postcode], value.parts[lines.city]};
    const bool no_country = holds_country(lines) && !value.parts[lines.country];
    for (const std::string_view separator : {" ", ", "}) {
        std::string text = line_of(place, order_of(line), separator);
        const Place back = place_of(text, order_of(line));
        const bool survives = same_part(lines, lines.postcode, back.postcode, place.postcode) &&
                              same_part(lines, lines.city, back.city, place.city);
        // "Luxembourg" would be read as the country that the address lacks.
        if (survives && !(no_country && names_country(lines, text))) return text;
    }
    return failed(lines, "postcode and city cannot be told apart when written on one line");
}

Result<std::string> country_line(
    const AddressLines& lines, const Line& line, const std::string& code
) {
    if (code.empty()) return code;
    const bool by_name = line.kind == Line::Kind::CountryName;
    std::string text = by_name ? normal::country_name(code, lines.language) : code;
    if (text.empty()) return failed(lines, "the country has no known name");
    if (normal::country_code(text, lines.language) != code)
        return failed(lines, "the country's name reads as that of another country");
    // Cut, it could be another country: Dominica, the Dominican Republic.
    if (cut(text, lines.limits).size() != text.size())
        return failed(lines, "the country does not fit into its line and cannot be cut");
    return text;
}

Result<std::string> composed(const AddressLines& lines, const Line& line, const FieldValue& value) {
    if (is_country(line.kind))
        return country_line(lines, line, value.parts[line.part].value_or(""));
    if (!is_place(line.kind))
        return std::string(cut(value.parts[line.part].value_or(""), lines.limits));
    SYNCLINE_TRY(const std::string text, place_line(lines, line, value));
    return std::string(cut(text, lines.limits));
}

std::vector<bool> parts_of(const AddressLines& lines) {
    std::vector<bool> parts(lines.field.parts.size());
    for (const Line& line : lines.lines) {
        if (line.kind == Line::Kind::Free) continue;
        if (is_place(line.kind)) {
            parts[lines.postcode] = true;
            parts[lines.city] = true;
        } else {
            parts[line.part] = true;
        }
    }
    return parts;
}

bool agrees(const AddressLines& lines, const FieldValue& a, const FieldValue& b) {
    const std::vector<bool> held = parts_of(lines);
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (held[i] && !same_part(lines, i, a.parts[i], b.parts[i])) return false;
    }
    return true;
}

/// The lines for `value`. Of those held, free ones stay, and with `keeps_spelling` those that
/// already say what they should.
Result<RawFields> laid_out(
    const AddressLines& lines,
    const FieldValue& value,
    const RawFields& held,
    const std::optional<Reading>& standing,
    bool keeps_spelling
) {
    const bool in_place = standing && standing->in_place;
    std::size_t leftover = 0;
    RawFields result;
    for (const Line& line : lines.lines) {
        const RawValue* old = held.find(line.remote);
        RawValue& target = result[line.remote];
        const bool free = line.kind == Line::Kind::Free;
        if (in_place && (free || (keeps_spelling && says(lines, line, *standing, value)))) {
            target = *old;
        } else if (free && standing) {
            const bool any = leftover < standing->leftover.size();
            target = raw_of(
                any ? cell(standing->leftover[leftover++]) : Cell{}, old, RawValue::Kind::Text
            );
        } else if (free) {
            target = old != nullptr ? *old : RawValue::of_text("");
        } else {
            SYNCLINE_TRY(const std::string text, composed(lines, line, value));
            target = raw_of(cell(text), old, RawValue::Kind::Text);
        }
    }
    return result;
}

/// The lines read as `value` or, part by part, as what the system can keep of it.
bool say_all(const AddressLines& lines, const RawFields& written, const FieldValue& value) {
    const auto back = understood(lines, written);
    if (!back) return false;
    const auto alone = laid_out(lines, value, {}, std::nullopt, false);
    if (!alone) return false;
    const auto kept = understood(lines, *alone);
    if (!kept) return false;
    const std::vector<bool> ours = parts_of(lines);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const Cell& part = back->value.parts[i];
        if (ours[i] && !same_part(lines, i, part, value.parts[i]) &&
            !same_part(lines, i, part, kept->value.parts[i]))
            return false;
    }
    return true;
}

}  // namespace

std::vector<bool> covers(const AddressLines& lines) {
    return parts_of(lines);
}

Result<FieldValue> read(const AddressLines& lines, const RawFields& raw) {
    auto reading = understood(lines, raw);
    if (!reading) return reading.error();
    return std::move(reading->value);
}

Result<RawFields> write(const AddressLines& lines, const FieldValue& value, const RawFields& held) {
    std::optional<Reading> standing;
    const bool complete =
        std::all_of(lines.lines.begin(), lines.lines.end(), [&](const Line& line) {
            return held.contains(line.remote);
        });
    if (complete) {
        if (auto reading = understood(lines, held); reading) standing = std::move(*reading);
    }
    if (standing && agrees(lines, standing->value, value)) {
        RawFields result;
        for (const Line& line : lines.lines)
            result[line.remote] = *held.find(line.remote);
        return result;
    }
    SYNCLINE_TRY(RawFields result, laid_out(lines, value, held, standing, true));
    if (held.empty() || say_all(lines, result, value)) return result;
    SYNCLINE_TRY(result, laid_out(lines, value, held, standing, false));
    if (say_all(lines, result, value)) return result;
    return failed(lines, "a line that is not the hub's would be read as a part of the address");
}

}  // namespace syncline::mapping
