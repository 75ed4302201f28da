#include "mapping/address_lines.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
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

/// Some name of a postal code and of the city it is in, taken from one line.
struct Place {
    Cell postcode;
    Cell city;
};

/// What the lines of a remote record were understood as.
struct Reading {
    FieldValue value;
    std::vector<std::string> texts;     ///< the lines, on one line each
    std::vector<std::string> leftover;  ///< lines out of place that hold no part of the address
    bool in_place = true;               ///< every line holds what the layout says
};

Error invalid(std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, {}, std::move(detail)};
}

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

bool is_upper_letters(std::string_view text, std::size_t longest) {
    return !text.empty() && text.size() <= longest &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

/// A word that can belong to a postcode: "1000", "SW1A", the "AB" of "1011 AB".
bool is_postcode_word(std::string_view word) {
    return has_digit(word) || is_upper_letters(word, 3);
}

bool is_postcode(std::string_view text) {
    if (text.empty() || text.size() > 12) return false;
    const auto words = split(text, ' ');
    return std::all_of(words.begin(), words.end(), is_postcode_word);
}

/// Length in words of the postcode that `words` begin with: words with digits, and after four
/// digits the two letters of the Netherlands.
std::size_t postcode_words(const std::vector<std::string_view>& words) {
    std::size_t count = 0;
    while (count < words.size() && has_digit(words[count]))
        ++count;
    const bool dutch = count == 1 && words[0].size() == 4 && words.size() > 2 &&
                       words[1].size() == 2 && is_upper_letters(words[1], 2);
    return dutch ? 2 : count;
}

std::string joined(const std::vector<std::string_view>& words, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
        if (!text.empty()) text += ' ';
        text += words[i];
    }
    return text;
}

/// A comma settles what is postcode and what is city where the words alone would not.
Place place_of(std::string_view line, Line::Kind kind) {
    const bool code_first = kind == Line::Kind::PostcodeCity;
    const auto comma = code_first ? line.find(',') : line.rfind(',');
    if (comma != std::string_view::npos) {
        const std::string_view left = trimmed(line.substr(0, comma));
        const std::string_view right = trimmed(line.substr(comma + 1));
        const std::string_view code = code_first ? left : right;
        const std::string_view town = code_first ? right : left;
        if (code.empty() || is_postcode(code)) return {cell(code), cell(town)};
    }
    const std::vector<std::string_view> words = split(line, ' ');
    if (code_first) {
        const std::size_t count = postcode_words(words);
        return {cell(joined(words, 0, count)), cell(joined(words, count, words.size()))};
    }
    std::size_t begin = words.size();
    while (begin > 0 && has_digit(words[begin - 1]))
        --begin;
    return {cell(joined(words, begin, words.size())), cell(joined(words, 0, begin))};
}

std::string line_of(const Place& place, Line::Kind kind, std::string_view separator) {
    const bool code_first = kind == Line::Kind::PostcodeCity;
    const Cell& first = code_first ? place.postcode : place.city;
    const Cell& second = code_first ? place.city : place.postcode;
    return std::string(trimmed(first.value_or("") + std::string(separator) + second.value_or("")));
}

bool is_place(Line::Kind kind) {
    return kind == Line::Kind::PostcodeCity || kind == Line::Kind::CityPostcode;
}

bool is_country(Line::Kind kind) {
    return kind == Line::Kind::CountryName || kind == Line::Kind::CountryCode;
}

bool names_country(const AddressLines& lines, std::string_view text) {
    return text.find(',') == std::string_view::npos &&
           normal::country_code(text, lines.language).has_value();
}

/// The line cannot be what the layout says it is.
bool is_out_of_place(const AddressLines& lines, const Line& line, std::string_view text) {
    if (text.empty()) return false;
    if (is_country(line.kind)) return !names_country(lines, text);
    return is_place(line.kind) && names_country(lines, text);
}

/// With the place's own line blank, a line such as "1000 Brussels" elsewhere is where people put
/// it.
bool place_moved_up(const AddressLines& lines, const std::vector<std::string>& texts) {
    bool found = false;
    for (std::size_t i = 0; i < lines.lines.size(); ++i) {
        const Line::Kind kind = lines.lines[i].kind;
        if (is_place(kind) && !texts[i].empty()) return false;
        if (kind != Line::Kind::Free || texts[i].empty()) continue;
        const Place place = place_of(texts[i], Line::Kind::PostcodeCity);
        found = found || (place.postcode && place.city) || names_country(lines, texts[i]);
    }
    return found;
}

void take(const AddressLines& lines, const Line& line, const std::string& text, FieldValue& value) {
    if (line.kind == Line::Kind::Free || text.empty()) return;
    if (is_place(line.kind)) {
        Place place = place_of(text, line.kind);
        value.parts[lines.postcode] = std::move(place.postcode);
        value.parts[lines.city] = std::move(place.city);
    } else if (is_country(line.kind)) {
        value.parts[line.part] = normal::country_code(text, lines.language);
    } else {
        value.parts[line.part] = text;
    }
}

/// Lines found by content: the last country, the last line with a postcode, the first other line.
bool take_moved(const AddressLines& lines, Reading& reading) {
    std::vector<std::string> texts;
    for (const std::string& text : reading.texts) {
        if (!text.empty()) texts.push_back(text);
    }
    const auto take_last = [&](const Line& line, auto fits) {
        for (std::size_t i = texts.size(); i-- > 0;) {
            if (!fits(texts[i])) continue;
            take(lines, line, texts[i], reading.value);
            texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(i));
            return;
        }
    };
    for (const Line& line : lines.lines) {
        if (is_country(line.kind))
            take_last(line, [&](const std::string& text) { return names_country(lines, text); });
    }
    for (const Line& line : lines.lines) {
        if (!is_place(line.kind)) continue;
        take_last(line, [&](const std::string& text) {
            const Place place = place_of(text, line.kind);
            return place.postcode && place.city;
        });
    }
    std::size_t free = 0;
    for (const Line& line : lines.lines) {
        if (line.kind == Line::Kind::Free) ++free;
        if (line.kind != Line::Kind::Part || texts.empty()) continue;
        take(lines, line, texts.front(), reading.value);
        texts.erase(texts.begin());
    }
    reading.leftover = std::move(texts);
    reading.in_place = false;
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
    bool moved = false;
    for (const Line& line : lines.lines) {
        const RawValue* held = raw.find(line.remote);
        SYNCLINE_ASSERT(held != nullptr);
        auto text = cell_of(*held);
        if (!text) return failed(lines, line.remote + ": " + text.error().detail);
        reading.texts.push_back(normal::single_line(text->value_or("")));
        moved = moved || is_out_of_place(lines, line, reading.texts.back());
    }
    if (moved || place_moved_up(lines, reading.texts)) {
        if (!take_moved(lines, reading))
            return failed(lines, "it cannot be told which line holds what; follow the layout");
    } else {
        for (std::size_t i = 0; i < lines.lines.size(); ++i)
            take(lines, lines.lines[i], reading.texts[i], reading.value);
    }
    const bool holds_country =
        std::any_of(lines.lines.begin(), lines.lines.end(), [](const Line& line) {
            return is_country(line.kind);
        });
    if (holds_country && !reading.value.is_cleared() && !reading.value.parts[lines.country] &&
        !lines.default_country.empty())
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

Result<std::string> place_line(const AddressLines& lines, const Line& line, const Place& place) {
    for (const std::string_view separator : {" ", ", "}) {
        std::string text = line_of(place, line.kind, separator);
        const Place back = place_of(text, line.kind);
        const bool survives = same_part(lines, lines.postcode, back.postcode, place.postcode) &&
                              same_part(lines, lines.city, back.city, place.city);
        if (survives && !is_out_of_place(lines, line, text)) return text;
    }
    return failed(lines, "postcode and city cannot be told apart when written on one line");
}

Result<std::string> composed(const AddressLines& lines, const Line& line, const FieldValue& value) {
    if (is_place(line.kind))
        return place_line(lines, line, {value.parts[lines.postcode], value.parts[lines.city]});
    const std::string text = value.parts[line.part].value_or("");
    if (line.kind != Line::Kind::CountryName || text.empty()) return text;
    std::string country = normal::country_name(text, lines.language);
    if (country.empty()) return failed(lines, "the country has no known name");
    return country;
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
    const bool keeps = standing && agrees(lines, standing->value, value);
    std::size_t leftover = 0;
    RawFields result;
    for (const Line& line : lines.lines) {
        const RawValue* old = held.find(line.remote);
        RawValue& target = result[line.remote];
        const bool free = line.kind == Line::Kind::Free;
        const bool in_place = standing && standing->in_place;
        if (keeps || (in_place && (free || says(lines, line, *standing, value)))) {
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
            target = raw_of(cell(cut(text, lines.limits)), old, RawValue::Kind::Text);
        }
    }
    return result;
}

Result<AddressLines> make_address_lines(
    const LensSetting& setting, const MappedFieldSetting& entry, const Field& field
) {
    AddressLines lines;
    lines.field = field;
    lines.limits = {entry.limit_characters, entry.limit_bytes};
    for (const auto& [name, value] : setting.options) {
        if (name != "language") return invalid("lens address_lines has no option \"" + name + "\"");
        lines.language = value;
    }
    if (lines.language.empty()) lines.language = "en";
    if (setting.list.size() != entry.remotes.size())
        return invalid("the layout of address_lines needs one line for each remote field");
    std::vector<bool> used(field.parts.size());
    const auto part = [&](std::string_view name) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < field.parts.size(); ++i) {
            if (field.parts[i].name != name || used[i]) continue;
            used[i] = true;
            return i;
        }
        return std::nullopt;
    };
    for (std::size_t i = 0; i < setting.list.size(); ++i) {
        const std::string& words = setting.list[i];
        Line line{Line::Kind::Free, 0, entry.remotes[i]};
        std::optional<std::size_t> found = 0;
        if (words == "postcode city" || words == "city postcode") {
            line.kind =
                words == "postcode city" ? Line::Kind::PostcodeCity : Line::Kind::CityPostcode;
            const auto code = part("postcode");
            found = part("city");
            lines.postcode = code.value_or(0);
            lines.city = found.value_or(0);
            if (!code) found = std::nullopt;
        } else if (words == "country" || words == "country_code" || words == "country_name") {
            line.kind = words == "country_name" ? Line::Kind::CountryName : Line::Kind::CountryCode;
            found = part("country");
            lines.country = found.value_or(0);
        } else if (!words.empty()) {
            line.kind = Line::Kind::Part;
            found = part(words);
        }
        if (!found)
            return invalid(
                "line \"" + words +
                "\" of the layout is not a part of the address, or one named twice"
            );
        line.part = *found;
        lines.lines.push_back(std::move(line));
    }
    if (std::find(used.begin(), used.end(), true) == used.end())
        return invalid("the layout of address_lines holds no part of the address");
    return lines;
}

}  // namespace syncline::mapping
