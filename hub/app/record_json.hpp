#pragma once

#include "codec/json.hpp"
#include "model/change.hpp"
#include "model/customer.hpp"
#include "model/field.hpp"
#include "model/link.hpp"

#include <string>
#include <vector>

namespace syncline::app {

/// A value as JSON: a text, null for "cleared", an object for an address.
codec::Json value_json(const Field& field, const FieldValue& value);
/// A value on one line, for tables.
std::string value_text(const FieldValue& value);

/// The canonical record in its outer form: nested objects by path (docs/reference/customer.md).
codec::Json customer_json(const Customer& customer, const FieldTable& fields);

/// The customer's name, or "" when it has none.
std::string name_of(const Customer& customer, const FieldTable& fields);

codec::Json origin_json(const Origin& origin);
std::string origin_text(const Origin& origin);

/// When something was edited: `earliest` (null: not known), `latest`.
codec::Json interval_json(const EditInterval& interval);
std::string interval_text(const EditInterval& interval);

}  // namespace syncline::app
