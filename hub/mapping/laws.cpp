#include "mapping/laws.hpp"

#include "mapping/law_samples.hpp"
#include "mapping/stated_loss.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace syncline::mapping {
namespace {

Error broken(const CompiledField& compiled, const std::string& what) {
    return {
        ErrorCode::ConfigInvalid,
        Remedy::Reconfigure,
        compiled.where,
        "the mapping of " + compiled.field.path + " does not round-trip: " + what};
}

SampleValue cleared_sample(const CompiledField& compiled) {
    return {FieldValue::cleared(compiled.field.parts.size()), "a cleared value"};
}

/// Whether the system can hold the sample; if so, it comes back and stays.
Result<bool> survives(const CompiledField& compiled, const SampleValue& sample) {
    const auto raw = write(compiled, sample.value, {});
    if (!raw) return false;
    const auto back = read(compiled, *raw, nullptr);
    if (!back)
        return broken(compiled, sample.shape + " is written but not read: " + back.error().detail);
    if (!is_explained(compiled, sample.value, *back))
        return broken(compiled, sample.shape + " comes back as another value");
    const auto again = write(compiled, *back, {});
    const auto settled =
        again ? read(compiled, *again, nullptr) : Result<FieldValue>(again.error());
    if (!settled || !agrees(compiled, *settled, *back))
        return broken(compiled, sample.shape + " changes again with every round");
    const auto kept = write(compiled, *back, *raw);
    if (!kept || *kept != *raw)
        return broken(compiled, sample.shape + " is rewritten although nothing changed");
    return true;
}

/// The same where nothing is read.
Result<bool> stays(const CompiledField& compiled, const SampleValue& sample) {
    const auto raw = write(compiled, sample.value, {});
    if (!raw) return false;
    const auto kept = write(compiled, sample.value, *raw);
    if (!kept || *kept != *raw)
        return broken(compiled, sample.shape + " is rewritten although nothing changed");
    return true;
}

}  // namespace

Result<std::string> check_laws(const CompiledField& compiled) {
    if (compiled.face.direction == MappingDirection::In) return std::string{};
    const auto law = compiled.face.direction == MappingDirection::Out ? stays : survives;
    const SampleValue cleared = cleared_sample(compiled);
    SYNCLINE_TRY(const bool clears, law(compiled, cleared));
    if (!clears)
        return broken(
            compiled,
            "a cleared value cannot be written: " +
                write(compiled, cleared.value, {}).error().detail
        );
    const std::vector<SampleValue> samples = samples_of(compiled);
    std::size_t held = 0;
    for (const SampleValue& sample : samples) {
        SYNCLINE_TRY(const bool holds, law(compiled, sample));
        if (holds) ++held;
    }
    if (held == 0 && !samples.empty())
        return broken(compiled, "the system could hold none of the values tried");
    return losses(compiled);
}

}  // namespace syncline::mapping
