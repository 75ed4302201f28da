#include "mapping/name_parts.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "normal/legal_form.hpp"
#include "normal/normal_form.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace syncline::mapping {
namespace {

using Role = NameParts::Role;
using Words = std::vector<std::string>;

constexpr std::size_t kRoles = 4;

/// By role; "" where the name has no such part.
using Division = std::array<std::string, kRoles>;

constexpr std::array<std::string_view, 30> kParticles{
    "af",  "al", "da", "das", "de",  "degli", "dei", "del", "della", "den",
    "der", "di", "do", "dos", "du",  "el",    "ibn", "la",  "las",   "le",
    "los", "op", "t",  "te",  "ten", "ter",   "van", "ver", "von",   "zu",
};
constexpr std::array<std::string_view, 19> kTitles{
    "dhr",  "dipl", "dr",  "drs", "frau", "herr", "ing", "ir",   "me",  "mevr",
    "miss", "mlle", "mme", "mr",  "mrs",  "ms",   "mw",  "prof", "sir",
};
constexpr std::array<std::string_view, 8> kSuffixes{
    "ii", "iii", "iv", "jr", "mba", "md", "phd", "sr"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& known, const std::string& word) {
    return std::find(known.begin(), known.end(), normal::folded_words(word)) != known.end();
}

Error failed(const NameParts& names, std::string detail) {
    return {ErrorCode::MappingFailed, Remedy::Quarantine, names.field.path, std::move(detail)};
}

std::string& of(Division& division, Role role) {
    return division[static_cast<std::size_t>(role)];
}
const std::string& of(const Division& division, Role role) {
    return division[static_cast<std::size_t>(role)];
}

bool has(const NameParts& names, Role role) {
    return std::any_of(names.parts.begin(), names.parts.end(), [&](const NameParts::Part& part) {
        return part.role == role;
    });
}

std::string joined(std::span<const std::string> words) {
    std::string text;
    for (const std::string& word : words) {
        if (word.empty()) continue;
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

std::string name_of(const NameParts& names, const Division& division) {
    if (!names.family_first) return joined(division);
    const std::string& family = of(division, Role::Family);
    const std::string& given = of(division, Role::Given);
    return family + (family.empty() || given.empty() ? "" : ", ") + given;
}

Words words_of(std::string_view text) {
    Words words;
    for (const std::string_view word : split(text, ' ')) {
        if (!word.empty()) words.emplace_back(word);
    }
    return words;
}

bool is_organisation(const Words& words) {
    if (words.empty()) return false;
    const auto strange = [](const std::string& word) {
        return word == "&" || word == "+" || word.find_first_of("0123456789") != std::string::npos;
    };
    return normal::is_legal_form(words.back()) || normal::is_legal_form(words.front()) ||
           std::any_of(words.begin(), words.end(), strange);
}

/// A beginning (or an end) of the words is this part, and some words are left.
bool begins_with(const Words& words, const Words& part) {
    return !part.empty() && part.size() < words.size() &&
           std::equal(part.begin(), part.end(), words.begin());
}
bool ends_with(const Words& words, const Words& part) {
    return !part.empty() && part.size() < words.size() &&
           std::equal(part.rbegin(), part.rend(), words.rbegin());
}

/// Where the family name begins among the words of a person's name, the first of which is given.
std::size_t family_begin(const Words& words, const Division* held) {
    if (held != nullptr) {
        const Words given = words_of(of(*held, Role::Given));
        if (begins_with(words, given)) return given.size();
        const Words family = words_of(of(*held, Role::Family));
        if (ends_with(words, family)) return words.size() - family.size();
    }
    std::size_t begin = words.size() - 1;
    while (begin > 0 && is_one_of(kParticles, words[begin - 1]))
        --begin;
    return begin;
}

std::optional<Division> given_first(const NameParts& names, Words words, const Division* held) {
    Division division;
    if (is_organisation(words)) return std::nullopt;
    std::size_t titles = 0;
    while (has(names, Role::Title) && titles < words.size() && is_one_of(kTitles, words[titles]))
        ++titles;
    std::size_t end = words.size();
    while (has(names, Role::Suffix) && end > titles && is_one_of(kSuffixes, words[end - 1]))
        --end;
    const std::span<const std::string> all(words);
    of(division, Role::Title) = joined(all.first(titles));
    of(division, Role::Suffix) = joined(all.subspan(end));
    const Words person(
        words.begin() + static_cast<std::ptrdiff_t>(titles),
        words.begin() + static_cast<std::ptrdiff_t>(end)
    );
    if (person.empty()) return std::nullopt;
    if (person.size() == 1 && titles == 0 && end == words.size()) return std::nullopt;
    const std::span<const std::string> rest(person);
    const std::size_t family = person.size() == 1 ? 0 : family_begin(person, held);
    of(division, Role::Given) = joined(rest.first(family));
    of(division, Role::Family) = joined(rest.subspan(family));
    return division;
}

std::optional<Division> family_first(const std::string& name) {
    const auto comma = name.find(", ");
    if (comma == std::string::npos || is_organisation(words_of(name))) return std::nullopt;
    Division division;
    of(division, Role::Family) = name.substr(0, comma);
    of(division, Role::Given) = name.substr(comma + 2);
    return division;
}

bool same_name(const NameParts& names, const std::string& a, const std::string& b) {
    return same(*names.field.parts.front().spec, Cell(a), Cell(b));
}

Division divided(const NameParts& names, const std::string& name, const Division* held) {
    Division undivided;
    of(undivided, names.whole) = name;
    // "Doe, Jane" has no given name that it begins with.
    const bool by_words = !names.family_first && name.find(',') == std::string::npos;
    std::optional<Division> division;
    if (names.family_first)
        division = family_first(name);
    else if (by_words)
        division = given_first(names, words_of(name), held);
    if (!division || !same_name(names, name_of(names, *division), name)) return undivided;
    return *division;
}

Result<Division> division_of(const NameParts& names, const RawFields& raw) {
    Division division;
    for (const NameParts::Part& part : names.parts) {
        const RawValue* held = raw.find(part.remote);
        SYNCLINE_ASSERT(held != nullptr);
        auto text = cell_of(*held);
        if (!text) return failed(names, part.remote + ": " + text.error().detail);
        of(division, part.role) = normal::single_line(text->value_or(""));
    }
    return division;
}

Result<Cell> named(const NameParts& names, const Division& division) {
    const std::string name = name_of(names, division);
    if (name.empty()) return Cell{};
    auto form = normal::normal_form(*names.field.parts.front().spec, name, "");
    if (!form) return failed(names, form.error().detail);
    return std::move(form).value();
}

}  // namespace

Result<FieldValue> read(const NameParts& names, const RawFields& raw) {
    SYNCLINE_TRY(const Division division, division_of(names, raw));
    SYNCLINE_TRY(Cell name, named(names, division));
    FieldValue value = FieldValue::cleared(1);
    value.parts.front() = std::move(name);
    return value;
}

Result<RawFields> write(const NameParts& names, const FieldValue& value, const RawFields& held) {
    const Cell& name = value.parts.front();
    const bool complete =
        std::all_of(names.parts.begin(), names.parts.end(), [&](const NameParts::Part& part) {
            return held.contains(part.remote);
        });
    std::optional<Division> standing;
    if (complete) {
        if (auto division = division_of(names, held); division) standing = std::move(*division);
    }
    RawFields result;
    if (standing) {
        const auto meant = named(names, *standing);
        if (meant && same(*names.field.parts.front().spec, *meant, name)) {
            for (const NameParts::Part& part : names.parts)
                result[part.remote] = *held.find(part.remote);
            return result;
        }
    }
    Division division;
    if (name) division = divided(names, *name, standing ? &*standing : nullptr);
    for (const NameParts::Part& part : names.parts) {
        const std::string& text = of(division, part.role);
        if (cut(text, names.limits).size() != text.size())
            return failed(
                names, "a part of the name does not fit into " + part.remote + " and cannot be cut"
            );
        result[part.remote] = raw_of(
            text.empty() ? Cell{} : Cell(text), held.find(part.remote), RawValue::Kind::Text
        );
    }
    return result;
}

}  // namespace syncline::mapping
