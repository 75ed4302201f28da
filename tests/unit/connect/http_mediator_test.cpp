#include "connect/http_mediator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace syncline::connect {
namespace {

/// Answers one request with these very bytes, then closes the connection. Keeps the request.
class OneAnswer {
public:
    explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, raw, size), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        EXPECT_EQ(::getsockname(listener_, raw, &size), 0);
        port_ = ntohs(address.sin_port);
        server_ = std::thread([this] { serve(); });
    }
    ~OneAnswer() {
        ::shutdown(listener_, SHUT_RDWR);
        server_.join();
        ::close(listener_);
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// What arrived; after the answer.
    const std::string& request() const { return request_; }

private:
    void serve() {
        const int peer = ::accept(listener_, nullptr, nullptr);
        if (peer < 0) return;
        std::array<char, 4096> chunk{};
        while (request_.find("\r\n\r\n") == std::string::npos) {
            const auto got = ::recv(peer, chunk.data(), chunk.size(), 0);
            if (got <= 0) break;
            request_.append(chunk.data(), static_cast<std::size_t>(got));
        }
        ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        ::shutdown(peer, SHUT_WR);
        while (::recv(peer, chunk.data(), chunk.size(), 0) > 0) {
        }
        ::close(peer);
    }

    std::string answer_;
    std::string request_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread server_;
};

HttpRequest request_for(const std::string& method, const std::string& path) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    return request;
}

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: 2\r\n\r\n{}";

TEST(HttpMediator, AddsBaseUrlAndCredential) {
    OneAnswer server(kOk);
    const HttpMediator http(server.url() + "/REST/2.0/", {{"Authorization", "token 1-22-3"}});
    HttpRequest request = request_for("PUT", "/user/7?fields=a%2Fb");
    request.headers = {{"If-Match", "\"6\""}};
    request.body = "{\"City\":\"Gent\"}";
    const auto response = http.send(request);
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "{}");
    EXPECT_EQ(response->headers.at("etag"), "\"7\"");
    const std::string& sent = server.request();
    EXPECT_TRUE(sent.starts_with("PUT /REST/2.0/user/7?fields=a%2Fb HTTP/1.1\r\n")) << sent;
    EXPECT_NE(sent.find("Authorization: token 1-22-3\r\n"), std::string::npos);
    EXPECT_NE(sent.find("If-Match: \"6\"\r\n"), std::string::npos);
    EXPECT_NE(sent.find("Content-Length: 15\r\n"), std::string::npos);
}

TEST(HttpMediator, RefusesPathsThatLeaveTheBaseUrl) {
    const HttpMediator http("http://127.0.0.1:1/base", {});
    for (const char* path :
         {"",
          "user/7",
          "//evil.example/",
          "http://evil.example/",
          "@evil.example/",
          "/../admin",
          "/a/..",
          "/a/%2e%2E/b",
          "/.%2e/b",
          "/a b",
          "/a\r\nX: y",
          "/a#b",
          "/a\\..\\b",
          "/a\x7F"}) {
        const auto response = http.send(request_for("GET", path));
        ASSERT_FALSE(response) << path;
        EXPECT_EQ(response.error().code, ErrorCode::UsageInvalid) << path;
    }
    for (const char* path : {"/user/a..b@c.example", "/user/...", "/users?query=../x"})
        EXPECT_EQ(http.send(request_for("GET", path)).error().code, ErrorCode::RemoteUnavailable);
}

TEST(HttpMediator, RefusesHeadersThatAreNotTheConnectors) {
    const HttpMediator http("http://127.0.0.1:1", {});
    for (const char* name :
         {"Host", "AUTHORIZATION", "Connection", "content-length", "Transfer-Encoding", "a\r\nb"}) {
        HttpRequest request = request_for("GET", "/");
        request.headers = {{name, "x"}};
        EXPECT_EQ(http.send(request).error().code, ErrorCode::UsageInvalid) << name;
    }
    HttpRequest request = request_for("GET", "/");
    request.headers = {{"If-Match", "1\r\nAuthorization: token 0"}};
    EXPECT_EQ(http.send(request).error().code, ErrorCode::UsageInvalid);
}

TEST(HttpMediator, AnAnswerThatIsCutShortIsNoAnswer) {
    for (const char* cut :
         {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":",
          "HTTP/1.1 200 OK\r\nCont",
          ""}) {
        OneAnswer reading(cut);
        EXPECT_EQ(
            HttpMediator(reading.url(), {}).send(request_for("GET", "/")).error().code,
            ErrorCode::RemoteUnavailable
        );
        OneAnswer writing(cut);
        EXPECT_EQ(
            HttpMediator(writing.url(), {}).send(request_for("PUT", "/")).error().code,
            ErrorCode::RemoteInDoubt
        );
        OneAnswer searching(cut);
        HttpRequest search = request_for("POST", "/");
        search.body = "{}";
        search.is_safe = true;
        EXPECT_EQ(
            HttpMediator(searching.url(), {}).send(search).error().code,
            ErrorCode::RemoteUnavailable
        );
    }
}

TEST(HttpMediator, AWriteThatReachedNobodyWasNotSent) {
    std::string url;
    {
        const OneAnswer gone(kOk);
        url = gone.url();
    }
    EXPECT_EQ(
        HttpMediator(url, {}).send(request_for("POST", "/")).error().code,
        ErrorCode::RemoteUnavailable
    );
}

TEST(HttpMediator, FollowsNoRedirect) {
    OneAnswer server(
        "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"
    );
    const auto response = HttpMediator(server.url(), {}).send(request_for("GET", "/"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
}

}  // namespace
}  // namespace syncline::connect
