#include "host/serve.hpp"

#include <cerrno>
#include <chrono>
#include <poll.h>
#include <thread>
#include <unistd.h>

namespace {

constexpr int kChannel = 3;
constexpr std::chrono::seconds kGrace{2};

/// Ends this process soon after the hub has closed its end of the channel or died, even while the
/// connector's own code does not return. A signal at the parent's death would not do: it is sent at
/// the death of the thread that started the child.
void follow_the_hub() {
    pollfd hub{kChannel, POLLRDHUP, 0};
    while (::poll(&hub, 1, -1) < 0 && errno == EINTR) {
    }
    std::this_thread::sleep_for(kGrace);
    ::_exit(1);
}

}  // namespace

/// The connector child: started by the hub with the channel as descriptor 3.
int main() {
    std::thread(follow_the_hub).detach();
    return syncline::host::serve(kChannel);
}
