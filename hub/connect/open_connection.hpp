#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "connect/connection.hpp"
#include "connect/installation.hpp"
#include "model/settings.hpp"

#include <memory>

namespace syncline::connect {

/// A connection to a configured system through its connector, run in a child process. Nothing is
/// started or read before the first call; settings are resolved anew at each start, so that a
/// renewed token or address is found. A child that dies is started again, after 1, 2, 4 … 300 s
/// when it dies repeatedly. `setting`, `clock` and `log` outlive the connection.
std::unique_ptr<Connection> open_connection(
    const SystemSetting& setting, const Installation& installation, Clock& clock, Log& log
);

}  // namespace syncline::connect
