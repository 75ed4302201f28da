#include "connect/connector_voice.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace syncline::connect {
namespace {

constexpr std::string_view kPlace = "{}";
constexpr std::string_view kHidden = "…";

/// The fixed parts around each {}: one more than there are places.
std::vector<std::string_view> fixed_parts(std::string_view listed) {
    std::vector<std::string_view> parts;
    for (auto place = listed.find(kPlace); place != listed.npos; place = listed.find(kPlace)) {
        parts.push_back(listed.substr(0, place));
        listed.remove_prefix(place + kPlace.size());
    }
    parts.push_back(listed);
    return parts;
}

/// What stands in the places of a listed text, if the message is one of its kind.
std::optional<std::vector<std::string_view>> in_places(
    const std::vector<std::string_view>& parts, std::string_view message
) {
    if (parts.size() == 1 && message != parts.front()) return std::nullopt;
    if (!message.starts_with(parts.front())) return std::nullopt;
    message.remove_prefix(parts.front().size());
    std::vector<std::string_view> found;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const bool is_last = i + 1 == parts.size();
        if (is_last && !message.ends_with(parts[i])) return std::nullopt;
        const auto end = is_last ? message.size() - parts[i].size() : message.find(parts[i]);
        if (end == message.npos) return std::nullopt;
        found.push_back(message.substr(0, end));
        message.remove_prefix(end + parts[i].size());
    }
    return found;
}

LogLevel level_of(std::int64_t level) {
    constexpr std::int64_t kInfo = 2, kWarning = 3, kError = 4;
    if (level >= kError) return LogLevel::Error;
    if (level >= kWarning) return LogLevel::Warning;
    return level >= kInfo ? LogLevel::Info : LogLevel::Debug;
}

}  // namespace

ListedMessage::ListedMessage(
    const std::vector<std::string>& listed,
    const std::vector<std::string>& fields,
    std::string_view message
) {
    for (const std::string& text : listed) {
        const std::vector<std::string_view> parts = fixed_parts(text);
        const auto found = in_places(parts, message);
        if (!found) continue;
        text_ = parts.front();
        for (std::size_t i = 0; i < found->size(); ++i) {
            const bool is_field =
                std::find(fields.begin(), fields.end(), (*found)[i]) != fields.end();
            text_ += is_field ? (*found)[i] : kHidden;
            text_ += parts[i + 1];
        }
        return;
    }
}

ConnectorVoice::ConnectorVoice(
    SystemId system, std::vector<std::string> listed, std::vector<std::string> fields, Log& log
)
    : system_(std::move(system)),
      listed_(std::move(listed)),
      fields_(std::move(fields)),
      log_(&log) {}

void ConnectorVoice::say(std::int64_t level, std::string_view message) const {
    const ListedMessage known(listed_, fields_, message);
    if (known.empty())
        log_->write(
            level_of(level),
            "connector_says_unlisted",
            {{"system", system_}, {"characters", count_characters(message)}}
        );
    else
        log_->write(level_of(level), "connector_says", {{"system", system_}, {"message", known}});
}

}  // namespace syncline::connect
