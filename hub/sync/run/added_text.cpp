#include "sync/run/added_text.hpp"

namespace syncline::sync {
namespace {

/// People add something to a record now and then; more kinds of it are not remembered.
constexpr std::size_t kAdditionsRemembered = 1'000;

}  // namespace

bool AddedText::see(FieldId field, const std::string& text, const LinkId& link) {
    if (accepted_.contains(field)) return false;
    if (seen_.size() == kAdditionsRemembered) seen_.clear();
    std::set<LinkId>& records = seen_[{field, text}];
    records.insert(link);
    return records.size() >= kRecordsWithAddedText;
}

void AddedText::accept(FieldId field) {
    std::erase_if(seen_, [&](const auto& entry) { return entry.first.first == field; });
    accepted_.insert(field);
}

}  // namespace syncline::sync
