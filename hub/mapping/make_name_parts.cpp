#include "base/text.hpp"
#include "mapping/name_parts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace syncline::mapping {
namespace {

using Role = NameParts::Role;

constexpr std::array<std::pair<std::string_view, Role>, 4> kRoles{{
    {"title", Role::Title},
    {"given", Role::Given},
    {"family", Role::Family},
    {"suffix", Role::Suffix},
}};

Error invalid(std::string detail) {
    return {ErrorCode::ConfigInvalid, Remedy::Reconfigure, {}, std::move(detail)};
}

std::string meant(const std::string& word, const std::vector<std::string>& known) {
    const std::string near = nearest(word, known);
    return near.empty() ? "" : "; did you mean \"" + near + "\"?";
}

std::optional<Role> role_of(std::string_view word) {
    for (const auto& [name, role] : kRoles) {
        if (name == word) return role;
    }
    return std::nullopt;
}

std::vector<std::string> role_names() {
    std::vector<std::string> names;
    for (const auto& [name, role] : kRoles)
        names.emplace_back(name);
    return names;
}

bool holds(const NameParts& names, Role role) {
    return std::any_of(names.parts.begin(), names.parts.end(), [&](const NameParts::Part& part) {
        return part.role == role;
    });
}

Result<void> take_options(const LensSetting& setting, NameParts& names) {
    for (const auto& [name, value] : setting.options) {
        if (name == "order") {
            if (value != "given family" && value != "family, given")
                return invalid(
                    "option order of lens name_parts is \"given family\" or \"family, given\""
                );
            names.family_first = value == "family, given";
        } else if (name == "whole") {
            if (value != "given" && value != "family")
                return invalid("option whole of lens name_parts is \"given\" or \"family\"");
            names.whole = value == "given" ? Role::Given : Role::Family;
        } else {
            return invalid(
                "lens name_parts has no option \"" + name + "\"" +
                meant(name, {"layout", "order", "whole"})
            );
        }
    }
    return {};
}

}  // namespace

Result<NameParts> make_name_parts(
    const LensSetting& setting, const MappedFieldSetting& entry, const Field& field
) {
    NameParts names;
    names.field = field;
    names.limits = {entry.limit_characters, entry.limit_bytes};
    if (field.is_composite() ||
        field.parts.front().spec->type != ValueType::PersonOrOrganisationName)
        return invalid("lens name_parts does not fit a field of this type; it is for name");
    if (entry.lenses.size() != 1) return invalid("lens name_parts is the only lens of its entry");
    if (auto taken = take_options(setting, names); !taken) return taken.error();
    if (setting.list.size() != entry.remotes.size())
        return invalid("the layout of name_parts needs one part for each remote field");
    for (std::size_t i = 0; i < setting.list.size(); ++i) {
        const std::string& word = setting.list[i];
        const auto role = role_of(word);
        if (!role)
            return invalid(
                "\"" + word + "\" in the layout of name_parts is no part of a name" +
                meant(word, role_names())
            );
        if (holds(names, *role))
            return invalid("\"" + word + "\" stands twice in the layout of name_parts");
        names.parts.push_back({*role, entry.remotes[i]});
    }
    if (!holds(names, Role::Given) || !holds(names, Role::Family))
        return invalid("the layout of name_parts has \"given\" and \"family\"");
    if (names.family_first && names.parts.size() != 2)
        return invalid(
            "with \"family, given\" the layout of name_parts has these two only: a title or a "
            "suffix could not be told from them"
        );
    return names;
}

}  // namespace syncline::mapping
