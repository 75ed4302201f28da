#include "folder.hpp"

#include "syncline/connector.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/TextConverter.h>
#include <Poco/TextEncoding.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fnmatch.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace files {
namespace {

namespace fs = std::filesystem;
using syncline::sdk::Failure;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    if (const auto at = text.find(what); at != std::string::npos)
        text.replace(at, what.size(), with);
    return text;
}

/// Converts between encodings that Poco knows; nothing when a character cannot be converted. Poco
/// puts a question mark in its place without a word, so the way back tells.
std::optional<std::string> converted(
    const std::string& text, const std::string& from, const std::string& to
) {
    if (from == to) return text;
    const auto& source = Poco::TextEncoding::byName(from);
    const auto& target = Poco::TextEncoding::byName(to);
    std::string out;
    std::string back;
    Poco::TextConverter(source, target).convert(text, out);
    Poco::TextConverter(target, source).convert(out, back);
    if (back != text) return std::nullopt;
    return out;
}

[[noreturn]] void fail(const fs::path& file, const char* what) {
    throw Failure(SYNCLINE_E_TRANSIENT, file.string() + " " + what + ": " + std::strerror(errno));
}

}  // namespace

std::vector<fs::path> matching_files(const fs::path& folder, const std::string& pattern) {
    std::error_code failed;
    std::error_code vanished;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        const std::string name = entry.path().filename().string();
        if (fs::is_regular_file(entry.symlink_status(vanished)) && !name.ends_with(".part") &&
            ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0)
            files.push_back(entry.path());
    }
    if (failed)
        throw Failure(
            SYNCLINE_E_CONFIG, "folder " + folder.string() + " cannot be read: " + failed.message()
        );
    std::sort(files.begin(), files.end());
    return files;
}

std::optional<std::string> decoded(const std::string& bytes, const std::string& encoding) {
    auto text = converted(bytes, encoding, "UTF-8");
    if (text && !syncline::sdk::is_utf8(*text)) return std::nullopt;
    return text;
}

std::optional<std::string> encoded(const std::string& text, const std::string& encoding) {
    return converted(text, "UTF-8", encoding);
}

std::string read_bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.good() && !in.eof()) fail(file, "cannot be read");
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

void write_bytes(const fs::path& file, const std::string& bytes) {
    const fs::path partial = file.string() + ".part";
    const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (descriptor < 0) fail(partial, "cannot be written");
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t n = ::write(descriptor, bytes.data() + written, bytes.size() - written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        written += static_cast<std::size_t>(n);
    }
    const bool durable = written == bytes.size() && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!durable || ::rename(partial.c_str(), file.c_str()) != 0) {
        const int reason = errno;
        ::unlink(partial.c_str());
        errno = reason;
        fail(file, "cannot be written");
    }
    const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);  // the new name, too, outlives a power cut
    ::close(folder);
}

void move_to(const fs::path& file, const std::string& folder) {
    const fs::path target = file.parent_path() / folder;
    std::error_code failed;
    fs::create_directories(target, failed);
    fs::path name = target / file.filename();
    for (int copy = 2; fs::exists(name, failed); ++copy)
        name = target /
               (file.stem().string() + "~" + std::to_string(copy) + file.extension().string());
    fs::rename(file, name, failed);
    if (failed)
        throw Failure(
            SYNCLINE_E_TRANSIENT,
            file.string() + " was read and cannot be moved: " + failed.message()
        );
}

fs::path free_name(const fs::path& folder, const std::string& pattern, std::int64_t unix_ms) {
    const Poco::Timestamp at(static_cast<Poco::Timestamp::TimeVal>(unix_ms) * 1'000);
    const std::string dated =
        replaced(pattern, "{utc}", Poco::DateTimeFormatter::format(at, "%Y%m%dT%H%M%SZ"));
    for (int sequence = 1;; ++sequence) {
        const fs::path file = folder / replaced(dated, "{sequence}", std::to_string(sequence));
        std::error_code failed;
        if (!fs::exists(file, failed)) return file;
        if (pattern.find("{sequence}") == std::string::npos)
            throw Failure(SYNCLINE_E_TRANSIENT, file.string() + " is there already");
    }
}

}  // namespace files
