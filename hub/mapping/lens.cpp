#include "mapping/lens.hpp"

#include "base/text.hpp"
#include "normal/country.hpp"
#include "normal/decimal.hpp"
#include "normal/normal_form.hpp"
#include "normal/phone.hpp"
#include "normal/unicode.hpp"

#include <algorithm>
#include <cstddef>

namespace syncline::mapping {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Error failed(std::string detail) {
    return {ErrorCode::MappingFailed, Remedy::Quarantine, {}, std::move(detail)};
}

/// The leaf's normal form, as a step of a mapping.
Result<Cell> normal(const Cell& cell, const LensContext& context) {
    if (!cell) return Cell{};
    auto form = normal::normal_form(context.spec, *cell, context.default_country);
    if (!form) return failed(form.error().detail);
    return std::move(form).value();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Without the marks between groups of three digits, with '.' as the point. Nothing when a mark
/// stands elsewhere: "1.5" in a system with decimal commas is an error, not fifteen.
Cell ungrouped(std::string_view text, char separator) {
    text = trimmed(text);
    const char mark = separator == ',' ? '.' : ',';
    const auto point = text.find(separator);
    const std::string_view whole = text.substr(0, point);
    std::string plain;
    std::size_t group = 0;
    bool grouped = false;
    for (const char c : whole) {
        if (c == mark || c == ' ' || c == '\'') {
            if (group == 0 || group > 3 || (grouped && group != 3)) return std::nullopt;
            grouped = true;
            group = 0;
            continue;
        }
        if (is_digit(c)) ++group;
        plain += c;
    }
    if (grouped && group != 3) return std::nullopt;
    if (point != std::string_view::npos) plain += "." + std::string(text.substr(point + 1));
    return normal::plain_decimal(plain);
}

Result<Cell> read_money(const MoneyLens& lens, std::string_view text) {
    const std::string_view bare = trimmed(text);
    const Cell figure = normal::plain_decimal(bare);
    if (!figure) return failed("the text is not an amount");
    return Cell(normal::scaled_up(*figure, lens.digits) + " " + lens.currency);
}

Result<Cell> write_money(const MoneyLens& lens, const std::string& text) {
    const auto gap = text.find(' ');
    if (gap == std::string::npos || text.substr(gap + 1) != lens.currency)
        return failed("the system keeps amounts in " + lens.currency + " only");
    return Cell(normal::scaled_down(text.substr(0, gap), lens.digits));
}

Result<Cell> read_enum(const EnumLens& lens, const std::string& text) {
    // A flag may come as a number, a text or a boolean, by connector and column type.
    const std::string flag = text == "true" ? "1" : text == "false" ? "0" : text;
    const std::string figure = normal::plain_decimal(text).value_or(text);
    for (const std::string& spelling : {text, flag, figure}) {
        for (const auto& [remote, canonical] : lens.rows) {
            if (remote == spelling) return Cell(canonical);
        }
    }
    if (text.empty()) return Cell{};
    return failed("the value is not in the table of the lens enum; add it with its meaning");
}

Result<Cell> write_enum(const EnumLens& lens, const Cell& cell) {
    if (!cell) return Cell{};
    for (const auto& [remote, canonical] : lens.rows) {
        if (canonical == *cell) return Cell(remote);
    }
    return failed("the system has no word for this value; add one to the table of the lens enum");
}

Result<Cell> read_lookup(const LookupLens& lens, const std::string& text) {
    const std::string word(trimmed(text));
    if (const auto row = lens.own_of.find(word); row != lens.own_of.end()) return Cell(row->second);
    if (word.empty()) return Cell{};
    if (lens.keeps_unknown) return Cell(text);
    if (lens.otherwise) return lens.otherwise;
    return failed("the value is not in the file of the lens lookup; add it with its meaning");
}

Result<Cell> write_lookup(const LookupLens& lens, const Cell& cell) {
    if (!cell) return Cell{};
    if (const auto row = lens.remote_of.find(*cell); row != lens.remote_of.end())
        return Cell(row->second);
    if (!lens.keeps_unknown)
        return failed(
            "the system has no word for this value; add one to the file of the lens lookup"
        );
    if (lens.own_of.contains(trimmed(*cell)))
        return failed("the system reads this text as another value, by the file of the lens lookup"
        );
    return cell;
}

bool is_placeholder(const NullAsLens& lens, std::string_view text) {
    const std::string lowered = normal::lower_case(trimmed(text));
    return std::any_of(lens.values.begin(), lens.values.end(), [&](const std::string& value) {
        return normal::lower_case(value) == lowered;
    });
}

/// Letter case tells two values of this type apart.
bool case_counts(ValueType type) {
    return type == ValueType::Text || type == ValueType::LongText;
}

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string table_loss(const Rows& rows, const LensContext& context) {
    std::string silent;
    std::string merged;
    for (const std::string_view code : context.spec.codes) {
        const bool known = std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
            return row.second == code;
        });
        if (!known) silent += (silent.empty() ? "" : ", ") + std::string(code);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t first = 0; first < i; ++first) {
            if (rows[first].second != rows[i].second) continue;
            merged += (merged.empty() ? "" : ", ") + rows[i].first;
            break;
        }
    }
    std::string text = silent.empty() ? "" : "no word for " + silent;
    if (!merged.empty()) text += (text.empty() ? "" : "; ") + ("read but never written: " + merged);
    return text;
}

std::string lookup_loss(const LookupLens& lens, const LensContext& context) {
    std::string text = table_loss(lens.rows, context);
    // Any text may be a value, and the table has words for some.
    const bool open = context.spec.codes.empty() && !lens.keeps_unknown;
    if (open) text += (text.empty() ? "" : "; ") + std::string("no word for what the file lacks");
    const bool hides =
        lens.keeps_unknown && std::any_of(lens.rows.begin(), lens.rows.end(), [&](const auto& row) {
            return !row.first.empty() && !lens.remote_of.contains(row.first);
        });
    if (hides)
        text += (text.empty() ? "" : "; ") + std::string("no word for the remote words themselves");
    if (lens.otherwise) text += "; words that the file lacks are read as " + *lens.otherwise;
    return text;
}

}  // namespace

Result<Cell> read(const Lens& lens, Cell cell, const LensContext& context) {
    const std::string text = cell.value_or("");
    const auto keep = [&]() -> Result<Cell> { return std::move(cell); };
    if (const auto* table = std::get_if<EnumLens>(&lens)) return read_enum(*table, text);
    if (const auto* table = std::get_if<LookupLens>(&lens)) return read_lookup(*table, text);
    if (const auto* standard = std::get_if<DefaultLens>(&lens))
        return cell ? std::move(cell) : Cell(standard->value);
    if (std::holds_alternative<ConstantLens>(lens)) return Cell{};
    if (!cell) return Cell{};
    return std::visit(
        Overloaded{
            [&](const TrimLens&) -> Result<Cell> { return Cell(std::string(trimmed(text))); },
            [&](const CollapseSpacesLens&) -> Result<Cell> {
                return Cell(normal::single_line(text));
            },
            [&](const CaseLens&) { return keep(); },
            [&](const PhoneLens&) { return normal(cell, context); },
            [&](const EmailLens&) { return normal(cell, context); },
            [&](const VatLens&) { return normal(cell, context); },
            [&](const CountryCodeLens&) { return normal(cell, context); },
            [&](const CountryNameLens& named) -> Result<Cell> {
                Cell code = normal::country_code(text, named.language);
                if (!code) return failed("the text is not the name of a country");
                return code;
            },
            [&](const DateLens& date) -> Result<Cell> {
                Cell day = date.format.read(trimmed(text));
                if (!day) return failed("the text is not a date written as " + date.format.text());
                return day;
            },
            [&](const NumberLens& number) -> Result<Cell> {
                Cell plain = ungrouped(text, number.separator);
                if (!plain) return failed("the text is not a number");
                return plain;
            },
            [&](const MoneyLens& money) { return read_money(money, text); },
            [&](const NullAsLens& nothing) -> Result<Cell> {
                return is_placeholder(nothing, text) ? Cell{} : std::move(cell);
            },
            [&](const EnumLens&) { return keep(); },
            [&](const LookupLens&) { return keep(); },
            [&](const ConstantLens&) { return keep(); },
            [&](const DefaultLens&) { return keep(); },
        },
        lens
    );
}

Result<Cell> write(const Lens& lens, Cell cell, const LensContext& context) {
    const auto keep = [&]() -> Result<Cell> { return std::move(cell); };
    if (const auto* table = std::get_if<EnumLens>(&lens)) return write_enum(*table, cell);
    if (const auto* table = std::get_if<LookupLens>(&lens)) return write_lookup(*table, cell);
    if (const auto* constant = std::get_if<ConstantLens>(&lens)) return Cell(constant->value);
    if (const auto* nothing = std::get_if<NullAsLens>(&lens)) {
        if (!cell && !nothing->written.empty()) return Cell(nothing->written);
        if (cell && is_placeholder(*nothing, *cell))
            return failed("the system reads this text as nothing");
        return keep();
    }
    if (!cell) return Cell{};
    const std::string& text = *cell;
    return std::visit(
        Overloaded{
            [&](const CaseLens& letters) -> Result<Cell> {
                return letters.to == CaseLens::To::Upper ? Cell(normal::upper_case(text))
                                                         : Cell(normal::lower_case(text));
            },
            [&](const PhoneLens& phone) -> Result<Cell> {
                switch (phone.style) {
                    case PhoneLens::Style::E164:
                        return keep();
                    case PhoneLens::Style::International:
                        return Cell(normal::phone_international(text));
                    case PhoneLens::Style::National: {
                        // A number of another country would be read as one of this country.
                        std::string national = normal::phone_national(text);
                        if (normal::phone_e164(national, context.default_country) == text)
                            return Cell(std::move(national));
                        return Cell(normal::phone_international(text));
                    }
                }
                return keep();
            },
            [&](const CountryNameLens& named) -> Result<Cell> {
                std::string name = normal::country_name(text, named.language);
                if (name.empty()) return failed("the country has no known name");
                return Cell(std::move(name));
            },
            [&](const DateLens& date) -> Result<Cell> {
                SYNCLINE_TRY(std::string day, date.format.write(text));
                return Cell(std::move(day));
            },
            [&](const NumberLens& number) -> Result<Cell> {
                std::string figure = text;
                std::replace(figure.begin(), figure.end(), '.', number.separator);
                return Cell(std::move(figure));
            },
            [&](const MoneyLens& money) { return write_money(money, text); },
            [&](const auto&) { return keep(); },
        },
        lens
    );
}

Cell meaning_of_nothing(const Lens& lens) {
    if (const auto* standard = std::get_if<DefaultLens>(&lens)) return standard->value;
    if (const auto* table = std::get_if<EnumLens>(&lens)) {
        for (const auto& [remote, canonical] : table->rows) {
            if (remote.empty()) return canonical;
        }
    }
    if (const auto* table = std::get_if<LookupLens>(&lens)) {
        if (const auto row = table->own_of.find(""); row != table->own_of.end()) return row->second;
    }
    return std::nullopt;
}

std::string loss(const Lens& lens, const LensContext& context) {
    if (std::holds_alternative<CaseLens>(lens))
        return case_counts(context.spec.type) ? "letter case is not kept" : "";
    if (const auto* money = std::get_if<MoneyLens>(&lens))
        return "amounts in " + money->currency + " only";
    std::string text;
    if (const auto* table = std::get_if<EnumLens>(&lens)) text = table_loss(table->rows, context);
    if (const auto* table = std::get_if<LookupLens>(&lens)) text = lookup_loss(*table, context);
    if (const auto* date = std::get_if<DateLens>(&lens)) text = date->format.loss();
    if (const Cell meaning = meaning_of_nothing(lens))
        text += (text.empty() ? "" : "; ") + ("nothing is read as " + *meaning);
    return text;
}

}  // namespace syncline::mapping
