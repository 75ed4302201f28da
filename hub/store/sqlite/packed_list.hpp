#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace syncline::store {

/// Many byte strings as one SQL parameter: one statement then looks them all up. Each item is its
/// length in eight decimal digits and its bytes, so any content is allowed.
class PackedList {
public:
    void add(ByteView item);
    void add(std::string_view item) { add(bytes_of(item)); }

    template <class Identifier>
    static PackedList of_ids(std::span<const Identifier> ids) {
        PackedList list;
        for (const Identifier& id : ids)
            list.add(id.view());
        return list;
    }

    /// To bind as parameter 1 of a statement that begins with kWanted.
    ByteView view() const noexcept { return packed_; }

private:
    Bytes packed_;
};

/// A common table `wanted(at, item)` with the items of the list bound as parameter 1.
inline constexpr std::string_view kWanted = R"sql(
WITH RECURSIVE wanted(at, item) AS (
    SELECT 9 + CAST(substr(?1, 1, 8) AS INTEGER),
           substr(?1, 9, CAST(substr(?1, 1, 8) AS INTEGER))
     WHERE length(?1) > 0
    UNION ALL
    SELECT at + 8 + CAST(substr(?1, at, 8) AS INTEGER),
           substr(?1, at + 8, CAST(substr(?1, at, 8) AS INTEGER))
      FROM wanted WHERE at <= length(?1)
)
)sql";

/// kWanted with a statement behind it.
inline std::string with_wanted(std::string_view select) {
    return std::string(kWanted) + std::string(select);
}

}  // namespace syncline::store
