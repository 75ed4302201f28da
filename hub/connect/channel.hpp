#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace syncline::connect {

/// One end of a stream socket that carries JSON-RPC 2.0 messages, one a line (docs/reference/
/// connector-protocol.md). Owns the descriptor. One thread.
class Channel {
public:
    static constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20U;

    explicit Channel(int descriptor) : descriptor_(descriptor) {}
    ~Channel();
    Channel(Channel&& other) noexcept;
    Channel& operator=(Channel&&) = delete;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /// Sends a message. PluginCrashed when the other side is gone.
    Result<void> send(const codec::Json& message);
    /// The next message. PluginCrashed when the other side is gone, RemoteUnavailable after
    /// `patience` without a whole line, PayloadMalformed for a line that is not a JSON object.
    Result<codec::Json> receive(std::chrono::milliseconds patience);

    /// What wait() found first.
    enum class Event : std::uint8_t {
        Message,  ///< something came from the other side, or it is gone
        Other,    ///< the other descriptor has something to read
        None,     ///< neither, for as long as was to be waited
    };
    Event wait(std::chrono::milliseconds patience, int other) const;

private:
    int descriptor_;
    std::string buffer_;
    std::size_t scanned_ = 0;  ///< no line end before this byte of buffer_
};

}  // namespace syncline::connect
