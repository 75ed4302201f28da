// The normal form and the keys of every type of value. The first byte chooses the leaf, the second
// the default country.

#include "fuzz/fuzz.hpp"
#include "normal/comparison_key.hpp"
#include "normal/normal_form.hpp"

#include <array>
#include <span>

namespace {

using namespace syncline;

constexpr std::array<std::string_view, 5> kCountries{"BE", "DE", "US", "GB", ""};

void check_keys(const LeafSpec& leaf, std::string_view text) {
    SYNCLINE_ASSERT(normal::equivalent(leaf, text, text));
    const std::string key = normal::comparison_key(leaf, text);
    const std::string match = normal::match_key(leaf, text);
    if (!is_utf8(text)) return;
    SYNCLINE_ASSERT(is_utf8(key));
    SYNCLINE_ASSERT(is_utf8(match));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::span<const LeafSpec> leaves = Catalogue::customer().leaves();
    const LeafSpec& leaf = leaves[input.below(leaves.size())];
    const std::string_view country = kCountries[input.below(kCountries.size())];
    const std::string_view text = input.rest();
    check_keys(leaf, text);
    const auto form = normal::normal_form(leaf, text, country);
    if (!form) {
        fuzz::expect_reason(form.error());
        return 0;
    }
    if (!*form) return 0;
    const std::string& value = **form;
    SYNCLINE_ASSERT(!value.empty());
    SYNCLINE_ASSERT(is_utf8(value));
    const auto again = normal::normal_form(leaf, value, country);
    SYNCLINE_ASSERT(again.has_value());
    SYNCLINE_ASSERT(*again == *form);
    check_keys(leaf, value);
    return 0;
}
