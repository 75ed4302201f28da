// Settings of the shipped connectors: the first line names the connector, the rest is the object
// that the hub hands over. It is taken, or refused as CONFIG.

#include "codec/json.hpp"
#include "fuzz/connector.hpp"

#include <map>

namespace {

using namespace syncline;

const syncline_plugin& connector(std::string_view name) {
    static const std::map<std::string, syncline_plugin, std::less<>> all = [] {
        std::map<std::string, syncline_plugin, std::less<>> loaded;
        for (const char* known : {"files", "gnucash", "request-tracker", "sql"})
            loaded.emplace(known, fuzz::load_connector(known));
        return loaded;
    }();
    const auto found = all.find(name);
    return found == all.end() ? all.begin()->second : found->second;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const syncline_plugin& plugin = connector(input.line());
    const auto settings = codec::parse_json(input.rest());
    if (!settings || !settings->is_object()) return 0;  // the hub hands over nothing else
    const std::string text = codec::to_line(*settings);
    syncline_call call{};
    call.struct_size = sizeof call;
    syncline_instance* instance = nullptr;
    syncline_error error = fuzz::empty_error();
    const auto status = plugin.create(&call, fuzz::borrow(text), &instance, &error);
    if (status == SYNCLINE_OK)
        plugin.destroy(instance);
    else
        SYNCLINE_ASSERT(status == SYNCLINE_E_CONFIG);
    fuzz::expect_outcome(status, error);
    return 0;
}
