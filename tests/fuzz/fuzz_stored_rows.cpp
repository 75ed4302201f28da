// Rows of hub.db: every kind of row takes any bytes, and bytes that are understood are the only
// encoding of what they say.

#include "base/bytes.hpp"
#include "codec/record_codec.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace {

using namespace syncline;
using namespace syncline::codec;

void expect_same(const Bytes& written, ByteView read) {
    SYNCLINE_ASSERT(std::equal(written.begin(), written.end(), read.begin(), read.end()));
}

template <class Decoded, class Encode>
void check(const Result<Decoded>& decoded, ByteView bytes, Encode encode) {
    if (decoded)
        expect_same(encode(*decoded), bytes);
    else
        fuzz::expect_reason(decoded.error());
}

/// A journal row of the first format is written as one of the second, and read as the same.
void check_changes(ByteView bytes) {
    const auto decoded = decode_changes(bytes);
    constexpr std::uint8_t kFirstFormat = 1;
    if (!decoded || bytes[1] != kFirstFormat) {
        check(decoded, bytes, [](const auto& row) { return encode_changes(row); });
        return;
    }
    const Bytes written = encode_changes(*decoded);
    const auto again = decode_changes(written);
    SYNCLINE_ASSERT(again && again->size() == decoded->size());
    expect_same(encode_changes(*again), written);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    check(decode_stored_fields(bytes), bytes, [](const auto& row) {
        return encode_stored_fields(row);
    });
    check_changes(bytes);
    check(decode_moved_links(bytes), bytes, [](const auto& row) {
        return encode_moved_links(row);
    });
    check(decode_raw_fields(bytes), bytes, encode_raw_fields);
    check(decode_candidates(bytes), bytes, [](const auto& row) { return encode_candidates(row); });
    Link link;
    check(decode_link(bytes, link), bytes, [&](auto) { return encode_link(link); });
    Attempt attempt;
    check(decode_attempt(bytes, attempt), bytes, [&](auto) { return encode_attempt(attempt); });
    return 0;
}
