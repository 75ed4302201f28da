#include "codec/record_codec.hpp"

#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::codec {
namespace {

/// Which row it is. Stored: never renumber.
enum class Kind : std::uint8_t {
    StoredFields = 1,
    Link = 2,
    Attempt = 3,
    Changes = 4,
    RawFields = 5,
    Candidates = 6,
    MovedLinks = 7,
};
constexpr std::uint8_t kFormat = 1;
/// Added to the kind of a base where the hub itself left the value.
constexpr std::uint8_t kIsOurs = 8;
constexpr auto kLastBase = static_cast<std::uint8_t>(Base::Kind::Invalid);
/// Changes tell since format 2 what a written remote field held before.
constexpr std::uint8_t kChangesFormat = 2;

class Writer {
public:
    explicit Writer(Kind kind, std::uint8_t format = kFormat) {
        bytes_ = {static_cast<std::uint8_t>(kind), format};
    }

    Bytes take() { return std::move(bytes_); }

    void put(std::uint64_t number) {
        while (number >= 0x80U) {
            bytes_.push_back(static_cast<std::uint8_t>(number | 0x80U));
            number >>= 7U;
        }
        bytes_.push_back(static_cast<std::uint8_t>(number));
    }
    template <class Enum>
    void put_enum(Enum value) {
        bytes_.push_back(static_cast<std::uint8_t>(value));
    }
    void put(ByteView content) {
        put(std::uint64_t{content.size()});
        bytes_.insert(bytes_.end(), content.begin(), content.end());
    }
    void put(std::string_view text) { put(bytes_of(text)); }
    void put(FieldId id) { put(std::uint64_t{id.number}); }
    void put(Version version) { put(version.number); }
    void put(Timestamp at) {  // zigzag: moments before 1970 are small numbers too
        const auto ms = static_cast<std::uint64_t>(to_unix_ms(at));
        put((ms << 1U) ^ (to_unix_ms(at) < 0 ? ~std::uint64_t{0} : 0U));
    }
    template <class Tag>
    void put(const Uuid<Tag>& id) {
        bytes_.insert(bytes_.end(), id.raw().begin(), id.raw().end());
    }
    void put(const EditInterval& interval) {
        put(interval.earliest);
        put(interval.latest);
    }
    void put(const Origin& origin) {
        put_enum(origin.kind);
        put(std::string_view(origin.name));
    }
    void put(const FieldValue& value) {
        put(std::uint64_t{value.parts.size()});
        for (const auto& part : value.parts)
            put_optional(part, [this](const std::string& text) { put(std::string_view(text)); });
    }
    void put(const RawFields& fields) {
        put(std::uint64_t{fields.size()});
        for (const auto& [name, value] : fields) {
            put(std::string_view(name));
            put_enum(value.kind);
            put(std::string_view(value.text));
        }
    }
    template <class Value, class PutValue>
    void put_optional(const std::optional<Value>& value, PutValue put_value) {
        bytes_.push_back(value ? 1 : 0);
        if (value) put_value(*value);
    }

private:
    Bytes bytes_;
};

/// Reads what Writer wrote. After the first thing that is wrong every further read gives a default,
/// and `finished()` is false.
class Reader {
public:
    Reader(ByteView bytes, Kind kind, std::uint8_t newest = kFormat) : rest_(bytes) {
        if (byte() != static_cast<std::uint8_t>(kind)) fail();
        format_ = byte();
        if (format_ < kFormat || format_ > newest) fail();
    }

    std::uint8_t format() const { return format_; }

    /// Everything was understood and nothing is left over.
    bool finished() const { return ok_ && rest_.empty(); }
    bool ok() const { return ok_; }
    void fail() {
        ok_ = false;
        rest_ = {};
    }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            const auto bits = static_cast<std::uint64_t>(next & 0x7FU);
            if (shift == 63 && bits > 1) break;
            value |= bits << shift;
            if ((next & 0x80U) != 0) continue;
            if (next == 0 && shift > 0) break;  // not the shortest form
            return value;
        }
        fail();
        return 0;
    }
    /// How many elements follow; each takes at least `smallest` bytes, so no claim exceeds the
    /// input.
    std::size_t count(std::size_t smallest) {
        const std::uint64_t claimed = number();
        if (claimed > rest_.size() / smallest) {
            fail();
            return 0;
        }
        return static_cast<std::size_t>(claimed);
    }
    template <class Enum>
    Enum enumerator(Enum last) {
        const std::uint8_t value = byte();
        if (value > static_cast<std::uint8_t>(last)) {
            fail();
            return Enum{};
        }
        return static_cast<Enum>(value);
    }
    ByteView content() { return take(count(1)); }
    std::string text() { return std::string(text_of(content())); }
    FieldId field() {
        const std::uint64_t value = number();
        if (value > UINT32_MAX) fail();
        return FieldId{static_cast<std::uint32_t>(value)};
    }
    Version version() { return Version{number()}; }
    Timestamp moment() {
        const std::uint64_t folded = number();
        const std::uint64_t sign = (folded & 1U) != 0 ? ~std::uint64_t{0} : 0U;
        return from_unix_ms(static_cast<std::int64_t>((folded >> 1U) ^ sign));
    }
    template <class Identifier>
    Identifier uuid() {
        typename Identifier::Raw raw{};
        const ByteView bytes = take(raw.size());
        std::copy(bytes.begin(), bytes.end(), raw.begin());
        return Identifier{raw};
    }
    EditInterval interval() {
        const Timestamp earliest = moment();
        return {earliest, moment()};
    }
    Origin origin() {
        const auto kind = enumerator(Origin::Kind::Rule);
        return {kind, text()};
    }
    FieldValue value() {
        FieldValue value;
        value.parts.resize(count(1));
        for (auto& part : value.parts) {
            if (flag()) part = text();
        }
        return value;
    }
    RawFields raw_fields() {
        RawFields fields;
        const std::size_t size = count(3);
        std::string last;
        for (std::size_t i = 0; i < size && ok_; ++i) {
            std::string name = text();
            if (i > 0 && name <= last) fail();
            RawValue& value = fields[name];
            value.kind = enumerator(RawValue::Kind::Bool);
            value.text = text();
            last = std::move(name);
        }
        return fields;
    }
    bool flag() { return enumerator(Flag::Set) == Flag::Set; }
    /// A field number above every earlier one of its map.
    FieldId next_field(std::optional<FieldId>& last) {
        const FieldId id = field();
        if (last && id <= *last) fail();
        last = id;
        return id;
    }

private:
    enum class Flag : std::uint8_t { Unset = 0, Set = 1 };

    std::uint8_t byte() {
        const ByteView one = take(1);
        return one.empty() ? std::uint8_t{0} : one.front();
    }
    ByteView take(std::size_t size) {
        if (size > rest_.size()) {
            fail();
            return {};
        }
        const ByteView taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    ByteView rest_;
    std::uint8_t format_ = 0;
    bool ok_ = true;
};

Error malformed(const char* what) {
    return {ErrorCode::PayloadMalformed, Remedy::Stop, what, "the stored row cannot be understood"};
}

void put_link_field(Writer& out, const LinkField& field) {
    out.put_optional(field.shadow, [&](const Shadow& shadow) {
        out.put(shadow.raw);
        const auto kind = static_cast<std::uint8_t>(shadow.base.kind);
        out.put_enum(static_cast<std::uint8_t>(kind + (shadow.is_ours ? kIsOurs : 0)));
        out.put(shadow.base.version);
        out.put(shadow.seen_at);
    });
    out.put_optional(field.contribution, [&](const Contribution& said) {
        out.put(said.value);
        out.put(said.version);
        out.put(said.interval);
    });
    out.put_enum(field.ignored_pushes);
}

LinkField read_link_field(Reader& in) {
    LinkField field;
    if (in.flag()) {
        Shadow& shadow = field.shadow.emplace();
        shadow.raw = in.raw_fields();
        const auto kind = in.enumerator(static_cast<std::uint8_t>(kIsOurs + kLastBase));
        if (kind % kIsOurs > kLastBase) in.fail();
        shadow.base.kind = static_cast<Base::Kind>(kind % kIsOurs);
        shadow.is_ours = kind >= kIsOurs;
        shadow.base.version = in.version();
        shadow.seen_at = in.moment();
    }
    if (in.flag()) {
        Contribution& said = field.contribution.emplace();
        said.value = in.value();
        said.version = in.version();
        said.interval = in.interval();
    }
    field.ignored_pushes = in.enumerator(std::uint8_t{UINT8_MAX});
    return field;
}

FieldChange read_change(Reader& in) {
    FieldChange change;
    change.field = in.field();
    change.kind = in.enumerator(kLastChangeKind);
    change.rule = in.enumerator(kLastRule);
    change.origin = in.origin();
    change.interval = in.interval();
    change.version = in.version();
    if (in.flag()) change.before = in.value();
    if (in.flag()) change.after = in.value();
    if (in.format() >= kChangesFormat) change.held = in.raw_fields();
    return change;
}

}  // namespace

Bytes encode_stored_fields(std::span<const StoredField> fields) {
    Writer out(Kind::StoredFields);
    out.put(std::uint64_t{fields.size()});
    for (const StoredField& field : fields) {
        out.put(field.field);
        out.put(field.version);
        out.put(field.origin);
        out.put(field.interval);
        out.put_enum(field.rule);
        out.put(std::uint64_t{field.parts.size()});
        for (const StoredPart& part : field.parts) {
            out.put(part.leaf);
            out.put_enum(part.form);
            out.put(ByteView(part.content));
        }
    }
    return out.take();
}

Result<std::vector<StoredField>> decode_stored_fields(ByteView bytes) {
    Reader in(bytes, Kind::StoredFields);
    std::vector<StoredField> fields;
    std::optional<FieldId> last;
    const std::size_t size = in.count(8);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        StoredField field;
        field.field = in.next_field(last);
        field.version = in.version();
        field.origin = in.origin();
        field.interval = in.interval();
        field.rule = in.enumerator(kLastRule);
        const std::size_t parts = in.count(3);
        for (std::size_t p = 0; p < parts && in.ok(); ++p) {
            StoredPart part;
            part.leaf = in.field();
            part.form = in.enumerator(StoredPart::Form::Sealed);
            const ByteView content = in.content();
            part.content.assign(content.begin(), content.end());
            field.parts.push_back(std::move(part));
        }
        fields.push_back(std::move(field));
    }
    if (!in.finished()) return malformed("customer fields");
    return fields;
}

Bytes encode_link(const Link& link) {
    Writer out(Kind::Link);
    out.put(std::string_view(link.token));
    out.put(std::uint64_t{link.fields.size()});
    for (const auto& [id, field] : link.fields) {
        out.put(id);
        put_link_field(out, field);
    }
    return out.take();
}

Result<void> decode_link(ByteView bytes, Link& into) {
    Reader in(bytes, Kind::Link);
    std::string token = in.text();
    FlatMap<FieldId, LinkField> fields;
    std::optional<FieldId> last;
    const std::size_t size = in.count(4);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        const FieldId id = in.next_field(last);
        fields[id] = read_link_field(in);
    }
    if (!in.finished()) return malformed("link");
    into.token = std::move(token);
    into.fields = std::move(fields);
    return {};
}

Bytes encode_attempt(const Attempt& attempt) {
    Writer out(Kind::Attempt);
    out.put(std::string_view(attempt.expected_token));
    out.put(std::uint64_t{attempt.fields.size()});
    for (const auto& [id, sent] : attempt.fields) {
        out.put(id);
        out.put(sent.value);
        out.put(sent.raw);
        out.put(sent.version);
    }
    return out.take();
}

Result<void> decode_attempt(ByteView bytes, Attempt& into) {
    Reader in(bytes, Kind::Attempt);
    std::string token = in.text();
    FlatMap<FieldId, SentField> fields;
    std::optional<FieldId> last;
    const std::size_t size = in.count(4);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        SentField& sent = fields[in.next_field(last)];
        sent.value = in.value();
        sent.raw = in.raw_fields();
        sent.version = in.version();
    }
    if (!in.finished()) return malformed("attempt");
    into.expected_token = std::move(token);
    into.fields = std::move(fields);
    return {};
}

Bytes encode_changes(std::span<const FieldChange> changes) {
    Writer out(Kind::Changes, kChangesFormat);
    const auto put_value = [&](const FieldValue& value) { out.put(value); };
    out.put(std::uint64_t{changes.size()});
    for (const FieldChange& change : changes) {
        out.put(change.field);
        out.put_enum(change.kind);
        out.put_enum(change.rule);
        out.put(change.origin);
        out.put(change.interval);
        out.put(change.version);
        out.put_optional(change.before, put_value);
        out.put_optional(change.after, put_value);
        out.put(change.held);
    }
    return out.take();
}

Result<std::vector<FieldChange>> decode_changes(ByteView bytes) {
    Reader in(bytes, Kind::Changes, kChangesFormat);
    std::vector<FieldChange> changes;
    const std::size_t size = in.count(10);
    for (std::size_t i = 0; i < size && in.ok(); ++i)
        changes.push_back(read_change(in));
    if (!in.finished()) return malformed("changes");
    return changes;
}

Bytes encode_raw_fields(const RawFields& fields) {
    Writer out(Kind::RawFields);
    out.put(fields);
    return out.take();
}

Result<RawFields> decode_raw_fields(ByteView bytes) {
    Reader in(bytes, Kind::RawFields);
    RawFields fields = in.raw_fields();
    if (!in.finished()) return malformed("raw fields");
    return fields;
}

Bytes encode_candidates(std::span<const Candidate> candidates) {
    Writer out(Kind::Candidates);
    out.put(std::uint64_t{candidates.size()});
    for (const Candidate& candidate : candidates) {
        out.put(candidate.customer);
        out.put(candidate.link);
        out.put(std::string_view(candidate.reason));
    }
    return out.take();
}

Result<std::vector<Candidate>> decode_candidates(ByteView bytes) {
    Reader in(bytes, Kind::Candidates);
    std::vector<Candidate> candidates;
    const std::size_t size = in.count(33);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        Candidate candidate;
        candidate.customer = in.uuid<CustomerId>();
        candidate.link = in.uuid<LinkId>();
        candidate.reason = in.text();
        candidates.push_back(std::move(candidate));
    }
    if (!in.finished()) return malformed("candidates");
    return candidates;
}

Bytes encode_moved_links(std::span<const MergeEvent::MovedLink> links) {
    Writer out(Kind::MovedLinks);
    out.put(std::uint64_t{links.size()});
    for (const MergeEvent::MovedLink& moved : links) {
        out.put(moved.link);
        out.put_enum(moved.role);
    }
    return out.take();
}

Result<std::vector<MergeEvent::MovedLink>> decode_moved_links(ByteView bytes) {
    Reader in(bytes, Kind::MovedLinks);
    std::vector<MergeEvent::MovedLink> links;
    const std::size_t size = in.count(17);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        MergeEvent::MovedLink& moved = links.emplace_back();
        moved.link = in.uuid<LinkId>();
        moved.role = in.enumerator(LinkRole::Secondary);
    }
    if (!in.finished()) return malformed("moved links");
    return links;
}

}  // namespace syncline::codec
