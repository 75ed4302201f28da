#include "sandbox/text_file.hpp"

#include "base/fault.hpp"
#include "base/text.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace syncline::sandbox {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file) {
    throw Fault("cannot write " + file.string() + ": " + std::strerror(errno));
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(number_); }
    int number() const { return number_; }

private:
    int number_;
};

}  // namespace

void write_atomically(const std::filesystem::path& file, std::string_view text, FileAccess access) {
    const std::filesystem::path part = file.string() + ".part";
    const mode_t mode = access == FileAccess::OwnerOnly ? 0600 : 0644;
    {
        ::unlink(part.c_str());  // what a killed process left, perhaps with another mode
        const Descriptor out(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (out.number() < 0) fail(part);
        while (!text.empty()) {
            const ssize_t written = ::write(out.number(), text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail(part);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(out.number()) != 0) fail(part);
    }
    if (::rename(part.c_str(), file.c_str()) != 0) fail(file);
}

std::optional<std::string> read_trimmed(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return std::string(trimmed(text));
}

}  // namespace syncline::sandbox
