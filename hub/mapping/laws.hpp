#pragma once

#include "mapping/compiled_field.hpp"

#include <string>

namespace syncline::mapping {

/// Writes and reads built-in and generated values through a field's lenses. Refuses (ConfigInvalid)
/// a mapping that breaks a law: a value that comes back changed beyond what the lenses say they
/// give up, a second reading that differs from the first, a write that changes what it need not.
/// The message names the shape of the value. Returns what does not survive, in words; "" =
/// everything does.
Result<std::string> check_laws(const CompiledField& compiled);

}  // namespace syncline::mapping
