#include "store/sqlite/packed_list.hpp"

#include "base/assert.hpp"

#include <array>
#include <cstddef>

namespace syncline::store {

void PackedList::add(ByteView item) {
    constexpr std::size_t kDigits = 8;
    std::array<std::uint8_t, kDigits> digits{};
    std::size_t size = item.size();
    for (std::size_t i = kDigits; i-- > 0; size /= 10)
        digits[i] = static_cast<std::uint8_t>('0' + size % 10);
    SYNCLINE_ASSERT(size == 0);
    packed_.insert(packed_.end(), digits.begin(), digits.end());
    packed_.insert(packed_.end(), item.begin(), item.end());
}

}  // namespace syncline::store
