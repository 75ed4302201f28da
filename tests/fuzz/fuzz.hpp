#pragma once

// What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput; a property that
// does not hold ends the process through SYNCLINE_ASSERT, which names it.

#include "base/assert.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace syncline::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Takes an input apart from its front; at its end it gives zeros and empty texts.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(text_of(data, size)) {}

    bool empty() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return first;
    }
    /// A choice among `count`.
    std::size_t below(std::size_t count) { return byte() % count; }
    /// What stands before `separator`, or all of it.
    std::string_view until(std::string_view separator) {
        const auto end = rest_.find(separator);
        const std::string_view taken = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + separator.size());
        return taken;
    }
    std::string_view line() { return until("\n"); }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

/// A refusal says why, in words that can be shown.
inline void expect_reason(const Error& error) {
    SYNCLINE_ASSERT(!error.detail.empty());
    SYNCLINE_ASSERT(is_utf8(error.detail));
    SYNCLINE_ASSERT(name(error.code) != "unknown");
}

/// A folder of this process for parsers that read files. In memory where the machine has one.
class Folder {
public:
    Folder() {
        const std::filesystem::path memory = "/dev/shm";
        const auto base =
            std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        path_ = base / ("syncline-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(path_);
    }
    ~Folder() { clear(); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    void write(const std::string& name, std::string_view content) const {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    }

private:
    void clear() const {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path path_;
};

}  // namespace syncline::fuzz
