// A hub's configuration. The input is its files, each behind a line with its name:
//     --- hub.json
//     {…}
//     --- systems/erp.json
//     {…}

#include "codec/configuration.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

namespace {

using namespace syncline;

void check_accepted(const HubSetting& hub) {
    SYNCLINE_ASSERT(!hub.id.empty());
    SYNCLINE_ASSERT(hub.order.size() >= hub.systems.size());
    for (const SystemSetting& system : hub.systems) {
        SYNCLINE_ASSERT(!system.id.text().empty());
        SYNCLINE_ASSERT(!system.mapping.empty());
        SYNCLINE_ASSERT(system.poll.count() > 0);
        SYNCLINE_ASSERT(
            std::find(hub.order.begin(), hub.order.end(), system.id) != hub.order.end()
        );
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    fuzz::Input input(data, size);
    folder.write("hub.json", "{}");
    folder.write("systems/erp.json", "{}");
    input.until("--- ");
    while (!input.empty()) {
        const bool is_system = input.line() != "hub.json";
        folder.write(is_system ? "systems/erp.json" : "hub.json", input.until("\n--- "));
    }
    const auto hub = codec::read_configuration(folder.path(), Catalogue::customer());
    if (hub) {
        check_accepted(*hub);
    } else {
        fuzz::expect_reason(hub.error());
        SYNCLINE_ASSERT(hub.error().code == ErrorCode::ConfigInvalid);
        SYNCLINE_ASSERT(!hub.error().where.empty());
    }
    return 0;
}
