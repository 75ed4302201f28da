#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncline::normal {

/// The normal form of a VAT number: country prefix and number, upper case, no separators
/// ("0123.456.749" in Belgium is "BE0123456749"). A number without prefix gets that of
/// `default_country` when it has the form of that country's numbers. Check digits are not refused:
/// real systems hold wrong ones, and the hub must carry what people typed. Nothing when it has not
/// the shape of a VAT number. Pure; any thread.
std::optional<std::string> vat_number(std::string_view text, std::string_view default_country);

}  // namespace syncline::normal
