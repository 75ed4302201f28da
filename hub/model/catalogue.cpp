#include "model/catalogue.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace syncline {
namespace {

constexpr std::size_t kMaxSegments = 8;
constexpr std::size_t kMaxSegmentCharacters = 64;

bool is_segment(std::string_view text) {
    if (text.empty() || text.size() > kMaxSegmentCharacters || text.front() == '_') return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// The first spec whose pattern matches, those without `*` first: "identifiers.vat.value" is not
/// "identifiers.*.value".
template <class Spec>
const Spec* most_specific(std::span<const Spec> specs, std::string_view path) {
    const Spec* general = nullptr;
    for (const Spec& spec : specs) {
        if (!matches_pattern(spec.pattern, path)) continue;
        if (spec.pattern.find('*') == std::string_view::npos) return &spec;
        if (general == nullptr) general = &spec;
    }
    return general;
}

}  // namespace

bool is_well_formed_path(std::string_view path) {
    const auto segments = split(path, '.');
    return segments.size() <= kMaxSegments &&
           std::all_of(segments.begin(), segments.end(), is_segment);
}

bool matches_pattern(std::string_view pattern, std::string_view path) {
    if (!is_well_formed_path(path)) return false;
    const auto wanted = split(pattern, '.');
    const auto given = split(path, '.');
    return std::equal(
        wanted.begin(),
        wanted.end(),
        given.begin(),
        given.end(),
        [](auto want, auto have) { return want == "*" || want == have; }
    );
}

const LeafSpec* Catalogue::leaf(std::string_view path) const {
    return most_specific(leaves_, path);
}

const CompositeSpec* Catalogue::composite(std::string_view path) const {
    return most_specific(composites_, path);
}

std::optional<std::string> Catalogue::composite_of(std::string_view leaf_path) const {
    const auto dot = leaf_path.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string_view parent = leaf_path.substr(0, dot);
    const CompositeSpec* spec = composite(parent);
    if (spec == nullptr) return std::nullopt;
    const std::string_view part = leaf_path.substr(dot + 1);
    if (std::find(spec->parts.begin(), spec->parts.end(), part) == spec->parts.end())
        return std::nullopt;
    return std::string(parent);
}

std::string Catalogue::suggestion(std::string_view path) const {
    std::vector<std::string> candidates;
    const auto segments = split(path, '.');
    const auto offer = [&](std::string_view pattern) {
        // The keys people chose stay as they wrote them; only the schema's own words are compared.
        std::string candidate;
        const auto wanted = split(pattern, '.');
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (i != 0) candidate += '.';
            const bool has_key = wanted[i] == "*" && i < segments.size() && is_segment(segments[i]);
            candidate += has_key ? segments[i] : wanted[i] == "*" ? "main" : wanted[i];
        }
        candidates.push_back(std::move(candidate));
    };
    for (const LeafSpec& leaf : leaves_)
        offer(leaf.pattern);
    for (const CompositeSpec& composite : composites_)
        offer(composite.pattern);
    return nearest(path, candidates);
}

}  // namespace syncline
