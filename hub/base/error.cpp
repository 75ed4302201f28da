#include "base/error.hpp"

namespace syncline {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::PayloadMalformed:
            return "payload_malformed";
        case ErrorCode::FieldTypeMismatch:
            return "field_type_mismatch";
        case ErrorCode::MappingFailed:
            return "mapping_failed";
        case ErrorCode::RecordTooLarge:
            return "record_too_large";
        case ErrorCode::RemoteRateLimited:
            return "remote_rate_limited";
        case ErrorCode::RemoteUnavailable:
            return "remote_unavailable";
        case ErrorCode::RemoteRefused:
            return "remote_refused";
        case ErrorCode::RemoteConflict:
            return "remote_conflict";
        case ErrorCode::RemoteGone:
            return "remote_gone";
        case ErrorCode::RemoteDuplicate:
            return "remote_duplicate";
        case ErrorCode::RemoteUnauthorised:
            return "remote_unauthorised";
        case ErrorCode::RemoteInDoubt:
            return "remote_in_doubt";
        case ErrorCode::CursorLost:
            return "cursor_lost";
        case ErrorCode::PluginUnusable:
            return "plugin_unusable";
        case ErrorCode::PluginCrashed:
            return "plugin_crashed";
        case ErrorCode::PluginUnsupported:
            return "plugin_unsupported";
        case ErrorCode::ConfigInvalid:
            return "config_invalid";
        case ErrorCode::NotFound:
            return "not_found";
        case ErrorCode::AlreadyRunning:
            return "already_running";
        case ErrorCode::StalePlan:
            return "stale_plan";
        case ErrorCode::ThresholdTripped:
            return "threshold_tripped";
        case ErrorCode::UsageInvalid:
            return "usage_invalid";
        case ErrorCode::Outdated:
            return "outdated";
        case ErrorCode::ClockImplausible:
            return "clock_implausible";
        case ErrorCode::NoRoom:
            return "no_room";
        case ErrorCode::KeyMissing:
            return "key_missing";
        case ErrorCode::KeyMismatch:
            return "key_mismatch";
        case ErrorCode::KeyDestroyed:
            return "key_destroyed";
        case ErrorCode::CipherMalformed:
            return "cipher_malformed";
        case ErrorCode::CipherTampered:
            return "cipher_tampered";
    }
    return "unknown";
}

std::optional<ErrorCode> error_code(std::string_view name) {
    constexpr std::uint16_t kFirst = 100, kEnd = 600;
    for (std::uint16_t number = kFirst; number < kEnd; ++number) {
        const auto code = static_cast<ErrorCode>(number);
        const std::string_view known = syncline::name(code);
        if (known == name && known != "unknown") return code;
    }
    return std::nullopt;
}

std::string_view name(Remedy remedy) {
    switch (remedy) {
        case Remedy::Retry:
            return "retry";
        case Remedy::Reauthorise:
            return "reauthorise";
        case Remedy::Quarantine:
            return "quarantine";
        case Remedy::Reject:
            return "reject";
        case Remedy::Reconfigure:
            return "reconfigure";
        case Remedy::Stop:
            return "stop";
    }
    return "unknown";
}

}  // namespace syncline
