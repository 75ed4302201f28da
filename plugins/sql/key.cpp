#include "key.hpp"

#include <string_view>
#include <utility>

namespace sql {
namespace {

constexpr std::string_view kSlash = "%2F";
constexpr std::string_view kPercent = "%25";

std::string escaped(const std::string& part) {
    std::string out;
    for (const char c : part) {
        if (c == '/')
            out += kSlash;
        else if (c == '%')
            out += kPercent;
        else
            out += c;
    }
    return out;
}

std::optional<std::string> unescaped(std::string_view part) {
    std::string out;
    while (!part.empty()) {
        if (part.front() != '%') {
            out += part.front();
            part.remove_prefix(1);
            continue;
        }
        if (!part.starts_with(kSlash) && !part.starts_with(kPercent)) return std::nullopt;
        out += part.starts_with(kSlash) ? '/' : '%';
        part.remove_prefix(kSlash.size());
    }
    return out;
}

}  // namespace

std::string id_of(const std::vector<std::string>& parts) {
    if (parts.size() == 1) return parts.front();
    std::string id;
    for (std::size_t i = 0; i < parts.size(); ++i)
        id += (i > 0 ? "/" : "") + escaped(parts[i]);
    return id;
}

std::optional<std::vector<std::string>> key_parts(const std::string& id, std::size_t columns) {
    if (columns == 1) return std::vector<std::string>{id};
    std::vector<std::string> parts;
    std::string_view rest = id;
    for (;;) {
        const auto end = rest.find('/');
        auto part = unescaped(rest.substr(0, end));
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    if (parts.size() != columns) return std::nullopt;
    return parts;
}

}  // namespace sql
