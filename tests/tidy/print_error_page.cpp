// Prints docs/reference/errors.md: ./dev docs.

#include "tidy/error_page.hpp"

#include <cstdio>
#include <string>

int main() {
    const std::string page = syncline::tidy::error_page();
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
