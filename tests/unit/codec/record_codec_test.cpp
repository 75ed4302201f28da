#include "codec/record_codec.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::codec {
namespace {

constexpr std::int64_t kFirstMoment = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLastMoment = std::numeric_limits<std::int64_t>::max();

RawFields sample_raw() {
    return {
        {"a", RawValue::of_text("x")},
        {"b", RawValue::of_number("0.10")},
        {"c", RawValue::of_bool(true)},
        {"d", RawValue::null()}};
}

FieldValue sample_value() {
    FieldValue value;
    value.parts = {"k", std::nullopt, ""};
    return value;
}

EditInterval sample_interval() {
    return {from_unix_ms(-1), from_unix_ms(64)};
}

std::vector<StoredField> sample_fields() {
    StoredField field;
    field.field = FieldId{300};
    field.version = Version{128};
    field.origin = Origin::of(SystemId{"erp"});
    field.interval = sample_interval();
    field.rule = Rule::Newest;
    field.parts = {
        {FieldId{1}, StoredPart::Form::Cleared, {}},
        {FieldId{2}, StoredPart::Form::Clear, {'x'}},
        {FieldId{3}, StoredPart::Form::Sealed, {0x00, 0xFF}}};
    StoredField last;
    last.field = FieldId{UINT32_MAX};
    last.origin = Origin::of_user("ann");
    return {field, last};
}

Link sample_link() {
    Link link;
    link.token = "v7";
    LinkField& field = link.fields[FieldId{1}];
    field.shadow = Shadow{sample_raw(), Base::image_of(Version{5}), from_unix_ms(2)};
    field.contribution = Contribution{sample_value(), Version{6}, sample_interval()};
    field.ignored_pushes = 255;
    link.fields[FieldId{2}];
    return link;
}

Attempt sample_attempt() {
    Attempt attempt;
    attempt.expected_token = "v7";
    attempt.fields[FieldId{9}] = SentField{sample_value(), sample_raw(), Version{5}};
    return attempt;
}

std::vector<FieldChange> sample_changes() {
    FieldChange change;
    change.field = FieldId{2};
    change.kind = ChangeKind::Transform;
    change.rule = Rule::Default;
    change.origin = Origin::of_user("ann");
    change.interval = sample_interval();
    change.version = Version{UINT64_MAX};
    change.before = FieldValue::cleared();
    change.after = FieldValue::of("x");
    return {change};
}

std::vector<Candidate> sample_candidates() {
    CustomerId::Raw customer{};
    customer[0] = 0x11;
    LinkId::Raw link{};
    link[15] = 0x22;
    return {{CustomerId{customer}, LinkId{link}, "same name"}};
}

/// Reads the bytes as the kind of row that their first byte says.
std::optional<Error> error_of(const Bytes& bytes) {
    const auto of = [](const auto& result) {
        return result ? std::nullopt : std::optional<Error>(result.error());
    };
    Link link;
    Attempt attempt;
    switch (bytes.empty() ? 0 : bytes.front()) {
        case 1:
            return of(decode_stored_fields(bytes));
        case 2:
            return of(decode_link(bytes, link));
        case 3:
            return of(decode_attempt(bytes, attempt));
        case 4:
            return of(decode_changes(bytes));
        case 5:
            return of(decode_raw_fields(bytes));
        default:
            return of(decode_candidates(bytes));
    }
}

std::vector<Bytes> sample_rows() {
    return {
        encode_stored_fields(sample_fields()),
        encode_link(sample_link()),
        encode_attempt(sample_attempt()),
        encode_changes(sample_changes()),
        encode_raw_fields(sample_raw()),
        encode_candidates(sample_candidates())};
}

// Rows that a hub of this format has written must be readable for ever, so the bytes are written
// out here once.
TEST(StoredRow, CustomerFieldsHaveTheseBytes) {
    EXPECT_EQ(
        to_hex(encode_stored_fields(sample_fields())),
        "0101"  // kind, format
        "02"    // two fields
        "ac02"
        "8001"
        "0003657270"
        "01"
        "8001"
        "05"
        "03"
        "010000"
        "02010178"
        "030202"
        "00ff"
        "ffffffff0f"
        "00"
        "0103616e6e"
        "00"
        "00"
        "00"
        "00"
    );
    EXPECT_EQ(*decode_stored_fields(encode_stored_fields(sample_fields())), sample_fields());
}

TEST(StoredRow, ALinkHasTheseBytes) {
    const Bytes bytes = encode_link(sample_link());
    EXPECT_EQ(
        to_hex(bytes),
        "0201"
        "027637"  // token
        "02"      // two fields
        "01"
        "01"  // a shadow
        "04"
        "0161"
        "010178"
        "0162"
        "0204302e3130"
        "0163"
        "030474727565"
        "0164"
        "0000"
        "01"
        "05"
        "04"
        "01"  // a contribution
        "03"
        "01016b"
        "00"
        "0100"
        "06"
        "01"
        "8001"
        "ff"
        "02"
        "00"
        "00"
        "00"
    );
    Link read;
    ASSERT_TRUE(decode_link(bytes, read));
    EXPECT_EQ(read, sample_link());
}

TEST(StoredRow, AnAttemptHasTheseBytes) {
    const Bytes bytes = encode_attempt(sample_attempt());
    EXPECT_EQ(
        to_hex(bytes),
        "0301"
        "027637"
        "01"
        "09"
        "0301016b000100"
        "04"
        "0161010178"
        "01620204302e3130"
        "0163030474727565"
        "01640000"
        "05"
    );
    Attempt read;
    ASSERT_TRUE(decode_attempt(bytes, read));
    EXPECT_EQ(read, sample_attempt());
}

TEST(StoredRow, ChangesHaveTheseBytes) {
    EXPECT_EQ(
        to_hex(encode_changes(sample_changes())),
        "0402"
        "01"
        "02"
        "05"
        "0f"
        "0103616e6e"
        "01"
        "8001"
        "ffffffffffffffffff01"
        "010100"
        "0101010178"
        "00"
    );
    const auto read = decode_changes(encode_changes(sample_changes()));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->front().before, FieldValue::cleared());
    EXPECT_EQ(read->front().after, FieldValue::of("x"));
}

TEST(StoredRow, ChangesOfTheFirstFormatAreStillRead) {
    Bytes old = encode_changes(sample_changes());
    old[1] = 1;
    old.pop_back();  // what a written field held before
    const auto read = decode_changes(old);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->front().after, FieldValue::of("x"));
    EXPECT_TRUE(read->front().held.empty());
    old[1] = 3;
    EXPECT_FALSE(decode_changes(old));
}

TEST(StoredRow, MovedLinksHaveTheseBytes) {
    LinkId::Raw raw{};
    raw.back() = 0x22;
    const std::vector<MergeEvent::MovedLink> links{{LinkId{raw}, LinkRole::Secondary}};
    const Bytes bytes = encode_moved_links(links);
    EXPECT_EQ(to_hex(bytes), "0701010000000000000000000000000000002201");
    const auto read = decode_moved_links(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, links);
}

TEST(StoredRow, CandidatesHaveTheseBytes) {
    EXPECT_EQ(
        to_hex(encode_candidates(sample_candidates())),
        "0601"
        "01"
        "11000000000000000000000000000000"
        "00000000000000000000000000000022"
        "0973616d65206e616d65"
    );
}

TEST(StoredRow, RawFieldsHaveTheseBytes) {
    EXPECT_EQ(to_hex(encode_raw_fields({{"b", RawValue::of_text("x")}})), "0501010162010178");
    EXPECT_EQ(to_hex(encode_raw_fields({})), "050100");
}

TEST(StoredRow, KeepsTheFirstAndLastMomentAndVersion) {
    for (const std::int64_t ms : {kFirstMoment, std::int64_t{-1}, std::int64_t{0}, kLastMoment}) {
        std::vector<FieldChange> changes = sample_changes();
        changes[0].interval = {from_unix_ms(ms), from_unix_ms(ms)};
        const auto read = decode_changes(encode_changes(changes));
        ASSERT_TRUE(read) << ms;
        EXPECT_EQ((*read)[0].interval, changes[0].interval) << ms;
        EXPECT_EQ((*read)[0].version, Version{UINT64_MAX});
    }
}

TEST(StoredRow, KeepsTextsWithZerosAndBrokenUtf8) {
    const std::string text("a\0\xFF", 3);
    const RawFields fields{{text, RawValue::of_text(text)}};
    const auto read = decode_raw_fields(encode_raw_fields(fields));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, fields);
}

TEST(DamagedRow, EveryCutIsRefused) {
    for (const Bytes& row : sample_rows()) {
        ASSERT_FALSE(error_of(row));
        for (std::size_t size = 0; size < row.size(); ++size) {
            const Bytes cut(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_TRUE(error_of(cut)) << to_hex(row) << " cut at " << size;
        }
    }
}

TEST(DamagedRow, ABytePastTheEndIsRefused) {
    for (Bytes row : sample_rows()) {
        row.push_back(0);
        EXPECT_TRUE(error_of(row)) << to_hex(row);
    }
}

TEST(DamagedRow, AnotherFormatIsRefused) {
    for (Bytes row : sample_rows()) {
        const std::uint8_t newest = row[1];
        for (const int format : {0, newest + 1, 255}) {
            row[1] = static_cast<std::uint8_t>(format);
            EXPECT_TRUE(error_of(row)) << to_hex(row);
        }
    }
}

TEST(DamagedRow, ARowOfAnotherKindIsRefused) {
    for (const Bytes& row : sample_rows()) {
        for (std::uint8_t kind = 1; kind <= 6; ++kind) {
            Bytes other = row;
            other[0] = kind;
            if (other == row) continue;
            EXPECT_TRUE(error_of(other)) << to_hex(other);
        }
        Link link;
        EXPECT_EQ(decode_link(row, link).has_value(), row[0] == 2);
    }
}

TEST(DamagedRow, StopsTheRunAndSaysWhichRow) {
    const std::vector<std::string> rows{
        "customer fields", "link", "attempt", "changes", "raw fields", "candidates"};
    for (std::uint8_t kind = 1; kind <= 6; ++kind) {
        const auto error = error_of({kind, 1});
        ASSERT_TRUE(error);
        EXPECT_EQ(error->code, ErrorCode::PayloadMalformed);
        EXPECT_EQ(error->remedy, Remedy::Stop);
        EXPECT_EQ(error->where, rows[kind - 1U]);
    }
}

TEST(DamagedRow, ANumberBeyondItsRangeIsRefused) {
    const auto change = [](const std::string& number, const std::string& version) {
        const auto bytes =
            from_hex("040101" + number + "0000" + "0000" + "0000" + version + "0000");
        return !error_of(*bytes);
    };
    EXPECT_TRUE(change("ffffffff0f", "ffffffffffffffffff01"));
    EXPECT_FALSE(change("8080808010", "00"));            // a field above 32 bits
    EXPECT_FALSE(change("01", "ffffffffffffffffff02"));  // a version above 64 bits
    EXPECT_FALSE(change("01", "80808080808080808000"));  // ten bytes for zero
    EXPECT_FALSE(change("01", "ffffffffffffffffffff01"));
    EXPECT_FALSE(change("8100", "00"));  // two bytes for one
}

TEST(DamagedRow, AWordThatIsNoneOfItsListIsRefused) {
    const auto change = [](const std::string& kind_and_rule, const std::string& origin) {
        return !error_of(*from_hex("04010101" + kind_and_rule + origin + "0000" + "00" + "0000"));
    };
    EXPECT_TRUE(change("050f", "0200"));
    EXPECT_TRUE(change("0f14", "0200"));
    EXPECT_FALSE(change("100f", "0200"));  // no such change
    EXPECT_FALSE(change("0515", "0200"));  // no such rule
    EXPECT_FALSE(change("050f", "0300"));  // no such origin
    EXPECT_FALSE(error_of(*from_hex("020100010101000400000000")));
    EXPECT_TRUE(error_of(*from_hex("020100010101000500000000")));  // no such base
    EXPECT_FALSE(error_of(*from_hex("0101010100000000000001010200")));
    EXPECT_TRUE(error_of(*from_hex("0101010100000000000001010300")));  // no such form
    EXPECT_TRUE(error_of(*from_hex("020100010102000000")));            // a flag is 0 or 1
}

TEST(DamagedRow, FieldsOutOfOrderAreRefused) {
    std::vector<StoredField> fields = sample_fields();
    std::swap(fields[0], fields[1]);
    EXPECT_FALSE(decode_stored_fields(encode_stored_fields(fields)));
    fields[0] = fields[1];
    EXPECT_FALSE(decode_stored_fields(encode_stored_fields(fields)));
}

TEST(DamagedRow, LeavesTheAttemptAlone) {
    Bytes bytes = encode_attempt(sample_attempt());
    bytes.pop_back();
    Attempt attempt;
    attempt.expected_token = "kept";
    EXPECT_FALSE(decode_attempt(bytes, attempt));
    EXPECT_EQ(attempt.expected_token, "kept");
    EXPECT_TRUE(attempt.fields.empty());
}

}  // namespace
}  // namespace syncline::codec
