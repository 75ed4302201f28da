#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace syncline {

/// A string that cannot be mistaken for another string: `struct SystemTag; using SystemId =
/// Id<SystemTag>;`
template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}
    const std::string& text() const noexcept { return text_; }
    bool empty() const noexcept { return text_.empty(); }
    friend auto operator<=>(const Id&, const Id&) = default;

private:
    std::string text_;
};

}  // namespace syncline

template <class Tag>
struct std::hash<syncline::Id<Tag>> {
    std::size_t operator()(const syncline::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.text());
    }
};
