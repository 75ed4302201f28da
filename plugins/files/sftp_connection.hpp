#pragma once

#include "sftp_settings.hpp"
#include "syncline/connector.hpp"

#include <memory>
#include <string>

struct _LIBSSH2_SESSION;
struct _LIBSSH2_SFTP;

namespace files {

/// One connection to an SFTP server whose key was found to be the one that is expected. Every wait
/// ends after the timeout.
class SftpConnection {
public:
    explicit SftpConnection(SftpSettings settings);
    ~SftpConnection();
    SftpConnection(const SftpConnection&) = delete;
    SftpConnection& operator=(const SftpConnection&) = delete;

    /// Connects. Throws Failure: TRANSIENT when the server cannot be reached, CONFIG when its key
    /// is another one, AUTH when it does not let the user in.
    void open(const syncline::sdk::Call& call);
    void close() noexcept;

    _LIBSSH2_SFTP* sftp() const { return sftp_.get(); }
    const std::string& host() const { return settings_.host; }
    /// The status of the server's last answer (LIBSSH2_FX_…); 0 when it gave none.
    unsigned long answer() const;
    /// What went wrong last, for people.
    std::string reason() const;

private:
    struct End {
        void operator()(_LIBSSH2_SESSION* session) const noexcept;
        void operator()(_LIBSSH2_SFTP* sftp) const noexcept;
    };

    void connect_socket();
    void greet();
    void check_host_key();
    std::string shown_fingerprint() const;
    void check_known_hosts();
    void log_in();
    [[noreturn]] void fail(syncline_status status, const std::string& what) const;

    const SftpSettings settings_;
    int socket_ = -1;
    std::unique_ptr<_LIBSSH2_SESSION, End> session_;
    std::unique_ptr<_LIBSSH2_SFTP, End> sftp_;
};

}  // namespace files
