// What a remote may hold, through every lens. The first byte chooses the field; a value is a byte
// for its kind and a text up to the next line end.

#include "codec/system_configuration.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/mapped.hpp"
#include "mapping/system_mapping.hpp"

#include <utility>

namespace {

using namespace syncline;
using mapping::MappedField;
using mapping::SystemMapping;

const SystemMapping& every_lens() {
    static const SystemMapping compiled = [] {
        codec::SettingFile file(std::filesystem::path(REPO_ROOT) / "tests/fuzz/every_lens.json");
        const SystemSetting system = codec::read_system(file, Catalogue::customer());
        SYNCLINE_ASSERT(file.problems().empty());
        auto mapping = SystemMapping::compile(system, fuzz::fields_of(system));
        SYNCLINE_ASSERT(mapping.has_value());
        return std::move(mapping).value();
    }();
    return compiled;
}

RawValue raw_value(fuzz::Input& input) {
    switch (input.below(6)) {
        case 0:
            return RawValue::null();
        case 1:
            return RawValue::of_number(std::string(input.line()));
        case 2:
            return RawValue::of_bool(input.byte() % 2 == 0);
        default:
            return RawValue::of_text(std::string(input.line()));
    }
}

/// The laws for a reading that went well.
void check_laws(const MappedField& face, const RawFields& raw, const FieldValue& value) {
    const SystemMapping& mapping = every_lens();
    SYNCLINE_ASSERT(value.parts.size() == face.covers.size());
    for (const auto& part : value.parts)
        SYNCLINE_ASSERT(!part || (!part->empty() && is_utf8(*part)));
    const bool is_constant = std::count(face.covers.begin(), face.covers.end(), true) == 0;
    SYNCLINE_ASSERT(is_constant || mapping.is_image(face.field, raw, value));
    SYNCLINE_ASSERT(mapping.same_meaning(face.field, raw, raw));
    const auto written = mapping.write(face.field, value, raw);
    if (!written) {
        fuzz::expect_reason(written.error());
        return;
    }
    const auto again = mapping.write(face.field, value, *written);
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(*again == *written);
    SYNCLINE_ASSERT(mapping.is_image(face.field, *written, value));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto& faces = every_lens().fields();
    const MappedField& face = faces[input.below(faces.size())];
    RawFields raw;
    for (const std::string& remote : face.remotes)
        raw[remote] = raw_value(input);
    const auto value = every_lens().read(face.field, raw);
    if (value)
        check_laws(face, raw, *value);
    else
        fuzz::expect_reason(value.error());
    return 0;
}
