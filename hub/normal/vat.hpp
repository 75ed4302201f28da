#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncline::normal {

/// The normal form of a VAT number: country prefix and number, upper case, no separators
/// ("0123.456.749" in Belgium is "BE0123456749"). Words that people write with it ("TVA",
/// "USt-IdNr.", "MWST") are no part of it. A number without prefix gets that of `default_country`
/// when it has the form of that country's numbers. Check digits are not refused: real systems hold
/// wrong ones, and the hub must carry what people typed. Nothing when it has not the form of its
/// country's numbers or, where that is not known, does not look like a number: a country's code and
/// at most 13 letters and digits, more of them digits. Pure; any thread.
std::optional<std::string> vat_number(std::string_view text, std::string_view default_country);

/// What counts of a VAT number's spelling: capitals, digits and the '+' or '*' that some Irish
/// numbers have after their first digit.
std::string vat_characters(std::string_view text);

}  // namespace syncline::normal
