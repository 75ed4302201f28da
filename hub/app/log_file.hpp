#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"

#include <cstdio>
#include <filesystem>
#include <mutex>

namespace syncline::app {

/// Appends lines such as `2026-03-01T09:30:00.000Z warning system_unusable system=erp` to a file
/// (0600). Beyond 10 MiB the file is renamed to <name>.1 and begun anew.
class LogFile final : public Log {
public:
    /// Throws Fault when the file cannot be opened.
    LogFile(std::filesystem::path file, Clock& clock);
    ~LogFile() override;
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields)
        override;

private:
    void open();

    const std::filesystem::path path_;
    Clock& clock_;
    std::mutex mutex_;
    std::FILE* file_ = nullptr;
};

}  // namespace syncline::app
