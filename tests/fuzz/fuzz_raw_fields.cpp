// A record as a connector hands it over: read, written and read again it stays the same.

#include "codec/raw_fields_json.hpp"
#include "fuzz/fuzz.hpp"

using namespace syncline;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = codec::read_raw_fields(fuzz::text_of(data, size));
    if (!read) {
        fuzz::expect_reason(read.error());
        return 0;
    }
    const std::string written = codec::write_raw_fields(*read);
    const auto again = codec::read_raw_fields(written);
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(*again == *read);
    SYNCLINE_ASSERT(codec::write_raw_fields(*again) == written);
    return 0;
}
