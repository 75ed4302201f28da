// What a connector sends over its channel: frames, then the rows and answers in them.

#include "connect/channel.hpp"
#include "connect/discover_document.hpp"
#include "connect/rows.hpp"
#include "fuzz/fuzz.hpp"

#include <array>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace {

using namespace syncline;
using namespace syncline::connect;
using codec::Json;

std::pair<int, int> connected() {
    std::array<int, 2> ends{};
    SYNCLINE_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    return {ends[0], ends[1]};
}

/// All messages in `text`, as the other end of a channel receives them.
std::vector<Json> received(std::string_view text) {
    const auto [from, to] = connected();
    Channel channel(to);
    const ssize_t sent = ::send(from, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    SYNCLINE_ASSERT(text.empty() || sent == static_cast<ssize_t>(text.size()));
    ::close(from);
    std::vector<Json> messages;
    for (;;) {
        auto message = channel.receive(std::chrono::seconds{1});
        if (message) {
            SYNCLINE_ASSERT(message->is_object());
            messages.push_back(*std::move(message));
            continue;
        }
        fuzz::expect_reason(message.error());
        if (message.error().code != ErrorCode::PayloadMalformed) return messages;
    }
}

void check_resent(const Json& message) {
    const auto again = received(codec::to_line(message) + '\n');
    SYNCLINE_ASSERT(again.size() == 1 && again.front() == message);
}

void check_observation(const Observation& seen) {
    if (seen.kind == Observation::Kind::Gone) SYNCLINE_ASSERT(seen.fields.empty());
    if (!seen.problem.empty()) SYNCLINE_ASSERT(seen.fields.empty());
}

void check_receipt(const Receipt& receipt) {
    const bool stored = receipt.outcome == Receipt::Outcome::Stored;
    if (receipt.stored) {
        SYNCLINE_ASSERT(stored);
        check_observation(*receipt.stored);
    }
    if (!stored) fuzz::expect_reason(receipt.error);
}

void read_message(const Json& message) {
    const Reading reading{SystemId{"erp"}, "customer", from_unix_ms(1), from_unix_ms(2)};
    const Json params = message.value("params", Json::object());
    if (params.contains("records")) {
        for (const Json& row : params["records"])
            check_observation(read_row(row, reading));
    }
    if (message.contains("result")) {
        const Outcome outcome = read_outcome(message["result"]);
        fuzz::expect_reason(error_of(outcome, "erp"));
    }
    if (params.contains("text")) {
        const auto document =
            read_discover_document(params["text"].get<std::string>(), "customer", "erp");
        if (document)
            SYNCLINE_ASSERT(document->max_batch > 0);
        else
            fuzz::expect_reason(document.error());
    }
    check_receipt(read_receipt(params, Delivery{}, reading));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kRoomInSocket = 65'536;
    for (const Json& message : received(fuzz::text_of(data, std::min(size, kRoomInSocket)))) {
        check_resent(message);
        try {
            read_message(message);
        } catch (const Json::exception&) {  // the wrong shape: the hub ends the connector
        }
    }
    return 0;
}
