// The small texts: moments, ids, bytes as hexadecimal and base64, paths and patterns.

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "fuzz/fuzz.hpp"
#include "model/catalogue.hpp"

#include <vector>

namespace {

using namespace syncline;

void check_moment(std::string_view text) {
    const auto moment = from_rfc3339(text);
    if (!moment) return;
    const auto again = from_rfc3339(to_rfc3339(*moment));
    SYNCLINE_ASSERT(again == moment);
}

void check_bytes(std::string_view text) {
    if (const auto bytes = from_hex(text)) SYNCLINE_ASSERT(from_hex(to_hex(*bytes)) == bytes);
    if (const auto bytes = from_base64(text)) SYNCLINE_ASSERT(to_base64(*bytes) == text);
    const std::string base64 = to_base64(bytes_of(text));
    SYNCLINE_ASSERT(from_base64(base64) == Bytes(text.begin(), text.end()));
    if (const auto id = parse_uuid(text)) SYNCLINE_ASSERT(parse_uuid(uuid_text(*id)) == id);
}

void check_path(std::string_view text) {
    const Catalogue& catalogue = Catalogue::customer();
    const LeafSpec* leaf = catalogue.leaf(text);
    if (leaf != nullptr) SYNCLINE_ASSERT(matches_pattern(leaf->pattern, text));
    if (catalogue.composite(text) != nullptr) SYNCLINE_ASSERT(is_well_formed_path(text));
    if (const auto whole = catalogue.composite_of(text))
        SYNCLINE_ASSERT(catalogue.composite(*whole) != nullptr);
    static_cast<void>(catalogue.suggestion(text));
}

void check_cuts(std::string_view text, std::size_t limit) {
    SYNCLINE_ASSERT(text.starts_with(first_characters(text, limit)));
    SYNCLINE_ASSERT(first_bytes(text, limit).size() <= limit);
    if (!is_utf8(text)) return;
    SYNCLINE_ASSERT(is_utf8(first_characters(text, limit)));
    SYNCLINE_ASSERT(is_utf8(first_bytes(text, limit)));
    SYNCLINE_ASSERT(count_characters(first_characters(text, limit)) <= limit);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::size_t limit = input.byte();
    const std::string_view text = input.rest();
    check_moment(text);
    check_bytes(text);
    check_path(text);
    check_cuts(text, limit);
    return 0;
}
