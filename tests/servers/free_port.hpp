#pragma once

namespace syncline::testing {

/// A port of 127.0.0.1 on which nobody listens.
int free_port();

}  // namespace syncline::testing
