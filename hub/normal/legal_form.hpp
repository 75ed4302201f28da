#pragma once

#include <string_view>

namespace syncline::normal {

/// A word is the legal form of an organisation: "NV", "S.A.", "GmbH". Case and dots do not count.
bool is_legal_form(std::string_view word);

}  // namespace syncline::normal
