#include "app/log_file.hpp"

#include "base/fault.hpp"
#include "codec/json.hpp"

#include <string>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace syncline::app {
namespace {

using codec::Json;

constexpr off_t kMaxBytes = 10L << 20U;

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

std::string text_line(
    Timestamp at, LogLevel level, LogWord event, std::initializer_list<LogField> fields
) {
    std::string line = to_rfc3339(at);
    line.append(" ").append(name(level)).append(" ").append(event.text());
    for (const LogField& field : fields)
        line.append(" ")
            .append(field.name.text())
            .append("=")
            .append(escaped(to_text(field.value)));
    return line;
}

/// Numbers and truths as themselves, everything else as text.
Json json_of(const LogValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.held())) return *number;
    if (const auto* truth = std::get_if<bool>(&value.held())) return *truth;
    return to_text(value);
}

std::string json_line(
    Timestamp at, LogLevel level, LogWord event, std::initializer_list<LogField> fields
) {
    Json line{{"at", to_rfc3339(at)}, {"level", name(level)}, {"event", event.text()}};
    for (const LogField& field : fields)
        line[std::string(field.name.text())] = json_of(field.value);
    return codec::to_line(line);
}

}  // namespace

LogFile::LogFile(std::filesystem::path file, const LogSetting& setting, Clock& clock)
    : path_(std::move(file)), setting_(setting), clock_(clock) {
    if (!reopen()) throw Fault("the log " + path_.string() + " cannot be written");
}

LogFile::~LogFile() {
    if (file_ != nullptr) std::fclose(file_);
}

/// Goes on with the file of that name, if it can be opened.
bool LogFile::reopen() {
    std::FILE* opened = std::fopen(path_.c_str(), "ae");
    if (opened == nullptr) return false;
    ::chmod(path_.c_str(), S_IRUSR | S_IWUSR);
    if (file_ != nullptr) std::fclose(file_);
    file_ = opened;
    return true;
}

bool LogFile::is_where_it_was() const {
    struct stat named {};
    struct stat opened {};
    return ::stat(path_.c_str(), &named) == 0 && ::fstat(::fileno(file_), &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

void LogFile::write(LogLevel level, LogWord event, std::initializer_list<LogField> fields) {
    if (level < setting_.level) return;
    const auto line_of = setting_.format == LogFormat::Json ? json_line : text_line;
    const std::string line = line_of(clock_.now(), level, event, fields) + '\n';
    const std::lock_guard lock(mutex_);
    if (!is_where_it_was()) reopen();
    std::fwrite(line.data(), 1, line.size(), file_);
    std::fflush(file_);
    struct stat written {};
    if (::fstat(::fileno(file_), &written) != 0 || written.st_size < kMaxBytes) return;
    std::error_code ignored;
    std::filesystem::rename(path_, path_.string() + ".1", ignored);
    reopen();
}

}  // namespace syncline::app
