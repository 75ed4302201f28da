#include "base/text.hpp"
#include "mapping/lens.hpp"
#include "normal/decimal.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string_view>

namespace syncline::mapping {
namespace {

enum class Shape : std::uint8_t { Options, Table, List };

/// One lens: what it takes and which leaves it serves (an empty list: every leaf).
struct Kind {
    std::string_view name;
    Shape shape = Shape::Options;
    std::vector<std::string_view> options;
    std::vector<ValueType> types;
    std::function<Result<Lens>(const LensSetting&)> make;
};

Error invalid(std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, {}, std::move(detail)};
}

std::string option(const LensSetting& setting, const char* name, const char* otherwise = "") {
    const std::string* value = setting.options.find(name);
    return value == nullptr ? otherwise : *value;
}

Result<Lens> make_phone(const LensSetting& setting) {
    const std::string style = option(setting, "write", "e164");
    if (style == "e164") return Lens(PhoneLens{PhoneLens::Style::E164});
    if (style == "international") return Lens(PhoneLens{PhoneLens::Style::International});
    if (style == "national") return Lens(PhoneLens{PhoneLens::Style::National});
    return invalid("option write of lens phone is e164, international or national");
}

Result<Lens> make_country_name(const LensSetting& setting) {
    const std::string language = option(setting, "language", "en");
    if (language.size() < 2 || language.size() > 11)
        return invalid("option language of lens country_name is a language code such as \"en\"");
    return Lens(CountryNameLens{language});
}

Result<Lens> make_date(const LensSetting& setting) {
    const std::string year = option(setting, "first_year");
    const bool is_year = year.size() == 4 && year.front() != '0' &&
                         year.find_first_not_of("0123456789") == std::string::npos;
    if (setting.options.contains("first_year") && (!is_year || year > "9900"))
        return invalid("option first_year of lens date is a year of four digits such as 1930");
    const unsigned first_year = is_year ? static_cast<unsigned>(std::stoul(year)) : 0;
    SYNCLINE_TRY(
        DateFormat format,
        DateFormat::make(
            option(setting, "format", "YYYY-MM-DD"), first_year, option(setting, "language")
        )
    );
    return Lens(DateLens{std::move(format)});
}

Result<Lens> make_number(const LensSetting& setting) {
    const std::string separator = option(setting, "decimal_separator", ".");
    if (separator != "." && separator != ",")
        return invalid("option decimal_separator of lens number is \".\" or \",\"");
    return Lens(NumberLens{separator[0]});
}

Result<Lens> make_money(const LensSetting& setting) {
    const std::string currency = option(setting, "currency");
    const auto digits = normal::currency_digits(currency);
    if (!digits) return invalid("option currency of lens money is a code of ISO 4217: \"EUR\"");
    const std::string unit = option(setting, "unit", "major");
    if (unit == "major") return Lens(MoneyLens{currency, *digits});
    if (unit == "minor") return Lens(MoneyLens{currency, 0});
    return invalid("option unit of lens money is major or minor");
}

Result<Lens> make_enum(const LensSetting& setting) {
    if (setting.table.empty()) return invalid("lens enum needs a table of remote and own values");
    for (std::size_t i = 0; i < setting.table.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (setting.table[i].first == setting.table[j].first)
                return invalid("lens enum has two rows for \"" + setting.table[i].first + "\"");
        }
    }
    return Lens(EnumLens{setting.table});
}

/// The configuration's reader has put the rows of the file into the table, the row that is written
/// before others of the same own word.
Result<Lens> make_lookup(const LensSetting& setting) {
    if (setting.table.empty()) return invalid("lens lookup needs option file, with rows in it");
    LookupLens lens;
    lens.rows = setting.table;
    for (const auto& [remote, own] : lens.rows) {
        if (!lens.own_of.emplace(remote, own).second)
            return invalid("the file of lens lookup has two rows for \"" + remote + "\"");
        lens.remote_of.emplace(own, remote);
    }
    const std::string unknown = option(setting, "unknown", "refuse");
    const std::string* standard = setting.options.find("default");
    if (unknown != "refuse" && unknown != "keep")
        return invalid("option unknown of lens lookup is refuse or keep");
    if (standard != nullptr && setting.options.contains("unknown"))
        return invalid("lens lookup has option unknown or option default, not both");
    lens.keeps_unknown = unknown == "keep";
    if (standard == nullptr) return Lens(std::move(lens));
    if (!lens.remote_of.contains(*standard))
        return invalid(
            "option default of lens lookup is \"" + *standard +
            "\", and its file has no row for it; add one, or the hub has no word to write"
        );
    lens.otherwise = *standard;
    return Lens(std::move(lens));
}

Result<Lens> make_constant(const LensSetting& setting) {
    if (!setting.options.contains("value")) return invalid("lens constant needs option value");
    return Lens(ConstantLens{option(setting, "value")});
}

Result<Lens> make_default(const LensSetting& setting) {
    if (option(setting, "value").empty()) return invalid("lens default needs option value");
    return Lens(DefaultLens{option(setting, "value")});
}

Result<Lens> make_null_as(const LensSetting& setting) {
    NullAsLens lens{setting.list, option(setting, "write")};
    if (lens.values.empty())
        return invalid("lens null_as needs the list of values that say nothing");
    const bool is_read_back =
        lens.written.empty() ||
        std::find(lens.values.begin(), lens.values.end(), lens.written) != lens.values.end();
    if (!is_read_back) return invalid("option write of lens null_as must be one of its values");
    return Lens(std::move(lens));
}

template <class Plain>
Result<Lens> make_plain(const LensSetting&) {
    return Lens(Plain{});
}

template <CaseLens::To kTo>
Result<Lens> make_case(const LensSetting&) {
    return Lens(CaseLens{kTo});
}

const std::vector<Kind>& kinds() {
    using T = ValueType;
    static const std::vector<Kind> all{
        {"trim", Shape::Options, {}, {}, make_plain<TrimLens>},
        {"collapse_spaces", Shape::Options, {}, {}, make_plain<CollapseSpacesLens>},
        {"upper", Shape::Options, {}, {}, make_case<CaseLens::To::Upper>},
        {"lower", Shape::Options, {}, {}, make_case<CaseLens::To::Lower>},
        {"phone", Shape::Options, {"write"}, {T::Phone}, make_phone},
        {"email", Shape::Options, {}, {T::Email}, make_plain<EmailLens>},
        {"vat", Shape::Options, {}, {T::VatNumber}, make_plain<VatLens>},
        {"country_code", Shape::Options, {}, {T::Country}, make_plain<CountryCodeLens>},
        {"country_name", Shape::Options, {"language"}, {T::Country}, make_country_name},
        {"date", Shape::Options, {"format", "first_year", "language"}, {T::Date}, make_date},
        {"number", Shape::Options, {"decimal_separator"}, {T::Integer, T::Decimal}, make_number},
        {"money", Shape::Options, {"currency", "unit"}, {T::Money}, make_money},
        {"enum", Shape::Table, {}, {}, make_enum},
        {"lookup", Shape::Table, {"file", "unknown", "default"}, {}, make_lookup},
        {"constant", Shape::Options, {"value"}, {}, make_constant},
        {"default", Shape::Options, {"value"}, {}, make_default},
        {"null_as", Shape::List, {"write"}, {}, make_null_as},
    };
    return all;
}

/// Without the options that the lens does not take: a misspelt option must not pass in silence.
Result<void> check_shape(const Kind& kind, const LensSetting& setting) {
    for (const auto& [name, value] : setting.options) {
        if (std::find(kind.options.begin(), kind.options.end(), name) != kind.options.end())
            continue;
        const std::vector<std::string> known(kind.options.begin(), kind.options.end());
        const std::string near = nearest(name, known);
        return invalid(
            "lens " + setting.name + " has no option \"" + name + "\"" +
            (near.empty() ? "" : "; did you mean \"" + near + "\"?")
        );
    }
    if (!setting.table.empty() && kind.shape != Shape::Table)
        return invalid("lens " + setting.name + " takes no table");
    if (!setting.list.empty() && kind.shape != Shape::List)
        return invalid("lens " + setting.name + " takes no list");
    return {};
}

Result<Lens> make_checked(const LensSetting& setting, const LensContext& context) {
    const auto kind = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& candidate) {
        return candidate.name == setting.name;
    });
    if (kind == kinds().end()) {
        if (setting.name == "address_lines")
            return invalid("lens address_lines belongs to a whole address, not to one of its parts"
            );
        if (setting.name == "name_parts")
            return invalid("lens name_parts belongs to name, with a list of remote fields");
        const std::string near = nearest(setting.name, lens_names());
        return invalid(
            "no lens is called \"" + setting.name + "\"" +
            (near.empty() ? "" : "; did you mean \"" + near + "\"?")
        );
    }
    const auto& types = kind->types;
    if (!types.empty() && std::find(types.begin(), types.end(), context.spec.type) == types.end())
        return invalid("lens " + setting.name + " does not fit a field of this type");
    if (auto shape = check_shape(*kind, setting); !shape) return shape.error();
    return kind->make(setting);
}

}  // namespace

const std::vector<std::string>& lens_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list{"address_lines", "name_parts"};
        for (const Kind& kind : kinds())
            list.emplace_back(kind.name);
        return list;
    }();
    return names;
}

Result<Lens> make_lens(const LensSetting& setting, const LensContext& context, std::string where) {
    auto lens = make_checked(setting, context);
    if (lens) return lens;
    Error error = lens.error();
    error.where = std::move(where);
    return error;
}

}  // namespace syncline::mapping
