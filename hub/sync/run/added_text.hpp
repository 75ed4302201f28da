#pragma once

#include "model/ids.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace syncline::sync {

/// Records that have the same text added to what was written to them, until it is the system's own
/// doing ("synced by ...") and no person's.
inline constexpr std::size_t kRecordsWithAddedText = 3;

/// Notices a system that adds the same text to whatever is written to a field and does not say so:
/// taken for edits, its text would spread to every system, and grow. One for each system; counts
/// while the hub runs.
class AddedText {
public:
    /// `text` was found added in one record. True when it is in enough of them.
    bool see(FieldId field, const std::string& text, const LinkId& link);
    /// Until watch_all() a field is left out, and its count begins anew: a person takes the texts.
    void accept(FieldId field);
    void watch_all() { accepted_.clear(); }

private:
    using Addition = std::pair<FieldId, std::string>;
    std::map<Addition, std::set<LinkId>> seen_;
    std::set<FieldId> accepted_;
};

}  // namespace syncline::sync
