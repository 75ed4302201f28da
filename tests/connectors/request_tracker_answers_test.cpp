// Answers that no Request Tracker gives, to the connector's own functions: what they say is not
// understood, and that is an outcome, never a crash.

#include "connect/plugin_library.hpp"
#include "support/connected_system.hpp"
#include "syncline/connector.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

syncline_str borrow(const std::string& text) {
    return {text.data(), text.size()};
}

/// A helpdesk that gives these bodies, one for each request.
class Answers {
public:
    explicit Answers(std::vector<std::string> bodies, int status = 200)
        : bodies_(std::move(bodies)), status_(status) {}

    /// What a reading from `cursor` comes to: the outcome and its reason.
    std::pair<syncline_status, std::string> read(const std::string& cursor = {}) {
        const auto library =
            connect::PluginLibrary::load(shipped_connectors().connectors / "request-tracker.so");
        const syncline_plugin table = library.value().table();
        syncline_call call{};
        call.struct_size = sizeof call;
        call.ctx = this;
        call.http = answer;
        syncline_instance* instance = nullptr;
        EXPECT_EQ(table.create(&call, borrow("{}"), &instance, nullptr), SYNCLINE_OK);
        syncline_read_request request{};
        request.struct_size = sizeof request;
        if (!cursor.empty()) request.cursor = borrow(cursor);
        syncline_read_sink sink{};
        sink.struct_size = sizeof sink;
        sink.records = [](void*, const syncline_record*, std::size_t) { return syncline_status{}; };
        sink.checkpoint = [](void*, syncline_str) { return syncline_status{}; };
        syncline_error error{};
        error.struct_size = sizeof error;
        const auto status = table.read(instance, &call, &request, &sink, &error);
        table.destroy(instance);
        return {status, error.message};
    }

private:
    static syncline_status
    answer(void* ctx, const syncline_http_request*, void* user, void (*on_response)(void*, const syncline_http_response*), syncline_error*) {
        auto& self = *static_cast<Answers*>(ctx);
        if (self.next_ == self.bodies_.size()) return SYNCLINE_E_TRANSIENT;
        syncline_http_response response{};
        response.struct_size = sizeof response;
        response.status = self.status_;
        response.body = borrow(self.bodies_[self.next_++]);
        on_response(user, &response);
        return SYNCLINE_OK;
    }

    std::vector<std::string> bodies_;
    int status_;
    std::size_t next_ = 0;
};

TEST(RequestTrackerAnswers, ANumberThatIsNoneIsNotUnderstood) {
    for (const char* id : {"\"x\"", "null", "-1", "1e300", "\"99999999999999999999\""}) {
        const auto [status, reason] =
            Answers({R"({"items":[{"id":)" + std::string(id) + "}]}"}).read();
        EXPECT_EQ(status, SYNCLINE_E_TRANSIENT) << id;
        EXPECT_EQ(reason, "the answer has no number where one belongs") << id;
    }
    const auto [status, reason] = Answers({"{}", R"({"items":[],"pages":1e300})"}).read();
    EXPECT_EQ(status, SYNCLINE_E_TRANSIENT);
    EXPECT_EQ(reason, "the answer has no number where one belongs");
}

TEST(RequestTrackerAnswers, AnotherShapeIsNotUnderstood) {
    const std::vector<std::vector<std::string>> answers{
        {"[]"},
        {R"({"items":[7]})"},
        {R"({"items":[{}]})"},
        {"{}", R"({"items":[{"id":"3"}]})", "[]"},
        {"{}", R"({"items":[{"id":"3"}]})", R"({"Name":"a"})"}};
    for (const auto& bodies : answers) {
        const auto [status, reason] = Answers(bodies).read();
        EXPECT_EQ(status, SYNCLINE_E_TRANSIENT) << bodies.back();
        EXPECT_EQ(reason, "the answer has not the shape that Request Tracker gives it");
    }
}

TEST(RequestTrackerAnswers, ADeepAnswerIsNotUnderstood) {
    constexpr std::size_t kDeep = 100'000;
    const std::string deep = std::string(kDeep, '[') + std::string(kDeep, ']');
    const auto [status, reason] = Answers({R"({"items":[{"id":)" + deep + "}]}"}).read();
    EXPECT_EQ(status, SYNCLINE_E_TRANSIENT);
    EXPECT_EQ(reason, "the answer is not JSON (HTTP 200)");
}

TEST(RequestTrackerAnswers, AMessageIsCutBetweenCharacters) {
    const std::string message = std::string(199, 'x') + "\u00E9";
    const auto [status, reason] = Answers({R"({"message":")" + message + "\"}"}, 400).read();
    EXPECT_EQ(status, SYNCLINE_E_INVALID);
    EXPECT_EQ(reason, "HTTP 400: " + std::string(199, 'x'));
}

TEST(RequestTrackerAnswers, APositionOfAnotherShapeIsLost) {
    for (const char* cursor :
         {R"({"v":1})",
          R"({"v":1,"transaction":1e300,"seen":[]})",
          R"({"v":1,"transaction":1,"seen":{"a":"b"}})",
          R"({"v":"1","transaction":1,"seen":[]})"})
        EXPECT_EQ(Answers({}).read(cursor).first, SYNCLINE_E_CURSOR) << cursor;
}

}  // namespace
}  // namespace syncline::testing
