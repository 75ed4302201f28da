#include "normal/legal_form.hpp"

#include "normal/unicode.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace syncline::normal {
namespace {

constexpr std::array<std::string_view, 47> kLegalForms{
    "ab",   "ag",  "aps",  "as",   "asbl",    "bv",  "bvba", "co",   "comm", "company",
    "corp", "cv",  "cvba", "doo",  "eirl",    "ek",  "ev",   "gbr",  "gcv",  "gmbh",
    "inc",  "kft", "kg",   "kgaa", "limited", "llc", "llp",  "ltd",  "nv",   "ohg",
    "oy",   "plc", "pvba", "sa",   "sarl",    "sas", "sasu", "scrl", "scs",  "se",
    "sl",   "snc", "spa",  "sprl", "srl",     "vof", "vzw",
};

}  // namespace

bool is_legal_form(std::string_view word) {
    const std::string form = folded_words(word);
    return std::find(kLegalForms.begin(), kLegalForms.end(), form) != kLegalForms.end();
}

}  // namespace syncline::normal
