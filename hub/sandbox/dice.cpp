#include "sandbox/dice.hpp"

namespace syncline::sandbox {

Dice::Dice(std::uint64_t seed, std::string_view purpose) : state_(seed) {
    for (const char letter : purpose)  // FNV-1a over the purpose
        state_ = (state_ ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
}

/// SplitMix64: small, well mixed, and the same everywhere, which <random>'s distributions are not.
std::uint64_t Dice::next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31U);
}

std::size_t Dice::below(std::size_t bound) {
    SYNCLINE_ASSERT(bound > 0);
    return static_cast<std::size_t>(next() % bound);
}

std::string Dice::digits(std::size_t count) {
    std::string text;
    while (text.size() < count)
        text += static_cast<char>('0' + below(10));
    return text;
}

}  // namespace syncline::sandbox
