#include "app/exit_code.hpp"

namespace syncline::app {

ExitCode exit_code_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::UsageInvalid:
            return kUsage;
        case ErrorCode::ConfigInvalid:
            return kInvalidConfiguration;
        case ErrorCode::PluginUnusable:
            return kInvalidConfiguration;
        case ErrorCode::PluginUnsupported:
            return kInvalidConfiguration;
        case ErrorCode::RemoteUnauthorised:
            return kNotAuthorised;
        case ErrorCode::RemoteUnavailable:
            return kSystemUnavailable;
        case ErrorCode::RemoteRateLimited:
            return kSystemUnavailable;
        case ErrorCode::PluginCrashed:
            return kSystemUnavailable;
        case ErrorCode::ThresholdTripped:
            return kThreshold;
        case ErrorCode::ClockImplausible:
            return kThreshold;
        case ErrorCode::PayloadMalformed:
        case ErrorCode::FieldTypeMismatch:
        case ErrorCode::MappingFailed:
        case ErrorCode::RecordTooLarge:
        case ErrorCode::RemoteRefused:
        case ErrorCode::RemoteConflict:
        case ErrorCode::RemoteGone:
        case ErrorCode::RemoteDuplicate:
        case ErrorCode::RemoteInDoubt:
        case ErrorCode::CursorLost:
        case ErrorCode::NotFound:
        case ErrorCode::AlreadyRunning:
        case ErrorCode::StalePlan:
        case ErrorCode::Outdated:
        case ErrorCode::NoRoom:
        case ErrorCode::KeyMissing:
        case ErrorCode::KeyMismatch:
        case ErrorCode::KeyDestroyed:
        case ErrorCode::CipherMalformed:
        case ErrorCode::CipherTampered:
            return kFailed;
    }
    return kFailed;
}

}  // namespace syncline::app
