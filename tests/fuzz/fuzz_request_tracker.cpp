// Answers of a Request Tracker, and positions in its feed. The first line says what is asked:
// "read", "read <cursor>", "lookup <id>", "created <e-mail>", "create" or "update". Then come the
// answers, one for each request until there are none left:
//     200 "28"
//     {"id": …}
//     ---
// Behind the status stand the ETag and the Location.

#include "codec/json.hpp"
#include "codec/raw_fields_json.hpp"
#include "fuzz/connector.hpp"

#include <charconv>

namespace {

using namespace syncline;
using fuzz::borrow;
using fuzz::view;

syncline_status answer(
    void* ctx,
    const syncline_http_request*,
    void* user,
    void (*on_response)(void*, const syncline_http_response*),
    syncline_error* error
) {
    auto& input = *static_cast<fuzz::Input*>(ctx);
    if (input.empty()) {
        constexpr std::string_view kReason = "no answer";
        kReason.copy(error->message, kReason.size());
        return SYNCLINE_E_TRANSIENT;
    }
    const std::string_view line = input.line();
    syncline_http_response response{};
    response.struct_size = sizeof response;
    std::from_chars(line.data(), line.data() + line.size(), response.status);
    const std::string named(line.substr(std::min<std::size_t>(line.size(), 4)));
    const std::string headers =
        codec::to_line({{"etag", named}, {"location", named}, {"retry-after", named}});
    const std::string body(input.until("\n---\n"));
    response.headers_json = borrow(headers);
    response.body = borrow(body);
    on_response(user, &response);
    return SYNCLINE_OK;
}

void check_record(const syncline_record& record) {
    SYNCLINE_ASSERT(record.id.len > 0);
    if (record.op == SYNCLINE_OP_DELETE) return;
    if (record.ext_json.len > 0) return;  // one that cannot be read
    SYNCLINE_ASSERT(codec::read_raw_fields(view(record.data_json)).has_value());
}

syncline_read_sink read_sink() {
    syncline_read_sink sink{};
    sink.struct_size = sizeof sink;
    sink.records = [](void*, const syncline_record* records, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            check_record(records[i]);
        return syncline_status{SYNCLINE_OK};
    };
    sink.checkpoint = [](void*, syncline_str cursor) {
        SYNCLINE_ASSERT(codec::parse_json(view(cursor)).has_value());
        return syncline_status{SYNCLINE_OK};
    };
    return sink;
}

/// One connection that is used again and again: it keeps nothing between operations.
struct Connection {
    syncline_plugin plugin = fuzz::load_connector("request-tracker");
    syncline_call call{};
    syncline_instance* instance = nullptr;

    Connection() {
        call.struct_size = sizeof call;
        call.http = answer;
        const auto made = plugin.create(&call, borrow("{}"), &instance, nullptr);
        SYNCLINE_ASSERT(made == SYNCLINE_OK);
    }
    ~Connection() { plugin.destroy(instance); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void read(std::string_view cursor) {
        syncline_read_request request{};
        request.struct_size = sizeof request;
        request.entity = borrow("customer");
        if (!cursor.empty()) request.cursor = borrow(cursor);
        const syncline_read_sink sink = read_sink();
        syncline_error error = fuzz::empty_error();
        const auto status = plugin.read(instance, &call, &request, &sink, &error);
        fuzz::expect_outcome(status, error);
    }
    void lookup(const codec::Json& keys) {
        const std::string text = codec::to_line(keys);
        const syncline_read_sink sink = read_sink();
        syncline_error error = fuzz::empty_error();
        const auto status =
            plugin.lookup(instance, &call, borrow("customer"), borrow(text), &sink, &error);
        fuzz::expect_outcome(status, error);
    }
    void write(std::uint32_t op) {
        syncline_write_item item{};
        item.op = op;
        item.id = borrow("17");
        item.if_version = borrow("28");
        item.idempotency_key = borrow("00112233445566778899aabbccddeeff");
        item.data_json = borrow(R"({"EmailAddress":"info@acme.example"})");
        item.patch_json = item.data_json;
        syncline_write_sink sink{};
        sink.struct_size = sizeof sink;
        sink.result = [](void*, const syncline_write_result* result) {
            if (result->error != nullptr)
                fuzz::expect_outcome(result->error->status, *result->error);
            else
                SYNCLINE_ASSERT(result->id.len > 0);
            return syncline_status{SYNCLINE_OK};
        };
        syncline_error error = fuzz::empty_error();
        const auto status =
            plugin.write(instance, &call, borrow("customer"), &item, 1, &sink, &error);
        fuzz::expect_outcome(status, error);
    }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Connection connection;
    fuzz::Input input(data, size);
    fuzz::Input asked = input;
    const std::string_view question = input.line();
    const std::string_view word = asked.until(" ").substr(0, question.size());
    const std::string_view about = question.substr(std::min(question.size(), word.size() + 1));
    connection.call.ctx = &input;
    if (word == "lookup" && !about.empty())  // the hub has no empty ids
        connection.lookup({{"ids", {std::string(about)}}});
    else if (word == "created")
        connection.lookup({{"create", {{"data", {{"EmailAddress", std::string(about)}}}}}});
    else if (word == "create" || word == "update")
        connection.write(word == "create" ? SYNCLINE_OP_CREATE : SYNCLINE_OP_UPDATE);
    else if (about.empty() || codec::parse_json(about))  // the hub keeps no other positions
        connection.read(about);
    return 0;
}
