#include "mapping/law_samples.hpp"

#include "base/text.hpp"
#include "normal/country.hpp"
#include "normal/normal_form.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace syncline::mapping {
namespace {

/// A canonical value with words for what is special about it.
struct Sample {
    std::string value;
    std::string shape;
};

/// A small fixed sequence: the same mapping is judged alike on every machine and every day.
class Sequence {
public:
    std::size_t below(std::size_t limit) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>((state_ >> 33U) % limit);
    }

private:
    std::uint64_t state_ = 20260301;
};

constexpr int kGenerated = 24;

std::string generated_text(Sequence& sequence) {
    static const std::vector<std::string> pieces{
        "Kerk", "straat", "é", "ß", "Ł", "12", " ",  "-", "'", "日本", "🙂", "Ave", "/",
        "&",    "\"",     ",", ";", ".", "B",  "NV", "0", "#", "Ω",    "I",    "i",   "st"};
    std::string text = "x";
    const std::size_t length = 1 + sequence.below(9);
    for (std::size_t i = 0; i < length; ++i)
        text += pieces[sequence.below(pieces.size())];
    return text;
}

/// Texts that the leaf admits, one of them as long as it may be (or nearly 200 characters).
std::vector<Sample> text_samples(const LeafSpec& spec) {
    constexpr std::size_t kLong = 200;
    const std::size_t longest =
        spec.max_characters == 0 ? kLong : std::min<std::size_t>(kLong, spec.max_characters);
    std::vector<Sample> samples{
        {"Acme", "a plain word"},
        {"De Smet & Zonen", "a text with spaces"},
        {"Café Léon", "a text with accents"},
        {"Łódź Öğretmen ŞTI", "a text with rare letters"},
        {"O'Neill-\"Van\" d'Huart, 3/5", "a text with quotes and punctuation"},
        {"東京商事 🙂", "a text beyond the basic plane"},
        {"0123", "a text of digits"},
        {std::string(longest - std::min<std::size_t>(longest, 5), 'a') + " tail", "a long text"},
    };
    Sequence sequence;
    for (int i = 0; i < kGenerated; ++i)
        samples.push_back({generated_text(sequence), "a generated text"});
    std::erase_if(samples, [&](const Sample& sample) {
        return count_characters(sample.value) > longest;
    });
    return samples;
}

std::vector<Sample> figures(std::string_view suffix) {
    std::vector<Sample> samples;
    Sequence sequence;
    for (const char* figure :
         {"0", "1", "-1", "5", "10", "99", "125000", "-4999", "900719925474099312"})
        samples.push_back({figure + std::string(suffix), "an amount"});
    for (int i = 0; i < kGenerated; ++i)
        samples.push_back(
            {std::to_string(sequence.below(100000000)) + std::string(suffix), "a generated amount"}
        );
    return samples;
}

std::string currency_of(const LeafMapping& leaf) {
    for (const Lens& lens : leaf.lenses) {
        if (const auto* money = std::get_if<MoneyLens>(&lens)) return money->currency;
    }
    return "EUR";
}

/// Where names are written, each country counts: some are called alike in some language.
std::vector<Sample> country_samples(const LeafMapping& leaf) {
    std::vector<Sample> samples;
    const bool by_name = std::any_of(leaf.lenses.begin(), leaf.lenses.end(), [](const Lens& lens) {
        return std::holds_alternative<CountryNameLens>(lens);
    });
    if (!by_name) return {{"BE", "a country"}, {"GB", "a country"}};
    for (const std::string& code : normal::country_codes())
        samples.push_back({code, "the country " + code});
    return samples;
}

std::vector<Sample> code_samples(const LeafSpec& spec) {
    std::vector<Sample> samples;
    for (const std::string_view code : spec.codes)
        samples.push_back({std::string(code), "the code " + std::string(code)});
    return samples;
}

/// Each month counts, where it is written by its name; so do the centuries, where it is not.
std::vector<Sample> date_samples() {
    std::vector<Sample> samples{
        {"2024-02-29", "a leap day"},
        {"1999-12-31", "a date of the last century"},
        {"1875-05-09", "a date of long ago"},
        {"0987-11-03", "a date of the middle ages"},
        {"2149-10-08", "a date to come"}};
    for (const char* month :
         {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"})
        samples.push_back({"2026-" + std::string(month) + "-07", "a date"});
    return samples;
}

std::vector<Sample> samples_of(const LeafMapping& leaf) {
    const LeafSpec& spec = *leaf.spec;
    switch (spec.type) {
        case ValueType::Text:
        case ValueType::LongText:
        case ValueType::PersonOrOrganisationName:
            return text_samples(spec);
        case ValueType::Email:
            return {
                {"info@example.com", "an e-mail address"},
                {"Anna.De-Smet+crm@post.example.org", "an address with capitals and a plus"}};
        case ValueType::Phone:
            return {
                {"+3225010211", "a Belgian number"},
                {"+32475123456", "a Belgian mobile number"},
                {"+493012345678", "a German number"},
                {"+390612345678", "an Italian number with a leading zero"},
                {"+12025550123", "an American number"}};
        case ValueType::Country:
            return country_samples(leaf);
        case ValueType::Language:
            return {{"nl", "a language"}, {"fr-BE", "a regional language"}};
        case ValueType::Currency:
            return {{"EUR", "a currency"}, {"JPY", "a currency"}};
        case ValueType::VatNumber:
            return {
                {"BE0123456749", "a Belgian VAT number"},
                {"DE123456789", "a German VAT number"},
                {"NL123456789B01", "a Dutch VAT number"}};
        case ValueType::Identifier:
            return {{"10027", "digits"}, {"AB12C3", "letters and digits"}};
        case ValueType::Code:
            return code_samples(spec);
        case ValueType::Integer:
            return figures("");
        case ValueType::Decimal:
            return figures(".25");
        case ValueType::Money:
            return figures(" " + currency_of(leaf));
        case ValueType::Date:
            return date_samples();
        case ValueType::DateTime:
            return {{"2026-03-01T09:30:00.000Z", "a moment"}};
        case ValueType::Boolean:
            return {{"true", "true"}, {"false", "false"}};
    }
    return {};
}

/// The texts that the tables of a leaf know: with a table, they are its domain.
std::vector<Sample> table_samples(const LeafMapping& leaf) {
    std::vector<Sample> samples;
    for (const Lens& lens : leaf.lenses) {
        const auto* table = std::get_if<EnumLens>(&lens);
        const auto* file = std::get_if<LookupLens>(&lens);
        if (table == nullptr && file == nullptr) continue;
        for (const auto& [remote, canonical] : table != nullptr ? table->rows : file->rows)
            samples.push_back({canonical, "the table's value \"" + canonical + "\""});
    }
    return samples;
}

std::vector<SampleValue> address_samples(const CompiledField& compiled) {
    std::vector<SampleValue> samples;
    const auto add = [&](std::string shape,
                         const std::vector<std::pair<std::string, Cell>>& parts) {
        FieldValue value = FieldValue::cleared(compiled.field.parts.size());
        for (std::size_t i = 0; i < compiled.field.parts.size(); ++i) {
            for (const auto& [name, cell] : parts) {
                if (compiled.field.parts[i].name == name && compiled.face.covers[i])
                    value.parts[i] = cell;
            }
        }
        samples.push_back({std::move(value), std::move(shape)});
    };
    const auto address = [&](std::string shape, Cell street, Cell postcode, Cell city, Cell country
                         ) {
        add(std::move(shape),
            {{"street", std::move(street)},
             {"postcode", std::move(postcode)},
             {"city", std::move(city)},
             {"country", std::move(country)}});
    };
    address("a Belgian address", "Kerkstraat 12 bus 3", "1000", "Brussel", "BE");
    address("a Dutch address", "Damrak 1", "1011 AB", "Amsterdam", "NL");
    address("a British address", "10 Downing Street", "SW1A 2AA", "London", "GB");
    address("an address with accents", "Place de l'Église 3", "4000", "Liège", "FR");
    address("an address without a postcode", "Main Street 1", std::nullopt, "Hong Kong", "HK");
    address("an address without a city", "Main Street 1", "2000", std::nullopt, "BE");
    address(
        "a city that begins with a number", "Main Street 1", std::nullopt, "100 Mile House", "CA"
    );
    address("a city named as a country", "Avenida 1", "01000", "Mexico", "MX");
    address("a city and no street", std::nullopt, "9000", "Gent", "BE");
    address("a city named as its country", "Rue 1", std::nullopt, "Luxembourg", "LU");
    address("an address without a country", "Kerkstraat 12", "1000", "Brussel", std::nullopt);
    return samples;
}

/// Persons and organisations, beside the texts that any name may be.
std::vector<SampleValue> name_samples(const CompiledField& compiled) {
    std::vector<Sample> samples = text_samples(*compiled.field.parts.front().spec);
    for (const char* name :
         {"Jane Doe",
          "Doe, Jane",
          "Doe,Jane",
          "Cher",
          "Piet van den Berg",
          "van den Berg",
          "Prof. Dr. Jane Doe PhD",
          "Dr Jr",
          "Acme Trading NV",
          "De Smet, Jansen & Zonen"})
        samples.push_back({name, "the name of somebody"});
    std::vector<SampleValue> values;
    for (Sample& sample : samples) {
        const auto form = normal::normal_form(*compiled.field.parts.front().spec, sample.value, "");
        if (form && *form) values.push_back({FieldValue::of(**form), std::move(sample.shape)});
    }
    return values;
}

/// Each leaf's samples in turn, the others cleared, so that one leaf's trouble names itself.
std::vector<SampleValue> leaf_samples(const CompiledField& compiled) {
    std::vector<SampleValue> values;
    for (const LeafMapping& leaf : compiled.leaves) {
        std::vector<Sample> samples = table_samples(leaf);
        const bool from_table = !samples.empty();
        if (!from_table) samples = samples_of(leaf);
        for (Sample& sample : samples) {
            const auto form = normal::normal_form(*leaf.spec, sample.value, leaf.default_country);
            if (!from_table && !(form && *form)) continue;  // the field holds no such value
            FieldValue value = FieldValue::cleared(compiled.field.parts.size());
            // A table may hold what the field does not admit; it stays as it is and fails to
            // return.
            value.parts[leaf.part] = form && *form ? **form : sample.value;
            values.push_back({std::move(value), std::move(sample.shape)});
        }
    }
    return values;
}

}  // namespace

std::vector<SampleValue> samples_of(const CompiledField& compiled) {
    if (compiled.lines) return address_samples(compiled);
    if (compiled.names) return name_samples(compiled);
    return leaf_samples(compiled);
}

}  // namespace syncline::mapping
