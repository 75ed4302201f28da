#pragma once

#include "mapping/compiled_field.hpp"

#include <string>

namespace syncline::mapping {

/// What does not survive writing and reading back, in words; "" = everything does.
std::string losses(const CompiledField& compiled);

/// `back`, read after `sent` was written, is `sent` but for what `losses` says. Each loss explains
/// its own changes only: a limit that a longer text comes back as its beginning, a lens of letter
/// case other letters, a default that nothing comes back as the default.
bool is_explained(const CompiledField& compiled, const FieldValue& sent, const FieldValue& back);

}  // namespace syncline::mapping
