#pragma once

#include "connect/connection.hpp"

#include <cstdint>
#include <span>

namespace syncline::sync {

/// How many calls of the connector `deliver` makes to write these to a system that can do this: the
/// writes, the look before them where nothing tells a write that its record changed, and the naming
/// of new ids. A look after writes whose answers do not say what was stored comes on top: whether
/// they say it is known only then.
std::uint64_t calls_to_write(
    const connect::Capabilities& can, std::span<const Delivery> deliveries
);

}  // namespace syncline::sync
