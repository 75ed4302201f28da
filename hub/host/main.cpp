#include "host/serve.hpp"

/// The connector child: started by the hub with the channel as descriptor 3.
int main() {
    constexpr int kChannel = 3;
    return syncline::host::serve(kChannel);
}
