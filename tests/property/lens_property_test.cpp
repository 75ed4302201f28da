#include "base/text.hpp"
#include "codec/configuration.hpp"
#include "mapping/system_mapping.hpp"
#include "normal/normal_form.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

using Cell = std::optional<std::string>;

std::size_t below(std::size_t limit) {
    return *rc::gen::inRange<std::size_t>(0, limit);
}
bool any_bool() {
    return *rc::gen::arbitrary<bool>();
}
template <class List>
const auto& one_of(const List& list) {
    return list[below(list.size())];
}

/// A system of one lens or pair of lenses for each kind of field.
SystemSetting every_lens() {
    SystemSetting system;
    system.id = SystemId{"every_lens"};
    system.default_country = "BE";
    system.file = "every_lens.json";
    const auto add = [&](std::string field, std::vector<LensSetting> lenses) -> auto& {
        MappedFieldSetting& entry = system.mapping.emplace_back();
        entry.where = "every_lens.json:" + std::to_string(system.mapping.size());
        entry.remotes = {field};
        entry.field = std::move(field);
        entry.lenses = std::move(lenses);
        return entry;
    };
    const auto lens = [](const char* name, FlatMap<std::string, std::string> options = {}) {
        return LensSetting{name, std::move(options), {}, {}};
    };
    const LensSetting none{"null_as", {{"write", "N/A"}}, {}, {"N/A", "-", "none"}};
    const LensSetting status{"enum", {}, {{"A", "active"}, {"X", "archived"}}, {}};
    const LensSetting lines{
        "address_lines", {{"language", "nl"}}, {}, {"street", "", "city postcode", "country_name"}};
    add("name", {lens("trim"), lens("upper")});
    add("legal_form", {none, lens("trim"), lens("collapse_spaces")});
    add("website", {lens("lower")}).limit_characters = 12;
    add("lifecycle_stage", {}).limit_bytes = 9;
    add("notes", {});
    add("language", {lens("upper")});
    add("birth_date", {none, lens("trim"), lens("date", {{"format", "DD/MM/YYYY"}})});
    add("status", {status});
    const LensSetting terms{
        "lookup", {}, {{"Z1", "net30"}, {"Z2", "net30"}, {"Z3", "net60"}, {"", "cash"}}, {}};
    LensSetting segments{"lookup", {{"unknown", "keep"}}, {{"A", "small"}, {"x", "large"}}, {}};
    LensSetting regions{"lookup", {{"default", "other"}}, {{"N", "north"}, {"O", "other"}}, {}};
    add("ext.erp.terms", {terms});
    add("ext.erp.segment", {segments});
    add("ext.erp.region", {regions});
    add("kind", {lens("constant", {{"value", "CUST"}})});
    add("phones.a.number", {none, lens("phone")});
    add("phones.b.number", {lens("phone", {{"write", "national"}})});
    add("phones.c.number", {lens("phone", {{"write", "international"}})}).limit_characters = 15;
    add("emails.a.address", {lens("email")});
    add("emails.b.address", {lens("lower")}).limit_bytes = 18;
    add("addresses.a.street", {lens("collapse_spaces")}).limit_characters = 9;
    add("addresses.a.city", {lens("trim")});
    add("addresses.a.country", {lens("country_code"), lens("lower")});
    add("addresses.b.country", {lens("upper"), lens("country_name", {{"language", "fr"}})});
    add("addresses.c", {lines}).remotes = {"c1", "c2", "c3", "c4"};
    add("identifiers.vat.value", {lens("vat"), lens("lower")});
    add("identifiers.lei.value", {});
    add("commercial.currency", {lens("lower")});
    add("commercial.payment_days", {lens("number", {{"decimal_separator", ","}})});
    add("commercial.credit_limit", {lens("money", {{"currency", "EUR"}})});
    add("commercial.credit_hold", {});
    add("consents.a.at", {lens("trim")});
    return system;
}

/// A system that divides names, and writes dates by names of months and years of two digits.
SystemSetting divided_names() {
    SystemSetting system;
    system.id = SystemId{"divided_names"};
    system.default_country = "BE";
    MappedFieldSetting& entry = system.mapping.emplace_back();
    entry.field = "birth_date";
    entry.remotes = {"born"};
    const FlatMap<std::string, std::string> options{
        {"format", "DMMMYY"}, {"first_year", "1950"}, {"language", "nl"}};
    entry.lenses = {{"null_as", {{"write", "0"}}, {}, {"0", "-"}}, {"date", options, {}, {}}};
    MappedFieldSetting& name = system.mapping.emplace_back();
    name.field = "name";
    name.remotes = {"last", "title", "first", "suffix"};
    name.lenses = {{"name_parts", {}, {}, {"family", "title", "given", "suffix"}}};
    return system;
}

/// The shipped mappings and those above, with the fields they share.
struct Systems {
    FieldTable fields;
    std::vector<SystemSetting> settings;
    std::vector<SystemMapping> mappings;
};

const Systems& systems() {
    static const Systems all = [] {
        Systems made;
        const auto folder = std::filesystem::path(REPO_ROOT) / "config/demo";
        auto hub = codec::read_configuration(folder, Catalogue::customer()).value();
        hub.systems.push_back(every_lens());
        hub.systems.push_back(divided_names());
        made.fields = testing::fields_of(hub);
        for (const SystemSetting& system : hub.systems)
            made.mappings.push_back(SystemMapping::compile(system, made.fields).value());
        made.settings = std::move(hub.systems);
        return made;
    }();
    return all;
}

/// One field as one of the systems maps it.
struct Mapped {
    const SystemMapping& mapping;
    const MappedField& face;
    const Field& field;

    bool cuts() const { return face.lossy.find("kept") != std::string::npos; }
    bool reads() const { return face.covers != std::vector<bool>(face.covers.size()); }
    /// Equivalent in the parts that the system holds.
    bool agree(const FieldValue& a, const FieldValue& b) const {
        for (std::size_t i = 0; i < field.parts.size(); ++i) {
            if (!face.covers[i]) continue;
            if (a.parts[i].has_value() != b.parts[i].has_value()) return false;
            if (a.parts[i] && !normal::equivalent(*field.parts[i].spec, *a.parts[i], *b.parts[i]))
                return false;
        }
        return true;
    }
    Result<RawFields> write(const FieldValue& value, const RawFields& held = {}) const {
        return mapping.write(field.id, value, held);
    }
    Result<FieldValue> read(const RawFields& raw) const { return mapping.read(field.id, raw); }
};

Mapped any_mapped() {
    const SystemMapping& mapping = one_of(systems().mappings);
    const MappedField& face = one_of(mapping.fields());
    const Field& field = systems().fields.at(face.field);
    RC_LOG() << field.path << '\n';
    return {mapping, face, field};
}

std::string any_words() {
    static const std::vector<std::string_view> words{
        "Kerk",
        "Café",
        "Łódź",
        "straße",
        "O'Neill",
        "NV",
        "12",
        "東京",
        "🙂",
        "S.A.",
        "&",
        "a/b"};
    std::string text = "x";
    for (std::size_t i = below(5); i > 0; --i)
        text += (any_bool() ? " " : "") + std::string(one_of(words));
    return text;
}

using Texts = std::vector<std::string_view>;

/// Parts of an address in the shapes that are hard to tell apart in lines.
const std::map<std::string_view, Texts> kAddressTexts{
    {"street",
     {"Kerkstraat 12",
      "10 Downing Street",
      "1000 Brussel",
      "Belgium",
      "Main St., 1",
      "4",
      "1600 Pennsylvania Avenue"}},
    {"postcode", {"1000", "1011 AB", "SW1A 2AA", "00-950", "B-1000", "62704"}},
    {"city",
     {"Gent",
      "'s-Hertogenbosch",
      "100 Mile House",
      "Luxembourg",
      "Mexico",
      "Niel, Waas",
      "25 de Mayo",
      "New York, NY",
      "ATH, Hainaut"}},
};

const std::map<ValueType, Texts> kTexts{
    {ValueType::Email, {"info@example.com", "Anna.De-Smet+crm@post.example.org", "x@é.example"}},
    {ValueType::Phone,
     {"+3225010211", "+32475123456", "+493012345678", "+390612345678", "+12025550123"}},
    {ValueType::Country, {"BE", "NL", "GB", "CI", "HK", "CD", "MX"}},
    {ValueType::Language, {"nl", "fr-BE", "zh-Hant-TW", "en"}},
    {ValueType::Currency, {"EUR", "JPY", "BHD"}},
    {ValueType::VatNumber, {"BE0123456749", "DE123456789", "NL123456789B01", "ATU12345678"}},
    {ValueType::Identifier, {"10027", "AB12C3", "0012", "É1"}},
    {ValueType::Date, {"2026-03-01", "2024-02-29", "0987-12-31"}},
    {ValueType::DateTime, {"2026-03-01T09:30:00.000Z", "1969-12-31T23:59:59.999Z"}},
    {ValueType::Boolean, {"true", "false"}},
};

std::string any_text_of(const FieldPart& part) {
    const std::string figure = std::to_string(*rc::gen::arbitrary<std::int64_t>());
    const ValueType type = part.spec->type;
    if (type == ValueType::Code) return std::string(one_of(part.spec->codes));
    if (type == ValueType::Integer || type == ValueType::Decimal) return figure;
    if (type == ValueType::Money) return figure + " EUR";
    if (type == ValueType::LongText) return any_words() + "\n" + any_words();
    if (const auto texts = kTexts.find(type); texts != kTexts.end())
        return std::string(one_of(texts->second));
    const auto texts = kAddressTexts.find(part.name);
    return texts == kAddressTexts.end() ? any_words() : std::string(one_of(texts->second));
}

/// A value in normal form, part by part; one in eight parts says nothing.
FieldValue any_value(const Field& field) {
    FieldValue value;
    bool any = false;
    for (const FieldPart& part : field.parts) {
        const bool silent = below(8) == 0;
        const auto form = normal::normal_form(*part.spec, any_text_of(part), "BE");
        RC_ASSERT(form.has_value());
        value.parts.push_back(silent ? Cell{} : *form);
        any = any || value.parts.back();
    }
    // An address without a country is one in the system's own, as the mapping says of itself.
    if (field.is_composite() && any && !value.parts.back()) value.parts.back() = "BE";
    return value;
}

/// Bytes as systems hold them: blank, near a value, or nothing that the hub could read.
std::string any_bytes(const Field& field) {
    static const Texts odd{
        "",
        " ",
        "\t\n",
        "N/A",
        "-",
        "\xFF\xC3",
        "e\u0301",
        "\u200B",
        "0",
        "1",
        "true",
        "🙂",
        "1000 Gent",
        "Belgium",
        "99/99/9999",
        ","};
    switch (below(4)) {
        case 0:
            return std::string(one_of(odd));
        case 1:
            return *rc::gen::arbitrary<std::string>();
        case 2:
            return " " + any_text_of(one_of(field.parts)) + std::string(one_of(odd));
        default:
            return any_text_of(one_of(field.parts));
    }
}

RawFields any_raw(const Mapped& mapped) {
    static const Texts figures{"0", "1", "-1", "30.5", "1e3", "007", "99999999999999999999", "0.1"};
    RawFields raw;
    for (const std::string& remote : mapped.face.remotes) {
        if (below(8) == 0) continue;
        switch (below(5)) {
            case 0:
                raw[remote] = RawValue::null();
                break;
            case 1:
                raw[remote] = RawValue::of_bool(any_bool());
                break;
            case 2:
                raw[remote] = RawValue::of_number(std::string(one_of(figures)));
                break;
            default:
                raw[remote] = RawValue::of_text(any_bytes(mapped.field));
                break;
        }
    }
    return raw;
}

RC_GTEST_PROP(LensProperty, WhatIsWrittenReadsAsTheValue, ()) {
    const Mapped mapped = any_mapped();
    RC_PRE(mapped.reads());
    const FieldValue value = any_value(mapped.field);
    const auto raw = mapped.write(value);
    RC_PRE(raw.has_value());
    const auto back = mapped.read(*raw);
    RC_ASSERT(back.has_value());
    RC_ASSERT((mapped.cuts() || mapped.agree(*back, value)));
    RC_ASSERT(mapped.mapping.is_image(mapped.field.id, *raw, value));
    // What a cut leaves is a value that survives as it is.
    const auto again = mapped.write(*back);
    RC_ASSERT(again.has_value());
    const auto settled = mapped.read(*again);
    RC_ASSERT((settled && mapped.agree(*settled, *back)));
}

RC_GTEST_PROP(LensProperty, WhatCannotBeWrittenIsRareAndSaid, ()) {
    const Mapped mapped = any_mapped();
    RC_PRE(mapped.face.direction != MappingDirection::In);
    const auto raw = mapped.write(any_value(mapped.field));
    if (raw) return;
    RC_ASSERT(raw.error().code == ErrorCode::MappingFailed);
    RC_ASSERT(!raw.error().detail.empty());
    RC_ASSERT(
        (mapped.face.lossy.find("fit") != std::string::npos ||
         mapped.face.lossy.find("no word for") != std::string::npos)
    );
}

RC_GTEST_PROP(LensProperty, WritingWhatWasReadChangesNothing, ()) {
    const Mapped mapped = any_mapped();
    RC_PRE(mapped.reads());
    const RawFields raw = any_raw(mapped);
    RC_PRE(raw.size() == mapped.face.remotes.size());
    const auto value = mapped.read(raw);
    RC_PRE(value.has_value());
    const auto written = mapped.write(*value, raw);
    RC_ASSERT(written.has_value());
    RC_ASSERT(*written == raw);
    RC_ASSERT(mapped.mapping.is_image(mapped.field.id, raw, *value));
}

RC_GTEST_PROP(LensProperty, WritingTwiceIsWritingOnce, ()) {
    const Mapped mapped = any_mapped();
    const FieldValue value = any_value(mapped.field);
    const RawFields held = any_bool() ? any_raw(mapped) : RawFields{};
    const auto once = mapped.write(value, held);
    RC_PRE(once.has_value());
    const auto twice = mapped.write(value, *once);
    RC_ASSERT(twice.has_value());
    RC_ASSERT(*twice == *once);
}

RC_GTEST_PROP(LensProperty, OnlyTheRemoteFieldsOfTheFieldAreWritten, ()) {
    const Mapped mapped = any_mapped();
    RawFields held = any_raw(mapped);
    held["unmapped"] = RawValue::of_text("stays");
    const auto raw = mapped.write(any_value(mapped.field), held);
    RC_PRE(raw.has_value());
    RC_ASSERT(raw->size() == mapped.face.remotes.size());
    for (const std::string& remote : mapped.face.remotes)
        RC_ASSERT(raw->contains(remote));
    RC_ASSERT(mapped.mapping.select(mapped.field.id, *raw) == *raw);
}

RC_GTEST_PROP(LensProperty, TheLastValueWrittenIsTheOneThatStands, ()) {
    const Mapped mapped = any_mapped();
    RC_PRE((mapped.reads() && !mapped.cuts()));
    const FieldValue last = any_value(mapped.field);
    const auto first = mapped.write(any_value(mapped.field));
    RC_PRE(first.has_value());
    const auto second = mapped.write(last, *first);
    RC_PRE(second.has_value());
    const auto back = mapped.read(*second);
    RC_ASSERT((back && mapped.agree(*back, last)));
}

RC_GTEST_PROP(LensProperty, AnyRemoteTextIsReadOrRefused, ()) {
    const Mapped mapped = any_mapped();
    const RawFields raw = any_raw(mapped);
    const auto value = mapped.read(raw);
    if (!value) {
        RC_ASSERT(value.error().code == ErrorCode::MappingFailed);
        RC_ASSERT(value.error().remedy == Remedy::Quarantine);
        RC_ASSERT(value.error().where.starts_with(mapped.field.path));
        RC_ASSERT(!mapped.mapping.is_image(mapped.field.id, raw, any_value(mapped.field)));
        return;
    }
    RC_ASSERT(value->parts.size() == mapped.field.parts.size());
    for (const Cell& part : value->parts)
        RC_ASSERT((!part || (!part->empty() && is_utf8(*part))));
}

RC_GTEST_PROP(LensProperty, TheSameInputGivesTheSameAnswer, ()) {
    const std::size_t which = below(systems().mappings.size());
    const SystemMapping& mapping = systems().mappings[which];
    const auto fresh = SystemMapping::compile(systems().settings[which], systems().fields);
    RC_ASSERT(fresh.has_value());
    for (const MappedField& face : mapping.fields()) {
        const Mapped mapped{mapping, face, systems().fields.at(face.field)};
        const RawFields raw = any_raw(mapped);
        const FieldValue value = any_value(mapped.field);
        const auto a = mapped.read(raw);
        const auto b = fresh->read(face.field, raw);
        RC_ASSERT(a.has_value() == b.has_value());
        RC_ASSERT((!a || *a == *b));
        const auto c = mapped.write(value, raw);
        const auto d = fresh->write(face.field, value, raw);
        RC_ASSERT(c.has_value() == d.has_value());
        RC_ASSERT((!c || *c == *d));
    }
}

RC_GTEST_PROP(LensProperty, SameMeaningIsAnEquivalenceRelation, ()) {
    const Mapped mapped = any_mapped();
    const auto alike = [&](const RawFields& a, const RawFields& b) {
        return mapped.mapping.same_meaning(mapped.field.id, a, b);
    };
    std::vector<RawFields> raws{any_raw(mapped), any_raw(mapped)};
    const auto written = mapped.write(any_value(mapped.field), raws.front());
    if (written) raws.push_back(*written);
    for (const RawFields& a : raws) {
        RC_ASSERT(alike(a, a));
        for (const RawFields& b : raws) {
            RC_ASSERT(alike(a, b) == alike(b, a));
            for (const RawFields& c : raws)
                RC_ASSERT((!alike(a, b) || !alike(b, c) || alike(a, c)));
        }
    }
}

}  // namespace
}  // namespace syncline::mapping
