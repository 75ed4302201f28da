#include "folder.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <algorithm>

namespace files {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    if (const auto at = text.find(what); at != std::string::npos)
        text.replace(at, what.size(), with);
    return text;
}

}  // namespace

bool is_usable_name(std::string_view name) {
    if (name.empty() || name.front() == '.' || !syncline::sdk::is_utf8(name)) return false;
    for (const std::string_view ending : {".part", ".tmp", ".filepart"}) {
        if (name.ends_with(ending)) return false;
    }
    constexpr unsigned char kFirstPrintable = 0x20;
    return std::none_of(name.begin(), name.end(), [](char c) {
        return c == '/' || static_cast<unsigned char>(c) < kFirstPrintable;
    });
}

std::string copy_name(const std::string& name, int copy) {
    const auto dot = std::min(name.rfind('.'), name.size());
    return name.substr(0, dot) + "~" + std::to_string(copy) + name.substr(dot);
}

std::string free_name(Folder& folder, const std::string& pattern, std::int64_t unix_ms) {
    const Poco::Timestamp at(static_cast<Poco::Timestamp::TimeVal>(unix_ms) * 1'000);
    const std::string dated =
        replaced(pattern, "{utc}", Poco::DateTimeFormatter::format(at, "%Y%m%dT%H%M%SZ"));
    for (int sequence = 1;; ++sequence) {
        const std::string name = replaced(dated, "{sequence}", std::to_string(sequence));
        if (!folder.has(name)) return name;
        if (pattern.find("{sequence}") == std::string::npos)
            throw syncline::sdk::Failure(SYNCLINE_E_TRANSIENT, name + " is there already");
    }
}

}  // namespace files
