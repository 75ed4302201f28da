#include "sftp_connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace files {
namespace {

using namespace syncline::sdk;

/// The key that OpenSSH asks for first, so that both show a server by the same one.
constexpr const char* kHostKeys =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-rsa";
/// libssh2 measures waits by a clock that ticks in seconds: one may end a tick early.
constexpr std::chrono::milliseconds kTick{1'000};
constexpr std::string_view kSha256 = "SHA256:";

std::string base64(const unsigned char* bytes, std::size_t size) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    unsigned buffer = 0;
    unsigned bits = 0;
    for (std::size_t i = 0; i < size; ++i) {
        buffer = (buffer << 8U) | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6)
            text += kDigits[(buffer >> (bits - 6)) & 63U];
    }
    if (bits > 0) text += kDigits[(buffer << (6 - bits)) & 63U];
    return text;
}

/// A socket that connected within the time; -1, with errno, when none of the addresses answers.
int connected(const addrinfo* addresses, std::chrono::milliseconds patience) {
    for (const addrinfo* at = addresses; at != nullptr; at = at->ai_next) {
        const int made = ::socket(
            at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol
        );
        if (made < 0) continue;
        int error = ::connect(made, at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
        if (error == EINPROGRESS) {
            pollfd waited{made, POLLOUT, 0};
            const int ready = ::poll(&waited, 1, static_cast<int>(patience.count()));
            socklen_t size = sizeof error;
            if (ready <= 0)
                error = ETIMEDOUT;
            else
                ::getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size);
        }
        if (error == 0) {
            const int on = 1;
            ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ::fcntl(made, F_SETFL, ::fcntl(made, F_GETFL) & ~O_NONBLOCK);
            return made;
        }
        ::close(made);
        errno = error;
    }
    return -1;
}

bool is_refusal(int result) {
    return result == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
           result == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED ||
           result == LIBSSH2_ERROR_METHOD_NOT_SUPPORTED;
}

bool is_of_the_connection(int result) {
    static constexpr std::array<int, 6> kLost{
        LIBSSH2_ERROR_SOCKET_SEND,
        LIBSSH2_ERROR_SOCKET_RECV,
        LIBSSH2_ERROR_SOCKET_DISCONNECT,
        LIBSSH2_ERROR_SOCKET_TIMEOUT,
        LIBSSH2_ERROR_TIMEOUT,
        LIBSSH2_ERROR_BAD_SOCKET};
    return std::find(kLost.begin(), kLost.end(), result) != kLost.end();
}

}  // namespace

void SftpConnection::End::operator()(_LIBSSH2_SESSION* session) const noexcept {
    ::libssh2_session_disconnect(session, "done");
    ::libssh2_session_free(session);
}

void SftpConnection::End::operator()(_LIBSSH2_SFTP* sftp) const noexcept {
    ::libssh2_sftp_shutdown(sftp);
}

SftpConnection::SftpConnection(SftpSettings settings) : settings_(std::move(settings)) {
    static const int kReady = ::libssh2_init(0);
    if (kReady != 0) throw Failure(SYNCLINE_E_INTERNAL, "libssh2 cannot be used");
}

SftpConnection::~SftpConnection() {
    close();
}

void SftpConnection::close() noexcept {
    // A server that does not answer any more is not waited for again.
    if (session_) ::libssh2_session_set_timeout(session_.get(), 2 * kTick.count());
    sftp_.reset();
    session_.reset();
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
}

std::string SftpConnection::reason() const {
    if (session_ && sftp_ && answer() != 0)
        return "the server refuses it (status " + std::to_string(answer()) + ")";
    char* text = nullptr;
    if (session_) ::libssh2_session_last_error(session_.get(), &text, nullptr, 0);
    return text == nullptr || *text == '\0' ? "the connection was lost" : text;
}

unsigned long SftpConnection::answer() const {
    if (::libssh2_session_last_errno(session_.get()) != LIBSSH2_ERROR_SFTP_PROTOCOL) return 0;
    return ::libssh2_sftp_last_error(sftp_.get());
}

void SftpConnection::fail(syncline_status status, const std::string& what) const {
    throw Failure(status, settings_.host + ": " + what);
}

void SftpConnection::open(const Call& call) {
    close();
    try {
        connect_socket();
        call.throw_if_cancelled();
        greet();
        check_host_key();
        call.throw_if_cancelled();
        log_in();
        sftp_.reset(::libssh2_sftp_init(session_.get()));
        if (!sftp_) fail(SYNCLINE_E_TRANSIENT, "it offers no SFTP: " + reason());
    } catch (...) {
        close();
        throw;
    }
}

void SftpConnection::connect_socket() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* addresses = nullptr;
    const int found = ::getaddrinfo(
        settings_.host.c_str(), std::to_string(settings_.port).c_str(), &hints, &addresses
    );
    if (found != 0)
        fail(SYNCLINE_E_TRANSIENT, std::string("it cannot be found: ") + ::gai_strerror(found));
    socket_ = connected(addresses, settings_.timeout);
    const int error = errno;
    ::freeaddrinfo(addresses);
    if (socket_ < 0)
        fail(
            SYNCLINE_E_TRANSIENT,
            "port " + std::to_string(settings_.port) + " cannot be reached: " + std::strerror(error)
        );
}

void SftpConnection::greet() {
    session_.reset(::libssh2_session_init());
    if (!session_) fail(SYNCLINE_E_INTERNAL, "no memory");
    ::libssh2_session_set_blocking(session_.get(), 1);
    ::libssh2_session_set_timeout(
        session_.get(), static_cast<long>((settings_.timeout + kTick).count())
    );
    ::libssh2_session_method_pref(session_.get(), LIBSSH2_METHOD_HOSTKEY, kHostKeys);
    if (::libssh2_session_handshake(session_.get(), socket_) != 0)
        fail(SYNCLINE_E_TRANSIENT, "no SSH server answers as one: " + reason());
}

std::string SftpConnection::shown_fingerprint() const {
    const char* hash = ::libssh2_hostkey_hash(session_.get(), LIBSSH2_HOSTKEY_HASH_SHA256);
    constexpr std::size_t kBytes = 32;
    if (hash == nullptr) fail(SYNCLINE_E_TRANSIENT, "it shows no key");
    return std::string(kSha256) + base64(reinterpret_cast<const unsigned char*>(hash), kBytes);
}

void SftpConnection::check_host_key() {
    if (settings_.fingerprint.empty()) {
        check_known_hosts();
        return;
    }
    if (const std::string shown = shown_fingerprint(); shown != settings_.fingerprint)
        fail(
            SYNCLINE_E_CONFIG,
            "its key is not the one of settings/sftp/host_key but " + shown +
                ": somebody may be in between; ask its people before changing the setting"
        );
}

void SftpConnection::check_known_hosts() {
    const auto end = [](LIBSSH2_KNOWNHOSTS* hosts) { ::libssh2_knownhost_free(hosts); };
    const std::unique_ptr<LIBSSH2_KNOWNHOSTS, decltype(end)> hosts(
        ::libssh2_knownhost_init(session_.get()), end
    );
    if (!hosts || ::libssh2_knownhost_readfile(
                      hosts.get(), settings_.known_hosts.c_str(), LIBSSH2_KNOWNHOST_FILE_OPENSSH
                  ) < 0)
        fail(SYNCLINE_E_CONFIG, settings_.known_hosts + " cannot be read as known hosts");
    std::size_t size = 0;
    int type = 0;
    const char* key = ::libssh2_session_hostkey(session_.get(), &size, &type);
    if (key == nullptr) fail(SYNCLINE_E_TRANSIENT, "it shows no key");
    libssh2_knownhost* found = nullptr;
    const int checked = ::libssh2_knownhost_checkp(
        hosts.get(),
        settings_.host.c_str(),
        settings_.port,
        key,
        size,
        LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW,
        &found
    );
    if (checked == LIBSSH2_KNOWNHOST_CHECK_MATCH) return;
    const std::string what = checked == LIBSSH2_KNOWNHOST_CHECK_MISMATCH
                                 ? "its key is another one than " + settings_.known_hosts + " has"
                                 : settings_.known_hosts + " does not know its key";
    fail(
        SYNCLINE_E_CONFIG,
        what + " (it shows " + shown_fingerprint() +
            "): somebody may be in between; ask its people before adding it"
    );
}

void SftpConnection::log_in() {
    const std::string& user = settings_.user;
    const auto size = static_cast<unsigned>(user.size());
    int result = 0;
    if (!settings_.private_key.empty()) {
        const std::string key = settings_.private_key + "\n";
        result = ::libssh2_userauth_publickey_frommemory(
            session_.get(),
            user.c_str(),
            user.size(),
            nullptr,
            0,
            key.c_str(),
            key.size(),
            settings_.passphrase.empty() ? nullptr : settings_.passphrase.c_str()
        );
        if (result != 0 && !is_refusal(result) && !is_of_the_connection(result))
            fail(
                SYNCLINE_E_CONFIG,
                "settings/sftp/private_key is no private key that can be read, or needs another "
                "passphrase"
            );
    } else {
        result = ::libssh2_userauth_password_ex(
            session_.get(),
            user.c_str(),
            size,
            settings_.password.c_str(),
            static_cast<unsigned>(settings_.password.size()),
            nullptr
        );
    }
    if (result == 0) return;
    const bool is_refused = is_refusal(result);
    fail(
        is_refused ? SYNCLINE_E_AUTH : SYNCLINE_E_TRANSIENT,
        (is_refused ? "it does not let the user " + user + " in with this " +
                          (settings_.private_key.empty() ? "password: " : "key: ")
                    : std::string("logging in failed: ")) +
            reason()
    );
}

}  // namespace files
