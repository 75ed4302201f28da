// Plan files: what is read and written again is the same plan.

#include "codec/plan_json.hpp"
#include "fuzz/fuzz.hpp"

using namespace syncline;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto plan = codec::read_plan(fuzz::text_of(data, size));
    if (!plan) {
        fuzz::expect_reason(plan.error());
        return 0;
    }
    const std::string written = codec::to_pretty(codec::write_plan(*plan));
    const auto again = codec::read_plan(written);
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(codec::to_pretty(codec::write_plan(*again)) == written);
    SYNCLINE_ASSERT(again->made_at == plan->made_at);
    return 0;
}
