#include "app/setting_files.hpp"

#include <fstream>
#include <sys/stat.h>

namespace syncline::app {
namespace {

namespace fs = std::filesystem;

Error not_written(const fs::path& file, std::string why) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, file.string(), std::move(why)};
}

/// Puts a text under another name and then in its place, so that a reader sees all of it or
/// nothing.
Result<void> put(const fs::path& file, const std::string& text, mode_t mode) {
    const fs::path part = file.string() + ".part";
    std::error_code failed;
    fs::remove(part, failed);
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    ::chmod(part.c_str(), mode);
    out << text;
    out.close();
    if (!out) return not_written(file, "this file cannot be written");
    fs::rename(part, file, failed);
    if (failed) return not_written(file, "this file cannot be written: " + failed.message());
    return {};
}

}  // namespace

Result<void> write_new_file(const fs::path& file, const std::string& text) {
    std::error_code failed;
    if (fs::exists(file, failed)) return not_written(file, "this file exists already");
    fs::create_directories(file.parent_path(), failed);
    constexpr mode_t kOnlyOwner = 0600;
    return put(file, text, kOnlyOwner);
}

Result<void> replace_file(const fs::path& file, const std::string& text) {
    struct stat there {};
    constexpr mode_t kPermissions = 07777;
    if (::stat(file.c_str(), &there) != 0) return not_written(file, "this file is not there");
    std::error_code failed;
    // A link stays one: what it names is replaced.
    const fs::path target = fs::canonical(file, failed);
    return put(failed ? file : target, text, there.st_mode & kPermissions);
}

}  // namespace syncline::app
