#pragma once

// The C++ layer over connector.h: derive from Connector, end the file with SYNCLINE_CONNECTOR.
// Header only; nothing of the hub is linked. Exceptions are turned into outcomes at the boundary.

#include "syncline/numbers.hpp"
#include "syncline/outcome.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::sdk {

/// A path below the connection's base URL. Made by `path`, so that a value cannot break out of it.
class UrlPath {
public:
    const std::string& text() const noexcept { return text_; }

private:
    explicit UrlPath(std::string text) : text_(std::move(text)) {}
    friend UrlPath path(std::string_view pattern, std::initializer_list<std::string_view> values);
    std::string text_;
};

/// Percent-encodes everything but the unreserved characters of RFC 3986.
inline std::string percent_encoded(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

/// path("/user/{}", {id}): each {} is replaced by a percent-encoded value.
inline UrlPath path(std::string_view pattern, std::initializer_list<std::string_view> values = {}) {
    std::string out;
    auto value = values.begin();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern.substr(i, 2) == "{}" && value != values.end()) {
            out += percent_encoded(*value++);
            ++i;
        } else {
            out += pattern[i];
        }
    }
    return UrlPath(std::move(out));
}

/// JSON from a remote. Discarded when it is none, or nested so deep that copying it would need more
/// stack than there is.
inline Json parse_outside(std::string_view text) {
    constexpr int kDeepest = 64;
    bool is_too_deep = false;
    const auto watch = [&](int depth, Json::parse_event_t, Json&) {
        is_too_deep = is_too_deep || depth > kDeepest;
        return !is_too_deep;
    };
    Json parsed = Json::parse(text, watch, /*allow_exceptions=*/false);
    return is_too_deep ? Json(Json::value_t::discarded) : parsed;
}

struct HttpResponse {
    int status = 0;
    Json headers;  ///< names in lower case
    std::string body;

    std::string header(const char* name) const { return headers.value(name, std::string()); }
    /// The body as JSON. `broken` is the outcome of a body that is not JSON: TRANSIENT for a read,
    /// IN_DOUBT for a write.
    Json json(syncline_status broken = SYNCLINE_E_TRANSIENT) const {
        Json parsed = parse_outside(body);
        if (parsed.is_discarded())
            throw Failure(broken, "the answer is not JSON (HTTP " + std::to_string(status) + ")");
        return parsed;
    }
};

/// Whether a request changes something in the remote. ByMethod: all but GET and HEAD do.
enum class HttpEffect : std::uint8_t { ByMethod, None };

/// What the host offers while one operation runs.
class Call {
public:
    explicit Call(const syncline_call* raw) : raw_(raw) {}

    bool cancelled() const {
        return SYNCLINE_HAS(raw_, cancelled) && raw_->cancelled(raw_->ctx) != 0;
    }
    void throw_if_cancelled() const {
        if (cancelled()) throw Failure(SYNCLINE_E_CANCELLED, "stopped");
    }
    void log(int level, std::string_view message) const {
        if (SYNCLINE_HAS(raw_, log)) raw_->log(raw_->ctx, level, borrow(message), {});
    }
    /// Sends a request. Every answered status is returned, also 4xx and 5xx; throws Failure when
    /// there is no answer (TRANSIENT: a read, or proved not sent; IN_DOUBT: it may have arrived).
    HttpResponse http(
        std::string_view method,
        const UrlPath& url,
        std::string_view body = {},
        const Json& headers = Json::object(),
        HttpEffect effect = HttpEffect::ByMethod
    ) const {
        if (!SYNCLINE_HAS(raw_, http))
            throw Failure(SYNCLINE_E_UNSUPPORTED, "this host offers no HTTP");
        const std::string header_text = headers.dump();
        syncline_http_request request{};
        request.struct_size = sizeof request;
        if (effect == HttpEffect::None) request.flags |= SYNCLINE_HTTP_SAFE;
        request.method = borrow(method);
        request.url = borrow(url.text());
        request.headers_json = borrow(header_text);
        request.body = borrow(body);
        syncline_error error{};
        error.struct_size = sizeof error;
        HttpResponse response;
        const auto take = [](void* user, const syncline_http_response* raw) {
            auto& out = *static_cast<HttpResponse*>(user);
            out.status = raw->status;
            out.headers = Json::parse(view(raw->headers_json), nullptr, false);
            if (!out.headers.is_object()) out.headers = Json::object();
            out.body = view(raw->body);
        };
        const syncline_status status = raw_->http(raw_->ctx, &request, &response, take, &error);
        if (status == SYNCLINE_OK) return response;
        Failure failure(status, error.message);
        failure.retry_after_ms = error.retry_after_ms;
        throw failure;
    }
    void sleep(std::uint32_t ms) const {
        if (SYNCLINE_HAS(raw_, sleep_ms) && raw_->sleep_ms(raw_->ctx, ms) != SYNCLINE_OK)
            throw Failure(SYNCLINE_E_CANCELLED, "stopped");
    }
    /// Waits until a descriptor has something to read: true; false after `ms` without. Throws
    /// Failure CANCELLED when the operation should stop.
    bool wait_readable(int descriptor, std::uint32_t ms) const {
        if (!SYNCLINE_HAS(raw_, wait_readable))
            throw Failure(SYNCLINE_E_UNSUPPORTED, "this host waits for no descriptor");
        const syncline_status status = raw_->wait_readable(raw_->ctx, descriptor, ms);
        if (status != SYNCLINE_OK && status != SYNCLINE_E_TRANSIENT)
            throw Failure(status, "stopped");
        return status == SYNCLINE_OK;
    }
    std::int64_t now_unix_ms() const {
        return SYNCLINE_HAS(raw_, now_unix_ms) ? raw_->now_unix_ms(raw_->ctx) : 0;
    }

private:
    const syncline_call* raw_;
};

struct Record {
    std::string id;
    std::string version;  ///< "" = none
    Json data;            ///< flat object of scalars; null for a record that is gone
    std::int64_t modified_unix_us = 0;
    std::string origin;
    std::string problem;  ///< not empty: the record is there and cannot be read, for this reason
    std::vector<std::string> merged_from{};  ///< ids of the records that became this one, if told

    static Record gone(std::string id) {
        Record record;
        record.id = std::move(id);
        return record;
    }
    /// A record to set aside. `id` may be a place ("customers.csv:17") when its own is not known.
    static Record unreadable(std::string id, std::string problem) {
        Record record;
        record.id = std::move(id);
        record.problem = std::move(problem);
        return record;
    }
};

/// Where read() and lookup() hand over what they found. Throws when the host says stop, so that the
/// stack unwinds.
class ReadOut {
public:
    explicit ReadOut(const syncline_read_sink* raw) : raw_(raw) {}

    void emit(std::span<const Record> records) const {
        std::vector<std::string> texts;
        texts.reserve(2 * records.size());  // the rows borrow from it
        std::vector<syncline_record> rows;
        for (const Record& record : records) {
            const std::string problem = problem_of(record);
            const bool gone = problem.empty() && record.data.is_null();
            if (!problem.empty())
                texts.push_back(errors_json(problem));
            else
                texts.push_back(gone ? std::string() : record.data.dump());
            syncline_record row{};
            row.op = gone ? SYNCLINE_OP_DELETE : SYNCLINE_OP_UPSERT;
            row.modified_unix_us = record.modified_unix_us;
            row.id = borrow(record.id);
            if (!record.version.empty()) row.version = borrow(record.version);
            if (!problem.empty())
                row.ext_json = borrow(texts.back());
            else if (!gone)
                row.data_json = borrow(texts.back());
            if (!record.origin.empty()) row.origin = borrow(record.origin);
            if (problem.empty() && !record.merged_from.empty()) {
                texts.push_back(Json{{"merged_from", record.merged_from}}.dump());
                row.ext_json = borrow(texts.back());
            }
            rows.push_back(row);
        }
        if (!rows.empty()) check(raw_->records(raw_->ctx, rows.data(), rows.size()));
    }
    void emit(const Record& record) const { emit(std::span(&record, 1)); }
    /// Returns when everything emitted so far and this position are durable.
    void checkpoint(const Json& cursor) const {
        const std::string text = cursor.dump();
        check(raw_->checkpoint(raw_->ctx, borrow(text)));
    }

private:
    /// A text that is not UTF-8 cannot travel: one such record must not stop the others.
    static std::string problem_of(const Record& record) {
        if (!record.problem.empty() || !record.data.is_object()) return record.problem;
        for (const auto& [name, value] : record.data.items()) {
            const auto* text = value.template get_ptr<const std::string*>();
            if (!is_utf8(name) || (text != nullptr && !is_utf8(*text)))
                return "a field is not well-formed UTF-8";
        }
        return {};
    }
    static std::string errors_json(const std::string& problem) {
        return Json{{"errors", Json::array({Json{{"message", problem}}})}}.dump();
    }
    static void check(syncline_status status) {
        if (status != SYNCLINE_OK) throw Failure(status, "stopped by the hub");
    }
    const syncline_read_sink* raw_;
};

struct ReadRequest {
    std::string entity;
    Json cursor;  ///< null = from the beginning
    std::vector<std::string> fields;
    std::uint32_t max_batch = 200;
    bool full = false;
    bool peek = false;  ///< change nothing: move no file, leave no lock behind
};

struct WriteItem {
    std::uint32_t op = SYNCLINE_OP_UPDATE;
    std::string id;
    std::string if_version;
    std::string idempotency_key;
    Json data;    ///< a number with more digits than a double keeps is a text
    Json patch;   ///< likewise
    Json before;  ///< what the hub last saw in the patched fields
};

struct Written {
    std::string id;
    std::string version;
    std::optional<Json> stored;  ///< only when the remote told it in the same step as the write
};

/// Where write() answers each item exactly once.
class WriteOut {
public:
    WriteOut(const syncline_write_sink* raw) : raw_(raw) {}

    void stored(std::size_t index, const Written& written) const {
        const std::string text = written.stored ? written.stored->dump() : std::string();
        syncline_write_result result{};
        result.struct_size = sizeof result;
        result.index = static_cast<std::uint32_t>(index);
        result.id = borrow(written.id);
        result.version = borrow(written.version);
        if (written.stored) result.stored_json = borrow(text);
        raw_->result(raw_->ctx, &result);
    }
    /// `duplicate_of`: of a DUPLICATE, the record that is in the way; "" = not told.
    void failed(std::size_t index, const syncline_error& error, std::string_view duplicate_of = {})
        const {
        syncline_write_result result{};
        result.struct_size = sizeof result;
        result.index = static_cast<std::uint32_t>(index);
        if (!duplicate_of.empty()) result.id = borrow(duplicate_of);
        result.error = &error;
        raw_->result(raw_->ctx, &result);
    }

private:
    const syncline_write_sink* raw_;
};

/// One configured connection. One call at a time, perhaps on different threads.
class Connector {
public:
    Connector() = default;
    Connector(const Connector&) = delete;
    Connector& operator=(const Connector&) = delete;
    virtual ~Connector() = default;

    virtual void check(Call& call) = 0;
    /// docs/reference/connector-discover.md
    virtual Json discover(Call& call) = 0;
    virtual void read(Call& call, const ReadRequest& request, const ReadOut& out) = 0;
    virtual void lookup(Call&, const std::string&, const Json&, const ReadOut&) {
        throw Failure(SYNCLINE_E_UNSUPPORTED, "this connector does not look records up");
    }
    /// Creates or updates one item, or throws.
    virtual Written write_one(Call&, const std::string&, const WriteItem&) {
        throw Failure(SYNCLINE_E_UNSUPPORTED, "this connector does not write");
    }
    /// Deletes one record, or throws. Only asked of a connector whose discover document says
    /// "delete".
    virtual void delete_one(Call&, const std::string&, const WriteItem&) {
        throw Failure(SYNCLINE_E_UNSUPPORTED, "this connector does not delete");
    }
    /// Writes a batch; the default writes one after the other.
    virtual void write(
        Call& call, const std::string& entity, std::span<const WriteItem> items, const WriteOut& out
    ) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            syncline_error error{};
            error.struct_size = sizeof error;
            std::optional<Written> written;
            std::string duplicate_of;
            const auto status = guard(&error, [&] {
                try {
                    written = items[i].op == SYNCLINE_OP_DELETE ? deleted(call, entity, items[i])
                                                                : write_one(call, entity, items[i]);
                } catch (const Failure& failure) {
                    duplicate_of = failure.duplicate_of;
                    throw;
                }
            });
            if (status == SYNCLINE_OK)
                out.stored(i, *written);
            else
                out.failed(i, error, duplicate_of);
        }
    }

    /// True as soon as something may have changed since the last read began, false after
    /// `timeout_ms`. Only asked of a connector whose discover document says "watch"; see
    /// syncline_watch in connector.h.
    virtual bool watch(Call&, const std::string&, std::uint32_t) {
        throw Failure(SYNCLINE_E_UNSUPPORTED, "this connector does not watch");
    }

private:
    Written deleted(Call& call, const std::string& entity, const WriteItem& item) {
        delete_one(call, entity, item);
        return {item.id, {}, {}};
    }
};

/// The functions of syncline_plugin for one Connector class.
template <class Class>
struct Shim {
    static Connector& self(syncline_instance* instance) {
        return *reinterpret_cast<Connector*>(instance);
    }
    static Json parse(syncline_str text) {
        if (text.data == nullptr || text.len == 0) return nullptr;
        Json parsed = parse_exact(view(text));
        if (parsed.is_discarded()) throw Failure(SYNCLINE_E_INTERNAL, "the host sent broken JSON");
        return parsed;
    }

    static syncline_status create(
        const syncline_call* raw,
        syncline_str settings,
        syncline_instance** out,
        syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            Call call(raw);
            std::unique_ptr<Connector> made = std::make_unique<Class>(call, parse(settings));
            *out = reinterpret_cast<syncline_instance*>(made.release());
        });
    }
    static void destroy(syncline_instance* instance) noexcept { delete &self(instance); }
    static syncline_status check(
        syncline_instance* instance, const syncline_call* raw, syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            Call call(raw);
            self(instance).check(call);
        });
    }
    static syncline_status discover(
        syncline_instance* instance,
        const syncline_call* raw,
        const syncline_text_sink* sink,
        syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            Call call(raw);
            const std::string text = self(instance).discover(call).dump();
            sink->write(sink->ctx, borrow(text));
        });
    }
    static syncline_status read(
        syncline_instance* instance,
        const syncline_call* raw,
        const syncline_read_request* raw_request,
        const syncline_read_sink* sink,
        syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            ReadRequest request;
            request.entity = view(raw_request->entity);
            request.cursor = parse(raw_request->cursor);
            if (const Json fields = parse(raw_request->fields_json); fields.is_array())
                request.fields = fields.template get<std::vector<std::string>>();
            if (raw_request->max_batch > 0) request.max_batch = raw_request->max_batch;
            request.full = (raw_request->flags & SYNCLINE_READ_FULL) != 0;
            request.peek = (raw_request->flags & SYNCLINE_READ_PEEK) != 0;
            Call call(raw);
            self(instance).read(call, request, ReadOut(sink));
        });
    }
    static syncline_status write(
        syncline_instance* instance,
        const syncline_call* raw,
        syncline_str entity,
        const syncline_write_item* raw_items,
        std::size_t count,
        const syncline_write_sink* sink,
        syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            std::vector<WriteItem> items(count);
            for (std::size_t i = 0; i < count; ++i) {
                items[i].op = raw_items[i].op;
                items[i].id = view(raw_items[i].id);
                items[i].if_version = view(raw_items[i].if_version);
                items[i].idempotency_key = view(raw_items[i].idempotency_key);
                items[i].data = parse(raw_items[i].data_json);
                items[i].patch = parse(raw_items[i].patch_json);
                const Json ext = parse(raw_items[i].ext_json);
                if (ext.is_object()) items[i].before = ext.value("before", Json::object());
            }
            Call call(raw);
            self(instance).write(call, std::string(view(entity)), items, WriteOut(sink));
        });
    }
    static syncline_status lookup(
        syncline_instance* instance,
        const syncline_call* raw,
        syncline_str entity,
        syncline_str keys,
        const syncline_read_sink* sink,
        syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            Call call(raw);
            self(instance).lookup(call, std::string(view(entity)), parse(keys), ReadOut(sink));
        });
    }

    static syncline_status watch(
        syncline_instance* instance,
        const syncline_call* raw,
        syncline_str entity,
        std::uint32_t timeout_ms,
        std::int32_t* changed,
        syncline_error* error
    ) noexcept {
        return guard(error, [&] {
            Call call(raw);
            *changed = self(instance).watch(call, std::string(view(entity)), timeout_ms) ? 1 : 0;
        });
    }
    static const void* extension(const char* id) noexcept {
        static const syncline_watch watching{sizeof(syncline_watch), 0, watch};
        return std::string_view(id) == SYNCLINE_WATCH_EXTENSION ? &watching : nullptr;
    }

    static syncline_plugin plugin(std::string_view manifest, std::uint64_t capabilities) {
        syncline_plugin made{};
        made.magic = SYNCLINE_MAGIC;
        made.abi_major = SYNCLINE_ABI_MAJOR;
        made.abi_minor = SYNCLINE_ABI_MINOR;
        made.struct_size = sizeof made;
        made.capabilities = capabilities;
        made.manifest_json = borrow(manifest);
        made.create = create;
        made.destroy = destroy;
        made.check = check;
        made.discover = discover;
        made.read = read;
        made.write = write;
        made.lookup = lookup;
        made.extension = extension;
        return made;
    }
};

}  // namespace syncline::sdk

/// Emits the one exported symbol. `Class` has a constructor (Call&, const Json& settings);
/// `manifest` is a string with static storage (syncline_add_connector generates it from
/// manifest.json).
#define SYNCLINE_CONNECTOR(Class, manifest, capabilities)                                    \
    extern "C" SYNCLINE_EXPORT const syncline_plugin* syncline_connector_v1(void) noexcept { \
        static const syncline_plugin plugin =                                                \
            ::syncline::sdk::Shim<Class>::plugin(manifest, capabilities);                    \
        return &plugin;                                                                      \
    }
