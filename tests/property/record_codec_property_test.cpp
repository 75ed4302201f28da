#include "codec/record_codec.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

namespace syncline::codec {
namespace {

std::string any_text() {
    return *rc::gen::arbitrary<std::string>();
}
FieldId any_field() {
    return FieldId{*rc::gen::arbitrary<std::uint32_t>()};
}
Version any_version() {
    return Version{*rc::gen::arbitrary<std::uint64_t>()};
}
Timestamp any_moment() {
    return from_unix_ms(*rc::gen::arbitrary<std::int64_t>());
}
EditInterval any_interval() {
    const Timestamp earliest = any_moment();
    return {earliest, any_moment()};
}
bool any_bool() {
    return *rc::gen::arbitrary<bool>();
}
std::size_t few() {
    return *rc::gen::inRange<std::size_t>(0, 4);
}
template <class Enum>
Enum any_of(Enum last) {
    return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

Origin any_origin() {
    const auto kind = any_of(Origin::Kind::Rule);
    return {kind, any_text()};
}

FieldValue any_value() {
    FieldValue value;
    for (std::size_t i = few(); i > 0; --i)
        value.parts.push_back(any_bool() ? std::optional<std::string>(any_text()) : std::nullopt);
    return value;
}

RawFields any_raw() {
    RawFields raw;
    for (std::size_t i = few(); i > 0; --i) {
        RawValue& value = raw[any_text()];
        value.kind = any_of(RawValue::Kind::Bool);
        value.text = any_text();
    }
    return raw;
}

LinkField any_link_field() {
    LinkField field;
    if (any_bool()) {
        Shadow& shadow = field.shadow.emplace();
        shadow.raw = any_raw();
        shadow.base.kind = any_of(Base::Kind::Invalid);
        shadow.base.version = any_version();
        shadow.seen_at = any_moment();
    }
    if (any_bool()) {
        Contribution& said = field.contribution.emplace();
        said.value = any_value();
        said.version = any_version();
        said.interval = any_interval();
    }
    field.ignored_pushes = *rc::gen::arbitrary<std::uint8_t>();
    return field;
}

Link any_link() {
    Link link;
    link.token = any_text();
    for (std::size_t i = few(); i > 0; --i)
        link.fields[any_field()] = any_link_field();
    return link;
}

Attempt any_attempt() {
    Attempt attempt;
    attempt.expected_token = any_text();
    for (std::size_t i = few(); i > 0; --i) {
        SentField& sent = attempt.fields[any_field()];
        sent.value = any_value();
        sent.raw = any_raw();
        sent.version = any_version();
    }
    return attempt;
}

std::vector<StoredField> any_stored_fields() {
    FlatMap<FieldId, StoredField> fields;
    for (std::size_t i = few(); i > 0; --i) {
        const FieldId id = any_field();
        StoredField& field = fields[id];
        field.field = id;
        field.version = any_version();
        field.origin = any_origin();
        field.interval = any_interval();
        field.rule = any_of(Rule::Default);
        field.parts.clear();
        for (std::size_t p = few(); p > 0; --p) {
            StoredPart part;
            part.leaf = any_field();
            part.form = any_of(StoredPart::Form::Sealed);
            part.content = *rc::gen::arbitrary<Bytes>();
            field.parts.push_back(part);
        }
    }
    std::vector<StoredField> list;
    for (const auto& [id, field] : fields)
        list.push_back(field);
    return list;
}

std::vector<FieldChange> any_changes() {
    std::vector<FieldChange> changes(few());
    for (FieldChange& change : changes) {
        change.field = any_field();
        change.kind = any_of(ChangeKind::Transform);
        change.rule = any_of(Rule::Default);
        change.origin = any_origin();
        change.interval = any_interval();
        change.version = any_version();
        if (any_bool()) change.before = any_value();
        if (any_bool()) change.after = any_value();
    }
    return changes;
}

std::vector<Candidate> any_candidates() {
    std::vector<Candidate> candidates(few());
    for (Candidate& candidate : candidates) {
        CustomerId::Raw raw{};
        for (std::uint8_t& byte : raw)
            byte = *rc::gen::arbitrary<std::uint8_t>();
        candidate.customer = CustomerId{raw};
        if (any_bool()) candidate.link = LinkId{raw};
        candidate.reason = any_text();
    }
    return candidates;
}

bool same(const FieldChange& a, const FieldChange& b) {
    return a.field == b.field && a.kind == b.kind && a.rule == b.rule && a.origin == b.origin &&
           a.interval == b.interval && a.version == b.version && a.before == b.before &&
           a.after == b.after && a.held == b.held;
}

RC_GTEST_PROP(RecordCodecProperty, LinksReturnAsTheyWere, ()) {
    const Link link = any_link();
    Link read;
    RC_ASSERT(decode_link(encode_link(link), read).has_value());
    RC_ASSERT(read == link);
}

RC_GTEST_PROP(RecordCodecProperty, AttemptsReturnAsTheyWere, ()) {
    const Attempt attempt = any_attempt();
    Attempt read;
    RC_ASSERT(decode_attempt(encode_attempt(attempt), read).has_value());
    RC_ASSERT(read == attempt);
}

RC_GTEST_PROP(RecordCodecProperty, StoredFieldsReturnAsTheyWere, ()) {
    const std::vector<StoredField> fields = any_stored_fields();
    const auto read = decode_stored_fields(encode_stored_fields(fields));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == fields);
}

RC_GTEST_PROP(RecordCodecProperty, ChangesReturnAsTheyWere, ()) {
    const std::vector<FieldChange> changes = any_changes();
    const auto read = decode_changes(encode_changes(changes));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->size() == changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i)
        RC_ASSERT(same((*read)[i], changes[i]));
}

RC_GTEST_PROP(RecordCodecProperty, RawFieldsReturnAsTheyWere, ()) {
    const RawFields raw = any_raw();
    const auto read = decode_raw_fields(encode_raw_fields(raw));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == raw);
}

RC_GTEST_PROP(RecordCodecProperty, CandidatesReturnAsTheyWere, ()) {
    const std::vector<Candidate> candidates = any_candidates();
    const auto read = decode_candidates(encode_candidates(candidates));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->size() == candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        RC_ASSERT((*read)[i].customer == candidates[i].customer);
        RC_ASSERT((*read)[i].link == candidates[i].link);
        RC_ASSERT((*read)[i].reason == candidates[i].reason);
    }
}

/// Decodes `bytes` as every kind of row. What is accepted must be the one encoding of its value.
void decode_as_anything(const Bytes& bytes) {
    if (const auto fields = decode_stored_fields(bytes))
        RC_ASSERT(encode_stored_fields(*fields) == bytes);
    if (const auto changes = decode_changes(bytes)) {
        constexpr std::uint8_t kFirstFormat = 1;  // read, and written as the second
        const Bytes again = encode_changes(*changes);
        const bool is_of_the_first = bytes[1] == kFirstFormat;
        const bool is_kept = is_of_the_first ? decode_changes(again).has_value() : again == bytes;
        RC_ASSERT(is_kept);
    }
    if (const auto raw = decode_raw_fields(bytes)) RC_ASSERT(encode_raw_fields(*raw) == bytes);
    if (const auto candidates = decode_candidates(bytes))
        RC_ASSERT(encode_candidates(*candidates) == bytes);
    Link link;
    if (decode_link(bytes, link)) RC_ASSERT(encode_link(link) == bytes);
    Attempt attempt;
    if (decode_attempt(bytes, attempt)) RC_ASSERT(encode_attempt(attempt) == bytes);
}

RC_GTEST_PROP(RecordCodecProperty, AnyBytesAreReadOrRefused, ()) {
    Bytes bytes = *rc::gen::arbitrary<Bytes>();
    if (any_bool()) {  // past the first two bytes, which are easily wrong
        const auto kind = static_cast<std::uint8_t>(*rc::gen::inRange(1, 7));
        bytes.insert(bytes.begin(), {kind, 1});
    }
    decode_as_anything(bytes);
}

RC_GTEST_PROP(RecordCodecProperty, DamagedRowsAreReadOrRefused, ()) {
    std::vector<Bytes> rows{
        encode_link(any_link()),
        encode_attempt(any_attempt()),
        encode_stored_fields(any_stored_fields()),
        encode_changes(any_changes()),
        encode_raw_fields(any_raw()),
        encode_candidates(any_candidates()),
    };
    Bytes& row = rows[*rc::gen::inRange<std::size_t>(0, rows.size())];
    const auto at = *rc::gen::inRange<std::size_t>(0, row.size());
    switch (*rc::gen::inRange(0, 3)) {
        case 0:
            row[at] = *rc::gen::arbitrary<std::uint8_t>();
            break;
        case 1:
            row.resize(at);
            break;
        default:
            row.insert(row.begin() + static_cast<std::ptrdiff_t>(at), std::uint8_t{0x80});
            break;
    }
    decode_as_anything(row);
}

// One claim of a huge count must not become a huge allocation.
TEST(RecordCodec, RefusesCountsThatTheInputCannotHold) {
    for (std::uint8_t kind = 1; kind <= 6; ++kind) {
        const Bytes bytes{kind, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F};
        Link link;
        Attempt attempt;
        EXPECT_FALSE(decode_stored_fields(bytes));
        EXPECT_FALSE(decode_changes(bytes));
        EXPECT_FALSE(decode_raw_fields(bytes));
        EXPECT_FALSE(decode_candidates(bytes));
        EXPECT_FALSE(decode_link(bytes, link));
        EXPECT_FALSE(decode_attempt(bytes, attempt));
    }
    // An attempt whose one value claims 2^35 parts.
    Attempt attempt;
    const Bytes parts{3, 1, 0, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 0, 0, 0};
    EXPECT_FALSE(decode_attempt(parts, attempt));
}

TEST(RecordCodec, RefusesEveryOtherFormOfTheSameValue) {
    EXPECT_TRUE(decode_raw_fields(Bytes{5, 1, 0}));
    EXPECT_FALSE(decode_raw_fields(Bytes{5, 1, 0x80, 0}));  // a number in a longer form
    EXPECT_FALSE(decode_raw_fields(Bytes{5, 1, 0, 0}));     // something left over
    EXPECT_FALSE(decode_raw_fields(Bytes{5, 2, 0}));        // a format of another version
    EXPECT_FALSE(decode_raw_fields(Bytes{4, 1, 0}));        // another kind of row
    const Bytes two{5, 1, 2, 1, 'a', 1, 0, 1, 'b', 1, 0};
    EXPECT_TRUE(decode_raw_fields(two));
    EXPECT_FALSE(decode_raw_fields(Bytes{5, 1, 2, 1, 'b', 1, 0, 1, 'a', 1, 0}));  // out of order
    EXPECT_FALSE(decode_raw_fields(Bytes{5, 1, 2, 1, 'a', 1, 0, 1, 'a', 1, 0}));  // twice
    EXPECT_FALSE(decode_raw_fields(Bytes{5, 1, 1, 1, 'a', 9, 0}));  // no such kind of value
    Link link;
    EXPECT_TRUE(decode_link(Bytes{2, 1, 0, 2, 1, 0, 0, 0, 2, 0, 0, 0}, link));
    EXPECT_FALSE(decode_link(Bytes{2, 1, 0, 2, 2, 0, 0, 0, 1, 0, 0, 0}, link));
    EXPECT_FALSE(decode_link(Bytes{2, 1, 0, 2, 1, 0, 0, 0, 1, 0, 0, 0}, link));
}

TEST(RecordCodec, LeavesTheTargetAloneWhenItRefuses) {
    Link link;
    link.token = "kept";
    EXPECT_FALSE(decode_link(Bytes{2, 1, 1, 'x', 1}, link));
    EXPECT_EQ(link.token, "kept");
}

}  // namespace
}  // namespace syncline::codec
