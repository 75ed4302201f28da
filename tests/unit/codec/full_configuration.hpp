#pragma once

namespace syncline::codec {

/// Every key that hub.json can have.
inline constexpr const char* kFullHub = R"({
  "$schema": "https://syncline.example/schemas/hub.schema.json",
  "hub": { "id": "demo", "default_country": "BE", "time_zone": "Europe/Brussels" },
  "store": { "sqlite": { "folder": "data" } },
  "keys": { "root": { "file": "root.key" } },
  "systems": ["systems/*.json"],
  "order": ["erp"],
  "policies": {
    "*": { "policy": "newest", "on_undecided": "order" },
    "identifiers.*": { "policy": "authority", "systems": ["erp"], "otherwise": "review" },
    "name": { "policy": "authority", "systems": ["erp"], "otherwise": { "policy": "keep" } },
    "status": "keep"
  },
  "association": [
    { "match": ["identifiers.vat.value"], "then": "link" },
    { "match": ["name", "status"], "from": ["erp"], "then": "review" }
  ],
  "thresholds": {
    "creates": { "count": 50, "percent": 10 }, "updates": { "count": 200 }, "clears": { "percent": 2 },
    "deletes": { "percent": 0 }, "same_value": { "count": 0 }
  },
  "encryption": { "off": ["status"] },
  "log": { "format": "json", "level": "warning" }
})";

/// Every key that a system file can have.
inline constexpr const char* kFullSystem = R"({
  "$schema": "https://syncline.example/schemas/system.schema.json",
  "system": "erp", "title": "ERP", "connector": "sql",
  "settings": { "database": { "sqlite": "erp.sqlite" } },
  "default_country": "BE", "poll": "5s", "full_listing": "24h", "settle": "2s",
  "rate": { "calls_per_minute": 60 },
  "scope": {
    "where": { "and": [
      { "not": { "eq": ["status", "archived"] } }, { "in": ["status", ["active", "prospect"]] },
      { "or": [{ "exists": "name" }] } ] },
    "linked_only": true
  },
  "rights": { "create": true, "update": true, "delete": false },
  "when_gone": "review", "on_delete": "unlink",
  "mapping": { "customer": [
    { "field": "name", "remote": "name", "lens": ["trim", "collapse_spaces"],
      "limit": { "characters": 40, "bytes": 80 }, "unique": true, "direction": "in" },
    { "field": "phones.main.number", "remote": "phone", "lens": [{ "phone": { "write": "national" } }] },
    { "field": "emails.main.address", "remote": "email", "lens": [{ "null_as": ["-", "none"] }] },
    { "field": "language", "remote": "language", "lens": [{ "default": "nl" }], "direction": "both" },
    { "field": "status", "remote": "status", "lens": [{ "enum": { "A": "active", "X": "archived" } }],
      "direction": "out" },
    { "field": "addresses.billing", "remote": ["line1", "line2", "line3"],
      "lens": [{ "address_lines": { "layout": ["street", "postcode city", "country_name"], "language": "en" } }] }
  ] }
})";

}  // namespace syncline::codec
