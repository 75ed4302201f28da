// JSON documents, strict and with comments, and the lines on which their values stand.

#include "codec/json.hpp"
#include "codec/line_index.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <map>

namespace {

using namespace syncline;
using codec::Json;

constexpr std::size_t kDepth = 64;

std::size_t depth_of(const Json& json) {
    if (!json.is_structured()) return 0;
    std::size_t deepest = 0;
    for (const Json& item : json)
        deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
}

void check_lines(
    const Json& json,
    const std::string& pointer,
    const std::map<std::string, std::size_t>& lines,
    std::size_t last
) {
    const auto found = lines.find(pointer);
    SYNCLINE_ASSERT(found != lines.end());
    SYNCLINE_ASSERT(found->second >= 1 && found->second <= last);
    if (!json.is_structured()) return;
    std::size_t index = 0;
    for (const auto& [key, value] : json.items()) {
        const std::string step =
            json.is_array() ? std::to_string(index++) : codec::pointer_step(key);
        check_lines(value, pointer + "/" + step, lines, last);
    }
}

void check_same(const Result<Json>& again, const Json& document) {
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(*again == document);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const auto strict = codec::parse_json(text);
    const auto lenient = codec::parse_json_with_comments(text);
    if (!strict) fuzz::expect_reason(strict.error());
    if (!lenient) {
        fuzz::expect_reason(lenient.error());
        SYNCLINE_ASSERT(!strict);
        return 0;
    }
    SYNCLINE_ASSERT(depth_of(*lenient) <= kDepth);
    check_same(codec::parse_json(codec::to_line(*lenient)), *lenient);
    check_same(codec::parse_json(codec::to_pretty(*lenient)), *lenient);
    if (strict) SYNCLINE_ASSERT(*strict == *lenient);
    const auto lines = codec::index_lines(text);
    const auto line_ends = std::count(text.begin(), text.end(), '\n');
    check_lines(*lenient, "", lines, static_cast<std::size_t>(line_ends) + 1);
    return 0;
}
