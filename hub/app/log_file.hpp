#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "model/settings.hpp"

#include <cstdio>
#include <filesystem>
#include <mutex>

namespace syncline::app {

/// Appends lines to a file (0600), in the form that docs/reference/log.md describes. Beyond 10 MiB
/// the file is renamed to <name>.1 and begun anew. When somebody else moved it away, a new one is
/// begun; when it cannot be, the old one is written on.
class LogFile final : public Log {
public:
    /// Throws Fault when the file cannot be opened.
    LogFile(std::filesystem::path file, const LogSetting& setting, Clock& clock);
    ~LogFile() override;
    void write(LogLevel level, LogWord event, std::initializer_list<LogField> fields) override;

private:
    bool is_where_it_was() const;
    bool reopen();

    const std::filesystem::path path_;
    const LogSetting setting_;
    Clock& clock_;
    std::mutex mutex_;
    std::FILE* file_ = nullptr;
};

}  // namespace syncline::app
