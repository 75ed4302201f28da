// A system's file with its mapping, compiled: an accepted mapping reads and writes whatever a
// remote may hold; a refused one is refused with its line.

#include "codec/system_configuration.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/mapped.hpp"
#include "mapping/system_mapping.hpp"

#include <utility>

namespace {

using namespace syncline;

void check_refused(const Error& error) {
    fuzz::expect_reason(error);
    SYNCLINE_ASSERT(error.code == ErrorCode::ConfigInvalid);
    SYNCLINE_ASSERT(!error.where.empty());
}

void use(const mapping::SystemMapping& mapping, const std::string& text) {
    for (const mapping::MappedField& face : mapping.fields()) {
        RawFields raw;
        for (const std::string& remote : face.remotes)
            raw[remote] = RawValue::of_text(text);
        const auto value = mapping.read(face.field, raw);
        if (!value) continue;
        SYNCLINE_ASSERT(value->parts.size() == face.covers.size());
        SYNCLINE_ASSERT(mapping.same_meaning(face.field, raw, raw));
        if (const auto written = mapping.write(face.field, *value, raw); !written)
            fuzz::expect_reason(written.error());
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    fuzz::Input input(data, size);
    folder.write("erp.json", input.until("\n--- "));
    codec::SettingFile file(folder.path() / "erp.json");
    SystemSetting system = codec::read_system(file, Catalogue::customer());
    for (const Error& problem : file.problems())
        check_refused(problem);
    if (!file.problems().empty()) return 0;
    if (system.default_country.empty()) system.default_country = "BE";
    const FieldTable fields = fuzz::fields_of(system);
    const auto mapping = mapping::SystemMapping::compile(system, fields);
    if (mapping)
        use(*mapping, std::string(input.rest()));
    else
        check_refused(mapping.error());
    return 0;
}
