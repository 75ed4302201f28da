#include "connect/plugin_library.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <dlfcn.h>
#include <utility>

namespace syncline::connect {
namespace {

Error unusable(const std::filesystem::path& file, std::string detail) {
    return {ErrorCode::PluginUnusable, Remedy::Reconfigure, file.string(), std::move(detail)};
}

}  // namespace

Result<PluginLibrary> PluginLibrary::load(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return unusable(file, "there is no such connector library");
    ::dlerror();
    void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        const char* reason = ::dlerror();
        return unusable(
            file, std::string("it cannot be loaded: ") + (reason != nullptr ? reason : "no reason")
        );
    }
    void* symbol = ::dlsym(library, "syncline_connector_v1");
    if (symbol == nullptr)
        return unusable(file, "it is no Syncline connector: it has no syncline_connector_v1");
    const auto entry = reinterpret_cast<syncline_plugin_fn>(symbol);
    const syncline_plugin* theirs = entry();
    if (theirs == nullptr || theirs->magic != SYNCLINE_MAGIC)
        return unusable(file, "its table does not begin with the magic number");
    if (theirs->abi_major != SYNCLINE_ABI_MAJOR) {
        return unusable(
            file,
            "it was built for connector ABI " + std::to_string(theirs->abi_major) +
                ", this hub speaks " + std::to_string(SYNCLINE_ABI_MAJOR)
        );
    }
    if (theirs->min_host_minor > SYNCLINE_ABI_MINOR) {
        return unusable(
            file,
            "it needs a hub with connector ABI 1." + std::to_string(theirs->min_host_minor) +
                " or later, this one has 1." + std::to_string(SYNCLINE_ABI_MINOR)
        );
    }
    constexpr std::size_t kSmallest = offsetof(syncline_plugin, check);
    if (theirs->struct_size < kSmallest)
        return unusable(file, "its table is too short to hold create and destroy");
    PluginLibrary loaded;
    std::memcpy(
        &loaded.table_, theirs, std::min<std::size_t>(theirs->struct_size, sizeof loaded.table_)
    );
    if (loaded.table_.create == nullptr || loaded.table_.destroy == nullptr)
        return unusable(file, "its table has no create or no destroy");
    return loaded;
}

std::string PluginLibrary::manifest() const {
    const syncline_str& text = table_.manifest_json;
    return text.data == nullptr ? std::string() : std::string(text.data, text.len);
}

}  // namespace syncline::connect
