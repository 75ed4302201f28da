#pragma once

#include "app/commands/resolving.hpp"
#include "app/workspace.hpp"
#include "codec/json.hpp"
#include "model/case.hpp"
#include "model/settings.hpp"
#include "sync/core/decide_by_hand.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncline::app {

/// A conflict among several, and what would become of it.
struct PreviewedConflict {
    Case conflict;
    const Field* field = nullptr;  ///< borrowed from the workspace
    std::string name;
    std::uint64_t version = 0;
    std::optional<FieldValue> value;  ///< nothing: left out
    std::string reason;               ///< why it is left out
};

/// What is to be done, before it is.
struct Preview {
    std::vector<PreviewedConflict> items;
    std::optional<PolicySetting> policy;  ///< to be written
    std::string before;                   ///< what decides these fields now

    std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(
            items.begin(),
            items.end(),
            [](const PreviewedConflict& item) { return item.value.has_value(); }
        ));
    }
};

/// The conflicts that a resolution means, and what becomes of each. Where it makes a rule, `answer`
/// becomes what the rule says. Errors as of `find_case` and `policy_from`; UsageInvalid where the
/// rule would answer the conflict that it is made of in another way.
Result<Preview> preview_of(
    Workspace& workspace,
    const sync::Rules& rules,
    const Resolution& resolution,
    sync::ValueAnswer& answer
);

codec::Json item_json(const PreviewedConflict& item);
/// Adds the rule that is written, if there is one.
void add_policy(codec::Json& document, const Preview& preview);
codec::Json preview_json(const Preview& preview);
/// For people; at most `limit` conflicts one by one.
std::string preview_text(const Preview& preview, std::size_t limit);

}  // namespace syncline::app
