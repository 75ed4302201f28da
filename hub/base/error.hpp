#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncline {

/// What the hub does about a failure. Policy hangs on this, never on message text.
enum class Remedy : std::uint8_t {
    Retry,        ///< later, unchanged: the remote or the machine was busy
    Reauthorise,  ///< an operator must renew a credential
    Quarantine,   ///< set this record or field aside, go on with the rest
    Reject,       ///< the request itself is wrong; tell the caller
    Reconfigure,  ///< configuration is wrong; nothing runs until it is mended
    Stop,         ///< stop the run: going on would endanger data
};

/// One row of schemas/errors.json. Numbers are never reused.
enum class ErrorCode : std::uint16_t {
    PayloadMalformed = 101,    ///< bytes that are not what they claim to be
    FieldTypeMismatch = 102,   ///< a value that a field's type does not admit
    MappingFailed = 103,       ///< a lens could not read or write a value
    RecordTooLarge = 104,      ///< over a stated limit
    RemoteRateLimited = 201,   ///< the remote asked to wait
    RemoteUnavailable = 202,   ///< proved not sent, or a failed read
    RemoteRefused = 203,       ///< the remote will never accept this payload
    RemoteConflict = 204,      ///< the remote's version moved on
    RemoteGone = 205,          ///< the remote record does not exist
    RemoteDuplicate = 206,     ///< a unique key is taken in the remote
    RemoteUnauthorised = 207,  ///< credential rejected or scope missing
    RemoteInDoubt = 208,       ///< a write that may or may not have happened
    CursorLost = 209,          ///< the remote no longer knows our cursor
    PluginUnusable = 301,      ///< missing, wrong version, broken contract
    PluginCrashed = 302,       ///< the connector child ended
    PluginUnsupported = 303,   ///< the connector does not do this
    ConfigInvalid = 401,       ///< configuration refused, `where` says which line
    NotFound = 402,            ///< no such record, system, review, …
    AlreadyRunning = 403,      ///< another hub holds the workspace
    StalePlan = 404,           ///< the world is no longer what the plan saw
    ThresholdTripped = 405,    ///< more changes than a safety threshold allows
    UsageInvalid = 406,        ///< the command's words are off
    Outdated = 407,            ///< a decision on what is no longer as it was shown
    ClockImplausible = 408,    ///< the machine's clock says what cannot be
    NoRoom = 409,              ///< the disk has too little room for what was asked
    KeyMissing = 501,          ///< root key, keyring or data key absent
    KeyMismatch = 502,         ///< another key encrypted this
    KeyDestroyed = 503,        ///< the data key was erased on purpose
    CipherMalformed = 504,     ///< not an envelope
    CipherTampered = 505,      ///< moved, rolled back or edited
};

/// An expected failure, for the caller to decide on. Carries no personal data.
struct Error {
    ErrorCode code;
    Remedy remedy = Remedy::Quarantine;
    std::string where;   ///< file:line, JSON pointer, field path or table
    std::string detail;  ///< for the operator: what is wrong and what to do
    /// How long the remote asked to be left alone; 0 = it named no time.
    std::chrono::milliseconds wait{0};
};

/// The stable snake_case name of a code, as JSON output and docs/reference/errors.md spell it.
std::string_view name(ErrorCode code);
/// The code of that name, as a document spells it.
std::optional<ErrorCode> error_code(std::string_view name);
std::string_view name(Remedy remedy);

}  // namespace syncline
