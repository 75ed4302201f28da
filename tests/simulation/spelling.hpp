#pragma once

#include "model/field.hpp"
#include "model/field_value.hpp"
#include "support/fake_system.hpp"

#include <map>
#include <string>

namespace syncline::testing {

/// ASCII letters as capitals.
std::string upper(std::string text);
/// What a field's value says at one leaf path.
std::string text_of(const Field& field, const std::string& path, const FieldValue& value);
/// What somebody means by what he typed, where the mapping takes several spellings.
std::string meant(const std::string& remote, std::string text);
/// What a system that rewrites a field in a way nobody declared makes of a value.
std::string rewritten(const std::string& value);
/// Does a system of this character hold what it can of the value?
bool holds(
    const FakeSystem::Character& character,
    const std::string& remote,
    const std::string& held,
    const std::string& value
);
/// What a record says in a field; "" when it does not have it.
std::string said(const std::map<std::string, std::string>& record, const std::string& remote);

}  // namespace syncline::testing
