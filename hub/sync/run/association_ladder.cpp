#include "sync/run/association_ladder.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace syncline::sync {
namespace {

std::string rung_text(const RungSetting& rung) {
    std::string text = "same ";
    for (std::size_t i = 0; i < rung.match.size(); ++i)
        text += (i == 0 ? "" : ", ") + rung.match[i];
    return text;
}

}  // namespace

matching::Ladder association_ladder(const Rules& rules) {
    matching::Ladder ladder;
    ladder.order = rules.hub->order;
    for (const RungSetting& setting : rules.hub->association) {
        matching::Rung rung;
        for (const std::string& path : setting.match) {
            const Field* field = rules.fields->find(path);
            if (field == nullptr) break;
            rung.leaves.push_back(field->parts[FieldTable::part_index(*field, path)].id);
        }
        if (rung.leaves.size() != setting.match.size()) continue;  // no system maps all of them
        rung.from = setting.from;
        rung.then = setting.then == RungSetting::Then::Link ? matching::Rung::Then::Link
                                                            : matching::Rung::Then::Review;
        rung.text = rung_text(setting);
        ladder.rungs.push_back(std::move(rung));
    }
    for (const Field& field : rules.fields->fields()) {
        for (const FieldPart& part : field.parts) {
            if (part.spec->index == IndexKind::Strong) ladder.strong.push_back(part.id);
        }
    }
    return ladder;
}

}  // namespace syncline::sync
