// Prints docs/reference/hard-cases.md: ./dev docs.

#include "tidy/hard_cases.hpp"

#include <cstdio>
#include <string>

int main() {
    const std::string page =
        syncline::tidy::page_of(syncline::tidy::read_hard_cases(REPO_ROOT "/tests/hard_cases.json")
        );
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
