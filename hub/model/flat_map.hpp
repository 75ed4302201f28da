#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace syncline {

/// A small map in one sorted vector: a customer has tens of fields, so a search is a few compares
/// and a copy is one allocation. Iteration is in key order, hence deterministic.
template <class Key, class Value>
class FlatMap {
public:
    using Entry = std::pair<Key, Value>;
    using const_iterator = typename std::vector<Entry>::const_iterator;

    FlatMap() = default;
    FlatMap(std::initializer_list<Entry> entries) {
        for (const Entry& entry : entries)
            (*this)[entry.first] = entry.second;
    }

    const Value* find(const Key& key) const {
        const auto at = lower_bound(key);
        return at != entries_.end() && at->first == key ? &at->second : nullptr;
    }
    Value* find(const Key& key) {
        return const_cast<Value*>(static_cast<const FlatMap*>(this)->find(key));
    }
    bool contains(const Key& key) const { return find(key) != nullptr; }

    /// The value of `key`, default-made when it was not there.
    Value& operator[](const Key& key) {
        const auto at = lower_bound(key);
        const auto index = at - entries_.begin();
        if (at == entries_.end() || at->first != key) entries_.insert(at, Entry{key, Value{}});
        return entries_[static_cast<std::size_t>(index)].second;
    }
    void erase(const Key& key) {
        const auto at = lower_bound(key);
        if (at != entries_.end() && at->first == key) entries_.erase(at);
    }

    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }
    const_iterator begin() const noexcept { return entries_.begin(); }
    const_iterator end() const noexcept { return entries_.end(); }
    auto begin() noexcept { return entries_.begin(); }
    auto end() noexcept { return entries_.end(); }
    friend bool operator==(const FlatMap&, const FlatMap&) = default;

private:
    const_iterator lower_bound(const Key& key) const {
        return std::lower_bound(
            entries_.begin(),
            entries_.end(),
            key,
            [](const Entry& entry, const Key& wanted) { return entry.first < wanted; }
        );
    }

    std::vector<Entry> entries_;
};

}  // namespace syncline
