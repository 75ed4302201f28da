#include "store/sqlite/row_sealing.hpp"

#include "base/fault.hpp"
#include "vault/envelope.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::store {
namespace {

using codec::StoredField;
using codec::StoredPart;

/// Which table a ciphertext lives in. Bound into it: never renumber.
enum class StoreCode : std::uint8_t {
    Current = 1,
    History = 2,
    Quarantine = 4,
    Link = 8,
    Attempt = 9,
};

vault::Place place(
    StoreCode store,
    const std::array<std::uint8_t, 16>& record,
    FieldId field,
    std::uint64_t version
) {
    vault::Place place;
    place.record = record;
    place.field = field.number;
    place.store = static_cast<std::uint8_t>(store);
    place.version = version;
    return place;
}

[[noreturn]] void fail(const char* row, const Error& error) {
    throw Fault(
        "a stored " + std::string(row) + " cannot be read: " + std::string(name(error.code)) +
        ": " + error.detail
    );
}

template <class Value>
Value decoded(Result<Value> result, const char* row) {
    if (!result) fail(row, result.error());
    return std::move(result).value();
}

void require(const Result<void>& decoded, const char* row) {
    if (!decoded) fail(row, decoded.error());
}

StoredPart seal_part(
    const vault::Vault& vault,
    vault::DataKeyId key,
    const vault::Place& at,
    const std::optional<std::string>& text,
    bool sensitive
) {
    StoredPart part;
    part.leaf = FieldId{at.field};
    if (!text) return part;
    if (sensitive) {
        part.form = StoredPart::Form::Sealed;
        part.content = vault.seal(key, at, vault::PlainType::Text, bytes_of(*text));
    } else {
        part.form = StoredPart::Form::Clear;
        const ByteView bytes = bytes_of(*text);
        part.content.assign(bytes.begin(), bytes.end());
    }
    return part;
}

vault::Place place_of(const Attempt& attempt) {
    return place(
        StoreCode::Attempt, attempt.id.raw(), {}, static_cast<std::uint64_t>(attempt.state)
    );
}

vault::Place place_of(const Change& change) {
    return place(StoreCode::History, change.customer.raw(), {}, change.sequence);
}

vault::Place place_of(const vault::Vault& vault, const QuarantineItem& item) {
    return place(StoreCode::Quarantine, about(vault, item), item.field, item.tries);
}

}  // namespace

Bytes seal_customer(
    const vault::Vault& vault,
    vault::DataKeyId key,
    const Customer& customer,
    const FieldTable& fields
) {
    std::vector<StoredField> stored;
    stored.reserve(customer.fields.size());
    for (const auto& [id, state] : customer.fields) {
        const Field* field = fields.find(id);
        StoredField entry;
        entry.field = id;
        entry.version = state.version;
        entry.origin = state.origin;
        entry.interval = state.interval;
        entry.rule = state.rule;
        for (std::size_t i = 0; i < state.value.parts.size(); ++i) {
            const FieldPart* part =
                field != nullptr && i < field->parts.size() ? &field->parts[i] : nullptr;
            const vault::Place at = place(
                StoreCode::Current,
                customer.id.raw(),
                part != nullptr ? part->id : id,
                state.version.number
            );
            const bool sensitive = part == nullptr || part->sensitive;
            entry.parts.push_back(seal_part(vault, key, at, state.value.parts[i], sensitive));
        }
        stored.push_back(std::move(entry));
    }
    return codec::encode_stored_fields(stored);
}

void collect_keys(const std::vector<StoredField>& stored, std::vector<vault::DataKeyId>& keys) {
    for (const StoredField& field : stored) {
        for (const StoredPart& part : field.parts) {
            if (part.form != StoredPart::Form::Sealed) continue;
            const std::optional<vault::DataKeyId> key = vault::key_id_of(part.content);
            if (key && (keys.empty() || keys.back() != *key)) keys.push_back(*key);
        }
    }
}

std::vector<StoredField> stored_fields(ByteView bytes) {
    return decoded(codec::decode_stored_fields(bytes), "customer");
}

Result<void> open_customer(
    const vault::Vault& vault, const std::vector<StoredField>& stored, Customer& customer
) {
    for (const StoredField& entry : stored) {
        FieldState& state = customer.fields[entry.field];
        state.version = entry.version;
        state.origin = entry.origin;
        state.interval = entry.interval;
        state.rule = entry.rule;
        for (const StoredPart& part : entry.parts) {
            auto& text = state.value.parts.emplace_back();
            switch (part.form) {
                case StoredPart::Form::Cleared:
                    break;
                case StoredPart::Form::Clear:
                    text = std::string(text_of(part.content));
                    break;
                case StoredPart::Form::Sealed: {
                    const vault::Place at = place(
                        StoreCode::Current, customer.id.raw(), part.leaf, entry.version.number
                    );
                    SYNCLINE_TRY(const Bytes plain, vault.open(at, part.content));
                    text = std::string(text_of(plain));
                    break;
                }
            }
        }
    }
    return {};
}

Bytes seal_link(
    const vault::Vault& vault, vault::DataKeyId key, const Link& link, std::uint64_t row_version
) {
    return vault.seal(
        key,
        place(StoreCode::Link, link.id.raw(), {}, row_version),
        vault::PlainType::Bytes,
        codec::encode_link(link)
    );
}

Result<void> open_link(const vault::Vault& vault, ByteView sealed, Link& link) {
    const vault::Place at = place(StoreCode::Link, link.id.raw(), {}, link.row_version);
    SYNCLINE_TRY(const Bytes plain, vault.open(at, sealed));
    require(codec::decode_link(plain, link), "link");
    return {};
}

Bytes seal_attempt(const vault::Vault& vault, vault::DataKeyId key, const Attempt& attempt) {
    return vault.seal(
        key, place_of(attempt), vault::PlainType::Bytes, codec::encode_attempt(attempt)
    );
}

Result<void> open_attempt(const vault::Vault& vault, ByteView sealed, Attempt& attempt) {
    SYNCLINE_TRY(const Bytes plain, vault.open(place_of(attempt), sealed));
    require(codec::decode_attempt(plain, attempt), "attempt");
    return {};
}

Bytes seal_change(const vault::Vault& vault, vault::DataKeyId key, const Change& change) {
    return vault.seal(
        key, place_of(change), vault::PlainType::Bytes, codec::encode_changes(change.fields)
    );
}

Result<void> open_change(const vault::Vault& vault, ByteView sealed, Change& change) {
    SYNCLINE_TRY(const Bytes plain, vault.open(place_of(change), sealed));
    change.fields = decoded(codec::decode_changes(plain), "change");
    return {};
}

vault::Tag about(const vault::Vault& vault, const QuarantineItem& item) {
    const std::string& remote = item.remote_id.text();
    const std::string field = std::to_string(item.field.number);
    const std::string direction = std::to_string(static_cast<int>(item.direction));
    const std::string record = remote.empty() ? to_text(item.customer) : remote;
    std::string content;
    for (const std::string_view part :
         {std::string_view(item.system.text()),
          std::string_view(field),
          std::string_view(direction),
          std::string_view(remote.empty() ? "customer" : "remote"),
          std::string_view(record)}) {
        content += std::to_string(part.size()) + ":";
        content += part;
    }
    return vault.keyed_hash("quarantine.about", bytes_of(content));
}

Bytes seal_quarantined(
    const vault::Vault& vault, vault::DataKeyId key, const QuarantineItem& item
) {
    return vault.seal(
        key, place_of(vault, item), vault::PlainType::Bytes, codec::encode_raw_fields(item.raw)
    );
}

Result<void> open_quarantined(const vault::Vault& vault, ByteView sealed, QuarantineItem& item) {
    SYNCLINE_TRY(const Bytes plain, vault.open(place_of(vault, item), sealed));
    item.raw = decoded(codec::decode_raw_fields(plain), "quarantine item");
    return {};
}

}  // namespace syncline::store
