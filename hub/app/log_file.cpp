#include "app/log_file.hpp"

#include "base/fault.hpp"

#include <string>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace syncline::app {
namespace {

constexpr long kMaxBytes = 10L << 20U;

std::string_view word(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return "debug";
        case LogLevel::Info:
            return "info";
        case LogLevel::Warning:
            return "warning";
        case LogLevel::Error:
            return "error";
    }
    return "error";
}

/// In quotes when it has spaces; control characters escaped, so that one event is one line.
std::string escaped(const std::string& value) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    bool quote = value.empty();
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            out += "\\x";
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 15U];
            continue;
        }
        quote = quote || c == ' ' || c == '=';
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return quote ? '"' + out + '"' : out;
}

}  // namespace

LogFile::LogFile(std::filesystem::path file, Clock& clock) : path_(std::move(file)), clock_(clock) {
    open();
}

LogFile::~LogFile() {
    if (file_ != nullptr) std::fclose(file_);
}

void LogFile::open() {
    file_ = std::fopen(path_.c_str(), "ae");
    if (file_ == nullptr) throw Fault("the log " + path_.string() + " cannot be written");
    ::chmod(path_.c_str(), S_IRUSR | S_IWUSR);
}

void LogFile::write(
    LogLevel level, std::string_view event, std::initializer_list<LogField> fields
) {
    std::string line = to_rfc3339(clock_.now());
    line += ' ';
    line += word(level);
    line += ' ';
    line += event;
    for (const LogField& field : fields)
        line += ' ' + std::string(field.name) + '=' + escaped(field.value);
    line += '\n';
    const std::lock_guard lock(mutex_);
    std::fwrite(line.data(), 1, line.size(), file_);
    std::fflush(file_);
    if (std::ftell(file_) < kMaxBytes) return;
    std::fclose(file_);
    std::error_code ignored;
    std::filesystem::rename(path_, path_.string() + ".1", ignored);
    open();
}

}  // namespace syncline::app
