#include "servers/tcp_gate.hpp"

#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace syncline::testing {
namespace {

constexpr int kLookMs = 20;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

void send_all(int socket, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
}

}  // namespace

TcpGate::TcpGate(int server_port) : server_port_(server_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

TcpGate::~TcpGate() {
    is_closing_ = true;
    acceptor_.join();
    for (std::thread& carrier : carriers_)
        carrier.join();
    ::close(listener_);
}

void TcpGate::cut_at(const std::string& word, Cut cut) {
    const std::lock_guard lock(mutex_);
    word_ = word;
    cut_ = cut;
    has_cut_ = false;
}

void TcpGate::cut_after(std::size_t bytes_of_the_server) {
    most_ = bytes_of_the_server;
    has_cut_ = false;
}

void TcpGate::when_sent(std::size_t bytes_of_the_server, std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    action_ = std::move(action);
    most_ = bytes_of_the_server;
}

void TcpGate::accept_all() {
    while (!is_closing_) {
        pollfd waited{listener_, POLLIN, 0};
        if (::poll(&waited, 1, kLookMs) <= 0) continue;
        const int client = ::accept(listener_, nullptr, nullptr);
        carriers_.emplace_back([this, client] { carry(client); });
    }
}

bool TcpGate::is_cut_by(const char* bytes, std::size_t size, Cut& cut) {
    const std::lock_guard lock(mutex_);
    if (word_.empty() || std::string_view(bytes, size).find(word_) == std::string_view::npos)
        return false;
    cut = cut_;
    word_.clear();
    return true;
}

void TcpGate::carry(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(server_port_);
    std::array<char, 65'536> bytes{};
    bool is_silent = false;
    std::size_t sent_by_server = 0;
    bool is_open = ::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    while (is_open && !is_closing_) {
        std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(ends.data(), ends.size(), kLookMs) <= 0) continue;
        for (const pollfd& end : ends) {
            if (!is_open || (end.revents & (POLLIN | POLLHUP)) == 0) continue;
            const ssize_t got = ::recv(end.fd, bytes.data(), bytes.size(), 0);
            const auto size = static_cast<std::size_t>(got > 0 ? got : 0);
            if (end.fd == server) sent_by_server += size;
            if (const std::size_t most = most_; most > 0 && sent_by_server > most) {
                const std::lock_guard lock(mutex_);
                most_ = 0;
                has_cut_ = !action_;
                is_open = !has_cut_;
                if (action_) action_();
                if (has_cut_) break;
            }
            Cut cut{};
            const bool is_cut = end.fd == client && is_cut_by(bytes.data(), size, cut);
            if (!is_cut || cut != Cut::BeforeItArrives) {
                if (!is_silent || end.fd == client)
                    send_all(end.fd == client ? server : client, bytes.data(), size);
            }
            if (is_cut && cut == Cut::BeforeTheAnswer) {  // until the server has done it
                pollfd answer{server, POLLIN, 0};
                ::poll(&answer, 1, 5'000);
            }
            is_silent = is_silent || (is_cut && cut == Cut::Silently);
            is_open = got > 0 && (!is_cut || is_silent);
            has_cut_ = has_cut_ || is_cut;
        }
    }
    ::close(client);
    ::close(server);
}

}  // namespace syncline::testing
