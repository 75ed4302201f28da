#include "normal/country.hpp"

#include "base/text.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unicode/uloc.h>
#include <unicode/unistr.h>
#include <utility>

namespace syncline::normal {
namespace {

constexpr std::size_t kMaxNameCharacters = 100;
constexpr std::size_t kMaxTables = 64;  ///< languages come from configuration; a cap all the same

/// Spellings that people use and no locale data holds.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kCommonNames{{
    {"uk", "GB"},
    {"england", "GB"},
    {"scotland", "GB"},
    {"wales", "GB"},
    {"great britain", "GB"},
    {"usa", "US"},
    {"us", "US"},
    {"united states of america", "US"},
    {"america", "US"},
    {"holland", "NL"},
    {"the netherlands", "NL"},
    {"el", "GR"},
    {"czech republic", "CZ"},
    {"ivory coast", "CI"},
}};

/// ICU also names parts of countries, by codes that no country has: Diego Garcia, Ceuta and
/// Melilla, the Canary Islands.
std::string_view country_of(std::string_view region) {
    if (region == "DG") return "IO";
    if (region == "EA" || region == "IC") return "ES";
    return region;
}

std::string display_name(std::string_view code, std::string_view language) {
    const std::string country = "und_" + std::string(code);
    std::array<UChar, 160> buffer{};
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t length = uloc_getDisplayCountry(
        country.c_str(),
        std::string(language).c_str(),
        buffer.data(),
        static_cast<std::int32_t>(buffer.size()),
        &status
    );
    if (U_FAILURE(status) || length <= 0) return {};
    std::string name;
    icu::UnicodeString(buffer.data(), length).toUTF8String(name);
    return name;
}

/// The language most people of a country write: "BE" -> "nl".
std::string own_language(std::string_view code) {
    const std::string country = "und_" + std::string(code);
    std::array<char, 64> locale{};
    std::array<char, 16> language{};
    UErrorCode status = U_ZERO_ERROR;
    uloc_addLikelySubtags(
        country.c_str(), locale.data(), static_cast<std::int32_t>(locale.size()), &status
    );
    uloc_getLanguage(
        locale.data(), language.data(), static_cast<std::int32_t>(language.size()), &status
    );
    return U_FAILURE(status) ? "en" : std::string(language.data());
}

bool is_language(std::string_view language) {
    if (language.empty() || language.size() > 11) return false;
    return language.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
           ) == std::string_view::npos;
}

/// Folded names of all countries to their codes, as one language reads them.
using NameTable = std::map<std::string, std::string, std::less<>>;

template <class Visit>
void each_region(Visit visit) {
    for (const char* const* region = uloc_getISOCountries(); *region != nullptr; ++region)
        visit(std::string(*region), std::string(country_of(*region)));
}

NameTable make_table(const std::string& language) {
    NameTable table;
    const auto add_language = [&](const std::string& spoken) {
        each_region([&](const std::string& region, const std::string& code) {
            table.emplace(folded_words(display_name(region, spoken)), code);
        });
    };
    each_region([&](const std::string& region, const std::string& code) {
        table.emplace(ascii_lower(region), code);
        table.emplace(ascii_lower(uloc_getISO3Country(("und_" + region).c_str())), code);
    });
    add_language(language);
    add_language("en");
    for (const auto& [name, code] : kCommonNames)
        table.emplace(name, code);
    each_region([&](const std::string& region, const std::string& code) {
        table.emplace(folded_words(display_name(region, own_language(region))), code);
    });
    for (const char* spoken : {"nl", "fr", "de", "es", "it"})
        add_language(spoken);
    table.erase("");
    return table;
}

/// A table is made once per language and never changes or goes away, so readers share it unlocked.
const NameTable& table_of(const std::string& language) {
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<const NameTable>> tables;
    const std::lock_guard<std::mutex> lock(mutex);
    const bool full = tables.size() >= kMaxTables && !tables.contains(language);
    std::unique_ptr<const NameTable>& table = tables[full ? "en" : language];
    if (!table) table = std::make_unique<const NameTable>(make_table(full ? "en" : language));
    return *table;
}

}  // namespace

const std::vector<std::string>& country_codes() {
    static const std::vector<std::string> codes = [] {
        std::vector<std::string> list;
        for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
            if (country_of(*code) == *code) list.emplace_back(*code);
        }
        std::sort(list.begin(), list.end());
        return list;
    }();
    return codes;
}

bool is_country_code(std::string_view code) {
    const std::vector<std::string>& codes = country_codes();
    return std::binary_search(codes.begin(), codes.end(), code);
}

std::optional<std::string> country_code(std::string_view text, std::string_view language) {
    if (count_characters(text) > kMaxNameCharacters) return std::nullopt;
    const NameTable& table = table_of(is_language(language) ? std::string(language) : "en");
    const auto found = table.find(folded_words(text));
    if (found == table.end()) return std::nullopt;
    return found->second;
}

std::string country_name(std::string_view code, std::string_view language) {
    if (!is_country_code(code)) return {};
    return display_name(code, is_language(language) ? language : "en");
}

}  // namespace syncline::normal
