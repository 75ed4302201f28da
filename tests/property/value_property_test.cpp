#include "codec/raw_fields_json.hpp"
#include "codec/record_codec.hpp"
#include "model/field_value.hpp"
#include "model/raw_fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>

namespace syncline::codec {
namespace {

bool any_bool() {
    return *rc::gen::arbitrary<bool>();
}

/// Well-formed UTF-8 of any code points, zero and quotes among them.
std::string any_unicode() {
    std::string text;
    for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 8); i > 0; --i) {
        const std::uint32_t code = *rc::gen::oneOf(
            rc::gen::inRange<std::uint32_t>(0, 0x80),
            rc::gen::inRange<std::uint32_t>(0x80, 0x800),
            rc::gen::inRange<std::uint32_t>(0x800, 0xD800),
            rc::gen::inRange<std::uint32_t>(0xE000, 0x10000),
            rc::gen::inRange<std::uint32_t>(0x10000, 0x110000)
        );
        const auto put = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
        const auto next = [&](std::uint32_t shift) { put(0x80U | ((code >> shift) & 0x3FU)); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0U | (code >> 6U));
        } else if (code < 0x10000) {
            put(0xE0U | (code >> 12U));
            next(6);
        } else {
            put(0xF0U | (code >> 18U));
            next(12);
            next(6);
        }
        if (code >= 0x80) next(0);
    }
    return text;
}

std::string any_digits(std::size_t fewest, std::size_t most) {
    return *rc::gen::container<std::string>(
        *rc::gen::inRange(fewest, most + 1), rc::gen::elementOf(std::string("0123456789"))
    );
}

/// A number by the grammar of RFC 8259 that a double can hold roughly.
std::string any_number() {
    std::string whole = any_digits(1, 40);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    std::string number = whole != "0" && any_bool() ? "-" + whole : whole;
    if (any_bool()) number += "." + any_digits(1, 40);
    if (any_bool())
        number += *rc::gen::element<std::string>("e", "E", "e+", "E-") + any_digits(1, 2);
    return number;
}

RawValue any_json_value() {
    switch (*rc::gen::inRange(0, 4)) {
        case 0:
            return RawValue::null();
        case 1:
            return RawValue::of_bool(any_bool());
        case 2:
            return RawValue::of_number(any_number());
        default:
            return RawValue::of_text(any_bool() ? any_number() : any_unicode());
    }
}

RawFields any_json_fields() {
    RawFields fields;
    for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 6); i > 0; --i)
        fields[any_unicode()] = any_json_value();
    return fields;
}

/// Of few texts, so that two of them are often equal or nearly so.
FieldValue any_value() {
    const auto any_part = [] {
        return *rc::gen::element<std::optional<std::string>>(std::nullopt, "", "a", "aa", "b");
    };
    FieldValue value;
    for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 3); i > 0; --i)
        value.parts.push_back(any_part());
    return value;
}

RawFields any_small_fields() {
    RawFields fields;
    for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 3); i > 0; --i) {
        RawValue& value = fields[*rc::gen::element<std::string>("a", "b")];
        value.kind = *rc::gen::element(RawValue::Kind::Text, RawValue::Kind::Number);
        value.text = *rc::gen::element<std::string>("", "1", "1.0");
    }
    return fields;
}

Bytes stored(const FieldValue& value) {
    Attempt attempt;
    attempt.fields[FieldId{1}].value = value;
    return encode_attempt(attempt);
}

RC_GTEST_PROP(ValueProperty, AFieldValueReturnsAsItWasStored, ()) {
    FieldValue value = any_value();
    value.parts.emplace_back(*rc::gen::arbitrary<std::string>());
    Attempt read;
    RC_ASSERT(decode_attempt(stored(value), read).has_value());
    RC_ASSERT(read.fields[FieldId{1}].value == value);
    RC_ASSERT(read.fields[FieldId{1}].value.is_cleared() == value.is_cleared());
}

// The store compares bytes to see whether a row changed.
RC_GTEST_PROP(ValueProperty, EqualFieldValuesHaveEqualBytesAndOthersHaveNot, ()) {
    const FieldValue a = any_value();
    const FieldValue b = any_value();
    RC_ASSERT((a == b) == (stored(a) == stored(b)));
}

RC_GTEST_PROP(ValueProperty, EqualRawFieldsHaveEqualBytesAndOthersHaveNot, ()) {
    const RawFields a = any_small_fields();
    const RawFields b = any_small_fields();
    RC_ASSERT((a == b) == (encode_raw_fields(a) == encode_raw_fields(b)));
}

RC_GTEST_PROP(ValueProperty, RawFieldsReturnThroughJsonDigitByDigit, ()) {
    const RawFields fields = any_json_fields();
    const auto read = read_raw_fields(write_raw_fields(fields));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == fields);
}

RC_GTEST_PROP(ValueProperty, RawFieldsReturnThroughTheStoreAsThroughJson, ()) {
    const RawFields fields = any_json_fields();
    const auto read = decode_raw_fields(encode_raw_fields(fields));
    RC_ASSERT(read.has_value());
    RC_ASSERT(write_raw_fields(*read) == write_raw_fields(fields));
}

RC_GTEST_PROP(ValueProperty, AnyRawFieldsAreWrittenAsOneLineOfJson, ()) {
    RawFields fields;  // also what no remote should hold: broken UTF-8, numbers that are none
    for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 6); i > 0; --i) {
        RawValue& value = fields[*rc::gen::arbitrary<std::string>()];
        value = any_bool() ? RawValue::of_number(*rc::gen::arbitrary<std::string>())
                           : RawValue::of_text(*rc::gen::arbitrary<std::string>());
    }
    const std::string json = write_raw_fields(fields);
    RC_ASSERT(json.find('\n') == std::string::npos);
    const auto read = read_raw_fields(json);
    if (!read) {  // two broken names became the same
        RC_ASSERT(read.error().detail.ends_with("occurs twice"));
        return;
    }
    RC_ASSERT(read->size() == fields.size());
    const auto again = read_raw_fields(write_raw_fields(*read));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *read);
}

RC_GTEST_PROP(ValueProperty, AnyTextIsReadOrRefusedAsRawFields, ()) {
    std::string text = write_raw_fields(any_json_fields());
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    switch (*rc::gen::inRange(0, 3)) {
        case 0:
            text.resize(at);
            break;
        case 1:
            text.insert(at, *rc::gen::arbitrary<std::string>());
            break;
        default:
            text.insert(at, *rc::gen::element<std::string>("\"", "{", "[", ",", "0", "}", "\\"));
            break;
    }
    const auto read = read_raw_fields(text);
    if (!read) {
        RC_ASSERT(read.error().code == ErrorCode::PayloadMalformed);
        return;
    }
    const auto again = read_raw_fields(write_raw_fields(*read));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *read);
}

}  // namespace
}  // namespace syncline::codec
