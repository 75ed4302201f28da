// A connector's manifest and the settings it is used with: the manifest up to a line "---", then
// the settings.

#include "connect/manifest.hpp"
#include "fuzz/fuzz.hpp"

#include <vector>

using namespace syncline;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    fuzz::Input input(data, size);
    folder.write("connector.json", input.until("\n---\n"));
    folder.write("secret", "sesame");
    std::vector<Error> problems;
    const auto manifests = connect::list_connectors(folder.path(), problems);
    SYNCLINE_ASSERT(manifests.size() + problems.size() == 1);
    for (const Error& problem : problems)
        fuzz::expect_reason(problem);
    if (manifests.empty()) return 0;
    const connect::Manifest& manifest = manifests.front();
    const auto settings =
        connect::resolve_settings(std::string(input.rest()), manifest, folder.path());
    if (!settings) {
        fuzz::expect_reason(settings.error());
        return 0;
    }
    for (const auto& [name, pattern] : manifest.headers) {
        if (const auto header = connect::fill_template(pattern, *settings); !header)
            fuzz::expect_reason(header.error());
    }
    return 0;
}
