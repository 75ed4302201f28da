#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sql {

/// UTF-8 as UTF-16; what is no UTF-8 becomes the replacement character.
std::u16string wide(std::string_view text);

/// UTF-16 as UTF-8; nothing when it is none: half of a pair stands alone.
std::optional<std::string> narrow(std::u16string_view text);

}  // namespace sql
