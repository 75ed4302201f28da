#include "base/text.hpp"
#include "model/catalogue.hpp"
#include "model/field.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <rapidcheck/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {
namespace {

const Catalogue& customer() {
    return Catalogue::customer();
}

std::string joined(const std::vector<std::string>& segments) {
    std::string path;
    for (const std::string& segment : segments)
        path += (path.empty() ? "" : ".") + segment;
    return path;
}

std::string any_segment() {
    constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::string_view kNext = "abcdefghijklmnopqrstuvwxyz0123456789_";
    std::string segment(1, *rc::gen::elementOf(std::string(kFirst)));
    segment += *rc::gen::container<std::string>(
        *rc::gen::inRange<std::size_t>(0, 64), rc::gen::elementOf(std::string(kNext))
    );
    return segment;
}

std::vector<std::string> any_segments() {
    std::vector<std::string> segments(*rc::gen::inRange<std::size_t>(1, 9));
    for (std::string& segment : segments)
        segment = any_segment();
    return segments;
}

/// Bytes as they come, or nearly a path: words of the schema, dots and what does not belong.
std::string any_text() {
    if (*rc::gen::arbitrary<bool>()) return *rc::gen::arbitrary<std::string>();
    const std::vector<std::string> pieces{
        "emails",
        "main",
        "address",
        "addresses",
        "city",
        "ext",
        "identifiers",
        "vat",
        "value",
        ".",
        ".",
        ".",
        "..",
        "*",
        "_",
        "A",
        " ",
        "\xC3\xA9",
        std::string(1, '\0'),
        "x"};
    std::string text;
    for (std::size_t i = *rc::gen::inRange<std::size_t>(0, 12); i > 0; --i)
        text += *rc::gen::elementOf(pieces);
    return text;
}

/// A pattern of the record with keys in the places of its stars.
std::string any_concrete(std::string_view pattern) {
    std::vector<std::string> segments;
    for (const std::string_view segment : split(pattern, '.'))
        segments.push_back(segment == "*" ? any_segment() : std::string(segment));
    return joined(segments);
}

LeafSpec any_leaf() {
    const auto leaves = customer().leaves();
    return leaves[*rc::gen::inRange<std::size_t>(0, leaves.size())];
}

RC_GTEST_PROP(PathProperty, SegmentsReturnAsTheyWereJoined, ()) {
    const std::vector<std::string> segments = any_segments();
    const std::string path = joined(segments);
    RC_ASSERT(is_well_formed_path(path));
    const auto parts = split(path, '.');
    RC_ASSERT(std::vector<std::string>(parts.begin(), parts.end()) == segments);
}

RC_GTEST_PROP(PathProperty, SplitAndJoinedAnyTextIsTheSame, ()) {
    const std::string text = any_text();
    const auto parts = split(text, '.');
    std::string again(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i)
        again += "." + std::string(parts[i]);
    RC_ASSERT(again == text);
}

RC_GTEST_PROP(PathProperty, MatchesItselfWithStarsAndNothingLongerOrShorter, ()) {
    const std::vector<std::string> segments = any_segments();
    std::vector<std::string> pattern = segments;
    for (std::string& segment : pattern) {
        if (*rc::gen::arbitrary<bool>()) segment = "*";
    }
    const std::string path = joined(segments);
    RC_ASSERT(matches_pattern(joined(pattern), path));
    RC_ASSERT(!matches_pattern(joined(pattern), path + "." + any_segment()));
    RC_ASSERT(!matches_pattern(joined(pattern) + ".*", path));
    RC_ASSERT(!matches_pattern(joined(pattern) + "x", path));
}

RC_GTEST_PROP(PathProperty, LookingUpAnyTextEndsAndAgreesWithThePatterns, ()) {
    const std::string text = any_text();
    bool is_leaf = false;
    for (const LeafSpec& spec : customer().leaves())
        is_leaf = is_leaf || matches_pattern(spec.pattern, text);
    const LeafSpec* leaf = customer().leaf(text);
    RC_ASSERT((leaf != nullptr) == is_leaf);
    if (leaf != nullptr) RC_ASSERT(matches_pattern(leaf->pattern, text));
    const CompositeSpec* composite = customer().composite(text);
    if (composite != nullptr) RC_ASSERT(matches_pattern(composite->pattern, text));
    if (leaf != nullptr || composite != nullptr) RC_ASSERT(is_well_formed_path(text));
    if (customer().composite_of(text)) RC_ASSERT(leaf != nullptr);
}

RC_GTEST_PROP(PathProperty, ASuggestionIsEmptyOrAFieldOfTheRecord, ()) {
    const std::string near = customer().suggestion(any_text());
    const bool is_known = customer().leaf(near) != nullptr || customer().composite(near) != nullptr;
    RC_ASSERT(near.empty() || is_known);
}

RC_GTEST_PROP(PathProperty, ALetterTooFewInAWordOfTheSchemaStillFindsAField, ()) {
    const std::string_view pattern = any_leaf().pattern;
    const auto wanted = split(pattern, '.');
    const std::string path = any_concrete(pattern);
    std::vector<std::string> segments;
    for (const std::string_view part : split(path, '.'))
        segments.emplace_back(part);
    const auto at = *rc::gen::inRange<std::size_t>(0, segments.size());
    RC_PRE(wanted[at] != "*");
    segments[at].erase(*rc::gen::inRange<std::size_t>(0, segments[at].size()), 1);
    RC_ASSERT(!customer().suggestion(joined(segments)).empty());
}

RC_GTEST_PROP(PathProperty, EveryLeafIsFoundUnderAnyKey, ()) {
    const LeafSpec spec = any_leaf();
    const std::string path = any_concrete(spec.pattern);
    const LeafSpec* found = customer().leaf(path);
    RC_ASSERT(found != nullptr);
    // A key of the schema's own ("vat") is more specific than any key.
    const bool is_same = found->number == spec.number;
    RC_ASSERT(is_same || found->pattern == path);
}

RC_GTEST_PROP(PathProperty, AFieldIsFoundByEachOfItsPathsAndHasItsNumbersOnce, ()) {
    std::map<std::string, FieldId> numbers;
    const auto number_of = [&](const std::string& path) {
        const auto next = static_cast<std::uint32_t>(numbers.size() + 1);
        return numbers.try_emplace(path, FieldId{next}).first->second;
    };
    const std::string path = any_concrete(any_leaf().pattern);
    const auto field = make_field(customer(), path, number_of);
    RC_ASSERT(field.has_value());
    const FieldTable table({*field});
    const Field* by_path = table.find(path);
    RC_ASSERT(by_path != nullptr);
    RC_ASSERT(by_path == table.find(field->path));
    RC_ASSERT(by_path == table.find(field->id));
    const FieldPart& part = by_path->parts[FieldTable::part_index(*by_path, path)];
    RC_ASSERT(part.path == path);
    RC_ASSERT(part.spec == customer().leaf(path));
    RC_ASSERT(part.sensitive == part.spec->sensitive);
    const std::size_t own = by_path->is_composite() ? 1 : 0;
    RC_ASSERT(numbers.size() == by_path->parts.size() + own);
}

RC_GTEST_PROP(PathProperty, MakingAFieldOfAnyTextEnds, ()) {
    const std::string text = any_text();
    const auto field = make_field(customer(), text, [](const std::string&) { return FieldId{1}; });
    const bool is_known = customer().leaf(text) != nullptr || customer().composite(text) != nullptr;
    RC_ASSERT(field.has_value() == is_known);
}

}  // namespace
}  // namespace syncline
