#pragma once

#include "base/error.hpp"

namespace syncline::app {

/// docs/reference/exit-codes.md. Never renumbered.
enum ExitCode : int {
    kDone = 0,
    kFailed = 1,
    kUsage = 2,
    kInvalidConfiguration = 3,
    kRecordsInError = 4,
    kChangesPending = 5,
    kConflictsOpen = 6,
    kNotAuthorised = 7,
    kSystemUnavailable = 8,
    kThreshold = 9,
};

ExitCode exit_code_of(ErrorCode code);
inline ExitCode exit_code_of(const Error& error) {
    return exit_code_of(error.code);
}

}  // namespace syncline::app
