#pragma once

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace syncline {

/// A 128-bit identifier that cannot be mistaken for one of another kind.
/// New ones are version 7 of RFC 9562: time first, so that rows of one period lie together.
template <class Tag>
class Uuid {
public:
    using Raw = std::array<std::uint8_t, 16>;

    Uuid() = default;
    explicit Uuid(const Raw& raw) : raw_(raw) {}

    const Raw& raw() const noexcept { return raw_; }
    ByteView view() const noexcept { return raw_; }
    /// All zero: "no record".
    bool is_nil() const noexcept { return raw_ == Raw{}; }
    friend auto operator<=>(const Uuid&, const Uuid&) = default;

private:
    Raw raw_{};
};

/// 16 bytes of a version 7 identifier minted at `at` (RFC 9562, 5.7).
std::array<std::uint8_t, 16> mint_uuid(Timestamp at, Random& random);
/// 8-4-4-4-12 lower-case hexadecimal.
std::string uuid_text(const std::array<std::uint8_t, 16>& raw);
/// Reads the text form, with or without dashes.
std::optional<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text);

template <class Id>
Id mint(Timestamp at, Random& random) {
    return Id{mint_uuid(at, random)};
}
template <class Tag>
std::string to_text(const Uuid<Tag>& id) {
    return uuid_text(id.raw());
}

}  // namespace syncline

template <class Tag>
struct std::hash<syncline::Uuid<Tag>> {
    std::size_t operator()(const syncline::Uuid<Tag>& id) const noexcept {
        std::size_t tail = 0;  // the last bytes are random, so they are the hash
        std::memcpy(&tail, id.raw().data() + 8, sizeof tail);
        return tail;
    }
};
