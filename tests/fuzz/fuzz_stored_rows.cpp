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

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    check(decode_stored_fields(bytes), bytes, [](const auto& row) {
        return encode_stored_fields(row);
    });
    check(decode_changes(bytes), bytes, [](const auto& row) { return encode_changes(row); });
    check(decode_raw_fields(bytes), bytes, encode_raw_fields);
    check(decode_candidates(bytes), bytes, [](const auto& row) { return encode_candidates(row); });
    Link link;
    check(decode_link(bytes, link), bytes, [&](auto) { return encode_link(link); });
    Attempt attempt;
    check(decode_attempt(bytes, attempt), bytes, [&](auto) { return encode_attempt(attempt); });
    return 0;
}
