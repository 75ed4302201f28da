#include "mapping/address_lines.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace syncline::mapping {
namespace {

using Line = AddressLines::Line;

Error invalid(std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, {}, std::move(detail)};
}

}  // namespace

Result<AddressLines> make_address_lines(
    const LensSetting& setting, const MappedFieldSetting& entry, const Field& field
) {
    AddressLines lines;
    lines.field = field;
    lines.limits = {entry.limit_characters, entry.limit_bytes};
    for (const auto& [name, value] : setting.options) {
        if (name != "language") return invalid("lens address_lines has no option \"" + name + "\"");
        lines.language = value;
    }
    if (lines.language.empty()) lines.language = "en";
    if (setting.list.size() != entry.remotes.size())
        return invalid("the layout of address_lines needs one line for each remote field");
    std::vector<bool> used(field.parts.size());
    const auto part = [&](std::string_view name) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < field.parts.size(); ++i) {
            if (field.parts[i].name != name || used[i]) continue;
            used[i] = true;
            return i;
        }
        return std::nullopt;
    };
    for (std::size_t i = 0; i < setting.list.size(); ++i) {
        const std::string& words = setting.list[i];
        Line line{Line::Kind::Free, 0, entry.remotes[i]};
        std::optional<std::size_t> found = 0;
        if (words == "postcode city" || words == "city postcode") {
            line.kind =
                words == "postcode city" ? Line::Kind::PostcodeCity : Line::Kind::CityPostcode;
            const auto code = part("postcode");
            found = part("city");
            lines.postcode = code.value_or(0);
            lines.city = found.value_or(0);
            if (!code) found = std::nullopt;
        } else if (words == "country" || words == "country_code" || words == "country_name") {
            line.kind = words == "country_name" ? Line::Kind::CountryName : Line::Kind::CountryCode;
            found = part("country");
            lines.country = found.value_or(0);
        } else if (!words.empty()) {
            line.kind = Line::Kind::Part;
            found = part(words);
        }
        if (!found)
            return invalid(
                "line \"" + words +
                "\" of the layout is not a part of the address, or one named twice"
            );
        line.part = *found;
        lines.lines.push_back(std::move(line));
    }
    if (std::find(used.begin(), used.end(), true) == used.end())
        return invalid("the layout of address_lines holds no part of the address");
    return lines;
}

}  // namespace syncline::mapping
