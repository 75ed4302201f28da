#include "normal/country.hpp"

#include "base/text.hpp"
#include "normal/unicode.hpp"

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

constexpr std::size_t kMaxNameBytes = 100;
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

NameTable make_table(const std::string& language) {
    NameTable table;
    const auto add_language = [&](const std::string& spoken) {
        for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code)
            table.emplace(folded_words(display_name(*code, spoken)), *code);
    };
    for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
        table.emplace(ascii_lower(*code), *code);
        table.emplace(
            ascii_lower(uloc_getISO3Country(("und_" + std::string(*code)).c_str())), *code
        );
    }
    add_language(language);
    add_language("en");
    for (const auto& [name, code] : kCommonNames)
        table.emplace(name, code);
    for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code)
        table.emplace(folded_words(display_name(*code, own_language(*code))), *code);
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

std::optional<std::string> country_code(std::string_view text, std::string_view language) {
    if (text.size() > kMaxNameBytes) return std::nullopt;
    const NameTable& table = table_of(is_language(language) ? std::string(language) : "en");
    const auto found = table.find(folded_words(text));
    if (found == table.end()) return std::nullopt;
    return found->second;
}

std::string country_name(std::string_view code, std::string_view language) {
    if (code.size() != 2 || code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != code.npos)
        return {};
    std::string name = display_name(code, is_language(language) ? language : "en");
    return name == code ? std::string{} : name;  // ICU repeats a code that it does not know
}

}  // namespace syncline::normal
