#include "host/serve.hpp"

#include "base/text.hpp"
#include "connect/channel.hpp"
#include "connect/plugin_library.hpp"
#include "syncline/connector.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::host {
namespace {

using codec::Json;

constexpr std::chrono::hours kForever{24 * 365};

std::string_view view(syncline_str text) {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}
syncline_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}

void put(Json& onto, const char* key, syncline_str text) {
    if (text.data != nullptr) onto[key] = std::string(view(text));
}

/// Copies a message into the fixed array of a syncline_error.
template <std::size_t kSize>
void copy_text(char (&out)[kSize], const std::string& text) {
    const std::string cut = text.substr(0, kSize - 1);
    cut.copy(out, cut.size());
    out[cut.size()] = '\0';
}

/// The hub as the connector sees it: every service is one request over the channel.
class Hub {
public:
    explicit Hub(connect::Channel& channel) : channel_(channel) {}

    bool is_gone() const noexcept { return gone_; }

    /// Sends a request and waits for its answer. An object with status CANCELLED when the hub is
    /// gone.
    Json request(const char* method, Json params) {
        const Json lost{{"status", SYNCLINE_E_CANCELLED}};
        if (gone_) return lost;
        const std::string id = "c" + std::to_string(next_++);
        Json message{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
        message["params"] = std::move(params);
        gone_ = !channel_.send(message);
        while (!gone_) {
            auto answer = channel_.receive(kForever);
            gone_ = !answer;
            if (!gone_ && answer->contains("result") && answer->value("id", "") == id)
                return (*answer)["result"];
        }
        return lost;
    }
    void notify(const char* method, Json params) {
        if (gone_) return;
        Json message{{"jsonrpc", "2.0"}, {"method", method}};
        message["params"] = std::move(params);
        gone_ = !channel_.send(message);
    }
    syncline_status ask(const char* method, Json params) {
        return request(method, std::move(params))
            .value("status", syncline_status{SYNCLINE_E_INTERNAL});
    }

    // The functions of syncline_call; ctx is the Hub.
    static int32_t cancelled(void* ctx) { return static_cast<Hub*>(ctx)->gone_ ? 1 : 0; }
    /// The log takes what the manifest lists; all of it is printed for who asked to see that.
    static void log(void* ctx, int32_t level, syncline_str message, syncline_str) {
        const std::string_view text = view(message);
        std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
        static_cast<Hub*>(ctx)->notify(
            "host/log", Json{{"level", level}, {"message", std::string(text)}}
        );
    }
    static syncline_status http(
        void* ctx,
        const syncline_http_request* request,
        void* user,
        void (*on_response)(void*, const syncline_http_response*),
        syncline_error* error
    );
    static syncline_status sleep_ms(void* ctx, uint32_t ms) {
        return static_cast<Hub*>(ctx)->ask("host/sleep", Json{{"ms", ms}});
    }
    static int64_t now_unix_ms(void* ctx) {
        return static_cast<Hub*>(ctx)->request("host/now", Json::object()).value("unix_ms", 0LL);
    }

    static syncline_status wait_readable(void* ctx, int32_t descriptor, uint32_t ms) {
        Hub& hub = *static_cast<Hub*>(ctx);
        if (hub.gone_) return SYNCLINE_E_CANCELLED;
        switch (hub.channel_.wait(std::chrono::milliseconds(ms), descriptor)) {
            case connect::Channel::Event::Message:
                return SYNCLINE_E_CANCELLED;
            case connect::Channel::Event::Other:
                return SYNCLINE_OK;
            case connect::Channel::Event::None:
                break;
        }
        return SYNCLINE_E_TRANSIENT;
    }

    syncline_call call(const std::string& connection) {
        syncline_call made{};
        made.struct_size = sizeof made;
        made.ctx = this;
        made.connection_id = borrow(connection);
        made.cancelled = cancelled;
        made.log = log;
        made.http = http;
        made.sleep_ms = sleep_ms;
        made.now_unix_ms = now_unix_ms;
        made.wait_readable = wait_readable;
        return made;
    }

private:
    connect::Channel& channel_;
    bool gone_ = false;
    std::uint64_t next_ = 1;
};

syncline_status Hub::http(
    void* ctx,
    const syncline_http_request* request,
    void* user,
    void (*on_response)(void*, const syncline_http_response*),
    syncline_error* error
) {
    Json params = Json::object();
    put(params, "method", request->method);
    put(params, "url", request->url);
    put(params, "body", request->body);
    params["timeout_ms"] = request->timeout_ms;
    params["safe"] = (request->flags & SYNCLINE_HTTP_SAFE) != 0;
    if (request->headers_json.len > 0) {
        auto headers = codec::parse_json(view(request->headers_json));
        if (!headers) return SYNCLINE_E_INTERNAL;
        params["headers"] = *std::move(headers);
    }
    const Json answer = static_cast<Hub*>(ctx)->request("host/http", std::move(params));
    const auto status = answer.value("status", syncline_status{SYNCLINE_E_INTERNAL});
    if (status != SYNCLINE_OK) {
        if (error != nullptr) copy_text(error->message, answer.value("message", "stopped"));
        return status;
    }
    const std::string headers = codec::to_line(answer.value("headers", Json::object()));
    const std::string body = answer.value("body", "");
    syncline_http_response response{};
    response.struct_size = sizeof response;
    response.status = answer.value("http_status", 0);
    response.headers_json = borrow(headers);
    response.body = borrow(body);
    response.attempts = 1;
    on_response(user, &response);
    return SYNCLINE_OK;
}

/// A record as the channel carries it. One that is not UTF-8 becomes a record that cannot be read:
/// the channel would replace the bytes it cannot carry, and so change an id or a value.
Json row_of(const syncline_record& record) {
    Json row{{"op", record.op}};
    put(row, "id", record.id);
    put(row, "version", record.version);
    put(row, "data", record.data_json);
    put(row, "origin", record.origin);
    put(row, "ext", record.ext_json);
    if (record.modified_unix_us != 0) row["modified_unix_us"] = record.modified_unix_us;
    if (!is_utf8(view(record.id)) || !is_utf8(view(record.data_json))) {
        row["op"] = SYNCLINE_OP_UPSERT;
        row["ext"] = R"({"errors":[{"message":"the record is not well-formed UTF-8"}]})";
    }
    return row;
}

syncline_status take_records(void* ctx, const syncline_record* records, size_t count) {
    Json rows = Json::array();
    for (size_t i = 0; i < count; ++i)
        rows.push_back(row_of(records[i]));
    Json params = Json::object();
    params["records"] = std::move(rows);
    return static_cast<Hub*>(ctx)->ask("sink/records", std::move(params));
}

syncline_status take_checkpoint(void* ctx, syncline_str cursor) {
    return static_cast<Hub*>(ctx)->ask(
        "sink/checkpoint", Json{{"cursor", std::string(view(cursor))}}
    );
}

syncline_status take_result(void* ctx, const syncline_write_result* result) {
    Json params{{"index", result->index}};
    put(params, "id", result->id);
    put(params, "version", result->version);
    put(params, "stored", result->stored_json);
    if (result->error != nullptr) {
        if (result->error->status != SYNCLINE_E_DUPLICATE) params.erase("id");
        params["status"] = result->error->status;
        params["message"] = std::string(result->error->message);
        params["field"] = std::string(result->error->field);
    }
    return static_cast<Hub*>(ctx)->ask("sink/result", std::move(params));
}

syncline_status take_text(void* ctx, syncline_str json) {
    return static_cast<Hub*>(ctx)->ask("sink/text", Json{{"text", std::string(view(json))}});
}

/// Serves the hub's requests with one connector instance.
class Server {
public:
    explicit Server(int descriptor) : channel_(descriptor), hub_(channel_) {}
    ~Server() {
        if (instance_ != nullptr) library_->table().destroy(instance_);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    int run() {
        while (!hub_.is_gone()) {
            auto message = channel_.receive(kForever);
            if (!message) break;
            if (!message->contains("id") || !message->contains("method")) continue;
            Json reply{{"jsonrpc", "2.0"}, {"id", (*message)["id"]}};
            reply["result"] = answer(
                (*message)["method"].get<std::string>(), message->value("params", Json::object())
            );
            if (!channel_.send(reply)) break;
        }
        return 0;
    }

private:
    Json answer(const std::string& method, const Json& params);
    syncline_status initialize(const Json& params, syncline_error& error);
    syncline_status operate(const std::string& method, const Json& params, syncline_error& error);
    syncline_status read(const Json& params, const syncline_call& call, syncline_error& error);
    syncline_status write(const Json& params, const syncline_call& call, syncline_error& error);
    syncline_status lookup(const Json& params, const syncline_call& call, syncline_error& error);
    syncline_status discover(const syncline_call& call, syncline_error& error);
    syncline_status watch(const Json& params, const syncline_call& call, syncline_error& error);

    connect::Channel channel_;
    Hub hub_;
    std::string connection_;
    std::optional<connect::PluginLibrary> library_;
    syncline_instance* instance_ = nullptr;
};

Json Server::answer(const std::string& method, const Json& params) {
    syncline_error error{};
    error.struct_size = sizeof error;
    syncline_status status = SYNCLINE_E_INTERNAL;
    try {
        status =
            method == "initialize" ? initialize(params, error) : operate(method, params, error);
    } catch (const Json::exception&) {
        copy_text(error.message, "the hub sent a message of the wrong shape");
    }
    Json result{{"status", status}};
    if (status != SYNCLINE_OK) {
        result["message"] = std::string(error.message);
        result["field"] = std::string(error.field);
        result["flags"] = error.flags;
        result["retry_after_ms"] = error.retry_after_ms;
    }
    return result;
}

syncline_status Server::initialize(const Json& params, syncline_error& error) {
    if (params.at("protocol") != 1) {
        copy_text(error.message, "the hub speaks another protocol version");
        return SYNCLINE_E_INTERNAL;
    }
    auto loaded = connect::PluginLibrary::load(params.at("library").get<std::string>());
    if (!loaded) {
        copy_text(error.message, loaded.error().detail);
        return SYNCLINE_E_INTERNAL;
    }
    library_.emplace(std::move(loaded).value());
    connection_ = params.at("connection").get<std::string>();
    const auto settings = params.at("settings").get<std::string>();
    const syncline_call call = hub_.call(connection_);
    return library_->table().create(&call, borrow(settings), &instance_, &error);
}

syncline_status Server::operate(
    const std::string& method, const Json& params, syncline_error& error
) {
    if (instance_ == nullptr) {
        copy_text(error.message, "not initialised");
        return SYNCLINE_E_INTERNAL;
    }
    const syncline_plugin& table = library_->table();
    const syncline_call call = hub_.call(connection_);
    if (method == "check" && table.check != nullptr) return table.check(instance_, &call, &error);
    if (method == "discover" && table.discover != nullptr) return discover(call, error);
    if (method == "read" && table.read != nullptr) return read(params, call, error);
    if (method == "write" && table.write != nullptr) return write(params, call, error);
    if (method == "lookup" && table.lookup != nullptr) return lookup(params, call, error);
    if (method == "watch" && table.extension != nullptr) return watch(params, call, error);
    copy_text(error.message, "this connector has no operation " + method);
    return SYNCLINE_E_UNSUPPORTED;
}

syncline_status Server::discover(const syncline_call& call, syncline_error& error) {
    syncline_text_sink sink{};
    sink.struct_size = sizeof sink;
    sink.ctx = &hub_;
    sink.write = take_text;
    return library_->table().discover(instance_, &call, &sink, &error);
}

syncline_read_sink read_sink(Hub& hub) {
    syncline_read_sink sink{};
    sink.struct_size = sizeof sink;
    sink.ctx = &hub;
    sink.records = take_records;
    sink.checkpoint = take_checkpoint;
    return sink;
}

syncline_status Server::read(const Json& params, const syncline_call& call, syncline_error& error) {
    const auto entity = params.at("entity").get<std::string>();
    const std::string cursor = params.value("cursor", "");
    const std::string fields = codec::to_line(params.value("fields", Json::array()));
    syncline_read_request request{};
    request.struct_size = sizeof request;
    request.flags = params.value("flags", 0U);
    request.max_batch = params.value("max_batch", 200U);
    request.entity = borrow(entity);
    if (!cursor.empty()) request.cursor = borrow(cursor);
    request.fields_json = borrow(fields);
    const syncline_read_sink sink = read_sink(hub_);
    return library_->table().read(instance_, &call, &request, &sink, &error);
}

syncline_status Server::lookup(
    const Json& params, const syncline_call& call, syncline_error& error
) {
    const auto entity = params.at("entity").get<std::string>();
    const auto keys = params.at("keys").get<std::string>();
    const syncline_read_sink sink = read_sink(hub_);
    return library_->table().lookup(instance_, &call, borrow(entity), borrow(keys), &sink, &error);
}

/// What it found is told before its status: a result has no other members.
syncline_status Server::watch(
    const Json& params, const syncline_call& call, syncline_error& error
) {
    const auto* watching =
        static_cast<const syncline_watch*>(library_->table().extension(SYNCLINE_WATCH_EXTENSION));
    if (!SYNCLINE_HAS(watching, watch)) return SYNCLINE_E_UNSUPPORTED;
    const auto entity = params.at("entity").get<std::string>();
    const auto timeout_ms = params.at("timeout_ms").get<std::uint32_t>();
    int32_t changed = 0;
    const auto status =
        watching->watch(instance_, &call, borrow(entity), timeout_ms, &changed, &error);
    if (status == SYNCLINE_OK && changed != 0) hub_.notify("sink/changed", Json::object());
    return status;
}

syncline_status Server::write(
    const Json& params, const syncline_call& call, syncline_error& error
) {
    struct Texts {
        std::string id, if_version, key, data, patch, ext;
    };
    const auto entity = params.at("entity").get<std::string>();
    const Json& given = params.at("items");
    std::vector<Texts> texts;
    texts.reserve(given.size());  // the items borrow from it
    std::vector<syncline_write_item> items;
    for (const Json& item : given) {
        Texts& text = texts.emplace_back();
        text.id = item.value("id", "");
        text.if_version = item.value("if_version", "");
        text.key = item.value("idempotency_key", "");
        text.data = item.value("data", "{}");
        text.patch = item.value("patch", "{}");
        text.ext = "{\"before\":" + item.value("before", "{}") + "}";
        syncline_write_item raw{};
        raw.op = item.at("op").get<std::uint32_t>();
        if (!text.id.empty()) raw.id = borrow(text.id);
        if (!text.if_version.empty()) raw.if_version = borrow(text.if_version);
        raw.idempotency_key = borrow(text.key);
        raw.data_json = borrow(text.data);
        raw.patch_json = borrow(text.patch);
        raw.ext_json = borrow(text.ext);
        items.push_back(raw);
    }
    syncline_write_sink sink{};
    sink.struct_size = sizeof sink;
    sink.ctx = &hub_;
    sink.result = take_result;
    return library_->table().write(
        instance_, &call, borrow(entity), items.data(), items.size(), &sink, &error
    );
}

}  // namespace

int serve(int descriptor) {
    return Server(descriptor).run();
}

}  // namespace syncline::host
