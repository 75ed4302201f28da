// Envelopes and keyrings. Any bytes are refused; what was sealed opens in its place only, and not
// after any change. The first byte says where the input is changed, the second how.

#include "base/bytes.hpp"
#include "fuzz/fuzz.hpp"
#include "vault/envelope.hpp"
#include "vault/keyring.hpp"

#include <algorithm>
#include <array>

namespace {

using namespace syncline;
using namespace syncline::vault;

constexpr Tenant kTenant{1, 2, 3};
constexpr DataKeyId kKeyId = 7;

Secret32 key_of(std::uint8_t fill) {
    std::array<std::uint8_t, Secret32::kBytes> bytes{};
    bytes.fill(fill);
    return Secret32{bytes};
}

void check_refused(const Result<Bytes>& opened) {
    SYNCLINE_ASSERT(!opened);
    fuzz::expect_reason(opened.error());
}

void check_sealed(fuzz::Input input) {
    const std::uint8_t at = input.byte();
    const std::uint8_t change = input.byte();
    const Secret32 key = key_of(5);
    Place place;
    place.field = input.byte();
    place.version = input.byte();
    const ByteView plain = bytes_of(input.rest());
    Nonce nonce{};
    std::copy_n(plain.begin(), std::min(plain.size(), nonce.size()), nonce.begin());
    Bytes envelope = seal_with_nonce({kKeyId, key}, kTenant, place, PlainType::Text, plain, nonce);
    const auto opened = open_with_key(key, kTenant, place, envelope);
    SYNCLINE_ASSERT(opened.has_value());
    SYNCLINE_ASSERT(std::equal(opened->begin(), opened->end(), plain.begin(), plain.end()));
    Place elsewhere = place;
    ++elsewhere.version;
    check_refused(open_with_key(key, kTenant, elsewhere, envelope));
    if (change == 0) return;
    envelope[at % envelope.size()] ^= change;
    check_refused(open_with_key(key, kTenant, place, envelope));
    envelope.resize(at % envelope.size());
    check_refused(open_with_key(key, kTenant, place, envelope));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    check_refused(open_with_key(key_of(5), kTenant, Place{}, bytes));
    const auto keyring = open_keyring(key_of(9), bytes);
    SYNCLINE_ASSERT(!keyring);
    fuzz::expect_reason(keyring.error());
    check_sealed({data, size});
    return 0;
}
