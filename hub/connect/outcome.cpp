#include "connect/outcome.hpp"

#include "syncline/connector.h"

#include <utility>

namespace syncline::connect {
namespace {

std::pair<ErrorCode, Remedy> meaning_of(std::int32_t status) {
    switch (status) {
        case SYNCLINE_E_CONFIG:
            return {ErrorCode::ConfigInvalid, Remedy::Reconfigure};
        case SYNCLINE_E_AUTH:
        case SYNCLINE_E_PERMISSION:
            return {ErrorCode::RemoteUnauthorised, Remedy::Reauthorise};
        case SYNCLINE_E_RATE_LIMITED:
            return {ErrorCode::RemoteRateLimited, Remedy::Retry};
        case SYNCLINE_E_TRANSIENT:
            return {ErrorCode::RemoteUnavailable, Remedy::Retry};
        case SYNCLINE_E_CONFLICT:
            return {ErrorCode::RemoteConflict, Remedy::Retry};
        case SYNCLINE_E_DUPLICATE:
            return {ErrorCode::RemoteDuplicate, Remedy::Quarantine};
        case SYNCLINE_E_NOT_FOUND:
            return {ErrorCode::RemoteGone, Remedy::Quarantine};
        case SYNCLINE_E_INVALID:
            return {ErrorCode::RemoteRefused, Remedy::Quarantine};
        case SYNCLINE_E_UNSUPPORTED:
            return {ErrorCode::PluginUnsupported, Remedy::Reconfigure};
        case SYNCLINE_E_CANCELLED:
            return {ErrorCode::RemoteUnavailable, Remedy::Retry};
        case SYNCLINE_E_CURSOR:
            return {ErrorCode::CursorLost, Remedy::Retry};
        case SYNCLINE_E_TOO_LARGE:
            return {ErrorCode::RecordTooLarge, Remedy::Quarantine};
        case SYNCLINE_E_IN_DOUBT:
            return {ErrorCode::RemoteInDoubt, Remedy::Retry};
        default:
            return {ErrorCode::PluginUnusable, Remedy::Stop};
    }
}

}  // namespace

Error error_of(const Outcome& outcome, const std::string& where) {
    const auto [code, remedy] = meaning_of(outcome.status);
    std::string detail = outcome.message.empty() ? "the connector gave no reason" : outcome.message;
    if (!outcome.field.empty()) detail = outcome.field + ": " + detail;
    return {
        code, remedy, where, std::move(detail), std::chrono::milliseconds{outcome.retry_after_ms}};
}

Receipt::Outcome receipt_of(std::int32_t status) {
    using Out = Receipt::Outcome;
    switch (status) {
        case SYNCLINE_OK:
            return Out::Stored;
        case SYNCLINE_E_CONFLICT:
            return Out::Conflict;
        case SYNCLINE_E_NOT_FOUND:
            return Out::Gone;
        case SYNCLINE_E_DUPLICATE:
            return Out::Duplicate;
        case SYNCLINE_E_INVALID:
        case SYNCLINE_E_UNSUPPORTED:
        case SYNCLINE_E_TOO_LARGE:
            return Out::Refused;
        case SYNCLINE_E_CONFIG:
        case SYNCLINE_E_AUTH:
        case SYNCLINE_E_PERMISSION:
        case SYNCLINE_E_RATE_LIMITED:
        case SYNCLINE_E_TRANSIENT:
        case SYNCLINE_E_CANCELLED:
            return Out::NotSent;
        default:
            return Out::InDoubt;  // also codes of later minors: never assume "not written"
    }
}

}  // namespace syncline::connect
