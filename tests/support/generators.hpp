#pragma once

// Arbitrary things of the model, for properties. Only inside a running property.

#include "model/settings.hpp"

#include <algorithm>
#include <memory>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace syncline::testing {

/// Systems that generated settings name.
inline const std::vector<std::string> kNames{"erp", "books", "desk", "shop"};

/// Any value of an enumeration that counts from zero to `last`.
template <class Enum>
Enum any_of(Enum last) {
    return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

/// 0 … limit - 1.
inline int below(int limit) {
    return *rc::gen::inRange(0, limit);
}

/// Some of the systems, in either order; perhaps none.
inline std::vector<SystemId> any_systems() {
    std::vector<SystemId> systems;
    for (const std::string& name : kNames) {
        if (*rc::gen::arbitrary<bool>()) systems.push_back(SystemId{name});
    }
    if (*rc::gen::arbitrary<bool>()) std::reverse(systems.begin(), systems.end());
    return systems;
}

/// A policy for the fields of a pattern, with up to `depth` others behind it.
inline PolicySetting any_policy(const std::string& pattern, int depth) {
    PolicySetting policy;
    policy.pattern = pattern;
    policy.kind = any_of(PolicyKind::Review);
    policy.systems = any_systems();
    policy.on_undecided = any_of(Undecided::Review);
    if (depth > 0 && *rc::gen::arbitrary<bool>())
        policy.otherwise = std::make_shared<const PolicySetting>(any_policy(pattern, depth - 1));
    return policy;
}

}  // namespace syncline::testing
