#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {

/// Stands between a client and a server on 127.0.0.1, and cuts the connection when the client says
/// a certain word, or when the server has sent so much.
class TcpGate {
public:
    enum class Cut : std::uint8_t {
        BeforeItArrives,  ///< the server never gets the word
        BeforeTheAnswer,  ///< the server gets it, its answer is lost
        Silently,         ///< the server gets it, and no answer ever comes
    };

    explicit TcpGate(int server_port);
    ~TcpGate();
    TcpGate(const TcpGate&) = delete;
    TcpGate& operator=(const TcpGate&) = delete;

    int port() const { return port_; }
    /// Once, at the next time a client says it.
    void cut_at(const std::string& word, Cut cut);
    /// Once, when the server has sent so many bytes on one connection; for what is encrypted.
    void cut_after(std::size_t bytes_of_the_server);
    /// Once, when the server has sent so many bytes on one connection, before the client gets them.
    void when_sent(std::size_t bytes_of_the_server, std::function<void()> action);
    bool has_cut() const { return has_cut_; }

private:
    void accept_all();
    void carry(int client);
    bool is_cut_by(const char* bytes, std::size_t size, Cut& cut);

    int server_port_;
    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::string word_;
    Cut cut_ = Cut::BeforeItArrives;
    std::function<void()> action_;      ///< instead of a cut
    std::atomic<std::size_t> most_{0};  ///< bytes of the server; 0 = any number
    std::atomic<bool> has_cut_{false};
    std::atomic<bool> is_closing_{false};
    std::vector<std::thread> carriers_;
    std::thread acceptor_;
};

}  // namespace syncline::testing
