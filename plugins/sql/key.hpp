#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sql {

/// The id of a row whose key has these parts: that of a single column as it is; several are joined
/// with "/", and a "/" or "%" in one of them is percent-encoded.
std::string id_of(const std::vector<std::string>& parts);

/// The parts of an id, as many as the key has columns; nothing when it is no such id.
std::optional<std::vector<std::string>> key_parts(const std::string& id, std::size_t columns);

}  // namespace sql
