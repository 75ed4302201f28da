#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace syncline::vault {

/// 32 secret bytes: wiped when they go out of scope, compared in constant time, never copied by
/// accident and never printable.
class Secret32 {
public:
    static constexpr std::size_t kBytes = 32;

    Secret32() = default;
    explicit Secret32(std::span<const std::uint8_t, kBytes> bytes);
    Secret32(Secret32&& other) noexcept;
    Secret32& operator=(Secret32&& other) noexcept;
    Secret32(const Secret32&) = delete;
    Secret32& operator=(const Secret32&) = delete;
    ~Secret32();

    static Secret32 random();
    Secret32 copy() const { return Secret32{bytes_}; }

    const std::uint8_t* data() const noexcept { return bytes_.data(); }
    std::uint8_t* data() noexcept { return bytes_.data(); }
    std::span<const std::uint8_t, kBytes> view() const noexcept { return bytes_; }
    bool equals(const Secret32& other) const noexcept;

private:
    std::array<std::uint8_t, kBytes> bytes_{};
};

}  // namespace syncline::vault
