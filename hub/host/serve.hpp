#pragma once

namespace syncline::host {

/// Serves one connector over the channel on this descriptor until the hub hangs up. Returns the
/// process's exit status.
int serve(int descriptor);

}  // namespace syncline::host
