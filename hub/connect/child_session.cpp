#include "connect/child_session.hpp"

#include "connect/rows.hpp"
#include "syncline/connector.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

namespace syncline::connect {
namespace {

using codec::Json;

constexpr std::chrono::milliseconds kEndGrace{2'000};
constexpr std::uint32_t kLongestSleepMs = 60'000;

/// The connector's copy of the settings: without what only the hub may know.
Json without_secrets(Json settings, const Manifest& manifest) {
    for (const auto& [name, pattern] : manifest.headers) {
        for (std::size_t at = pattern.find('{'); at != std::string::npos;
             at = pattern.find('{', at + 1)) {
            const auto end = pattern.find('}', at);
            if (end == std::string::npos) break;
            const std::string pointer = pattern.substr(at + 1, end - at - 1);
            if (find_setting(settings, pointer) != nullptr)
                settings[Json::json_pointer(pointer)] = nullptr;
        }
    }
    return settings;
}

Result<std::optional<HttpMediator>> make_mediator(const Manifest& manifest, const Json& settings) {
    if (manifest.base_url.empty()) return std::optional<HttpMediator>();
    SYNCLINE_TRY(std::string url, fill_template("{" + manifest.base_url + "}", settings));
    std::map<std::string, std::string> headers;
    for (const auto& [name, pattern] : manifest.headers) {
        SYNCLINE_TRY(headers[name], fill_template(pattern, settings));
    }
    return std::optional<HttpMediator>(HttpMediator(url + manifest.base_path, std::move(headers)));
}

Json status_answer(std::int32_t status, const std::string& message = {}) {
    Json answer{{"status", status}};
    if (!message.empty()) answer["message"] = message;
    return answer;
}

std::int32_t status_of(const Error& error) {
    if (error.code == ErrorCode::RemoteInDoubt) return SYNCLINE_E_IN_DOUBT;
    if (error.code == ErrorCode::UsageInvalid) return SYNCLINE_E_INTERNAL;
    return SYNCLINE_E_TRANSIENT;
}

}  // namespace

ChildSession::ChildSession(
    ChildProcess process,
    std::optional<HttpMediator> http,
    std::string system,
    std::chrono::milliseconds patience,
    Clock& clock,
    ConnectorVoice voice
)
    : process_(std::move(process)),
      http_(std::move(http)),
      patience_(patience),
      system_(std::move(system)),
      clock_(&clock),
      voice_(std::move(voice)) {}

Result<ChildSession> ChildSession::start(
    const Installation& installation,
    const Manifest& manifest,
    const Json& settings,
    const std::string& system,
    Clock& clock,
    ConnectorVoice voice
) {
    SYNCLINE_TRY(std::optional<HttpMediator> http, make_mediator(manifest, settings));
    SYNCLINE_TRY(ChildProcess process, ChildProcess::start(installation.host));
    ChildSession session(
        std::move(process), std::move(http), system, installation.patience, clock, std::move(voice)
    );
    Json params;
    params["protocol"] = 1;
    params["library"] = manifest.library.string();
    params["connection"] = system;
    params["settings"] = codec::to_line(without_secrets(settings, manifest));
    SYNCLINE_TRY(const Outcome outcome, session.run("initialize", std::move(params), {}));
    if (outcome.status != SYNCLINE_OK) {
        Error error = error_of(outcome, system);
        if (outcome.status == SYNCLINE_E_INTERNAL) {
            error.remedy = Remedy::Reconfigure;
            error.where = manifest.library.string();
        }
        return error;
    }
    return session;
}

/// The child no longer keeps to the protocol, or is gone: ends it and says how it ended.
Error ChildSession::broken(const Error& cause) {
    const bool is_gone = cause.code == ErrorCode::PluginCrashed;
    const std::string end = process_.end(is_gone ? kEndGrace : std::chrono::milliseconds{0});
    return {
        ErrorCode::PluginCrashed,
        Remedy::Retry,
        system_,
        is_gone ? "its connector ended unexpectedly (" + end + ")"
                : "its connector was stopped: " + cause.detail};
}

Result<Outcome> ChildSession::run(
    const std::string& method, Json params, const Sinks& sinks, int stop
) {
    const std::uint64_t id = next_id_++;
    Json request{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
    request["params"] = std::move(params);
    if (auto sent = process_.channel().send(request); !sent) return broken(sent.error());
    for (;;) {
        if (stop >= 0 && process_.channel().wait(patience_, stop) == Channel::Event::Other) {
            stop = -1;
            const Json enough{{"jsonrpc", "2.0"}, {"method", "cancel"}};
            if (auto sent = process_.channel().send(enough); !sent) return broken(sent.error());
        }
        auto received = process_.channel().receive(patience_);
        if (!received) return broken(received.error());
        try {
            const Json& message = *received;
            if (!message.contains("method")) {
                if (message.at("id") == id) return read_outcome(message.at("result"));
                continue;
            }
            const Json none = Json::object();
            const auto given = message.find("params");
            Json answer = serve(
                message.at("method").get<std::string>(),
                given == message.end() ? none : *given,
                sinks
            );
            if (!message.contains("id")) continue;
            const Json reply{{"jsonrpc", "2.0"}, {"id", message["id"]}, {"result", answer}};
            if (auto sent = process_.channel().send(reply); !sent) return broken(sent.error());
        } catch (const Json::exception&) {
            return broken(
                {ErrorCode::PayloadMalformed,
                 Remedy::Stop,
                 system_,
                 "it sent a message of the wrong shape"}
            );
        }
    }
}

Json ChildSession::serve(const std::string& method, const Json& params, const Sinks& sinks) {
    if (method == "sink/records" && sinks.records) return status_answer(sinks.records(params));
    if (method == "sink/checkpoint" && sinks.checkpoint)
        return status_answer(sinks.checkpoint(params));
    if (method == "sink/result" && sinks.result) {
        sinks.result(params);
        return status_answer(SYNCLINE_OK);
    }
    if (method == "sink/text" && sinks.text) {
        sinks.text(params);
        return status_answer(SYNCLINE_OK);
    }
    if (method == "sink/changed" && sinks.changed) {
        sinks.changed();
        return status_answer(SYNCLINE_OK);
    }
    if (method == "host/http") return serve_http(params);
    if (method == "host/now") return Json{{"unix_ms", to_unix_ms(clock_->now())}};
    if (method == "host/sleep") {
        const auto ms = std::min(codec::number_or(params, "ms", 0U), kLongestSleepMs);
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        return status_answer(SYNCLINE_OK);
    }
    if (method == "host/log") {
        voice_.say(codec::number_or(params, "level", 0), params.value("message", ""));
        return status_answer(SYNCLINE_OK);
    }
    return status_answer(SYNCLINE_E_UNSUPPORTED);
}

Json ChildSession::serve_http(const Json& params) {
    if (!http_)
        return status_answer(
            SYNCLINE_E_UNSUPPORTED, "the manifest of this connector asks for no HTTP"
        );
    HttpRequest request;
    request.method = params.at("method").get<std::string>();
    request.path = params.at("url").get<std::string>();
    request.body = params.value("body", "");
    request.is_safe = params.value("safe", false);
    request.headers = params.value("headers", std::map<std::string, std::string>{});
    if (const auto timeout = codec::number_or(params, "timeout_ms", 0U); timeout > 0)
        request.timeout = std::chrono::milliseconds(std::min(timeout, kLongestSleepMs));
    const auto response = http_->send(request);
    if (!response) return status_answer(status_of(response.error()), response.error().detail);
    Json answer = status_answer(SYNCLINE_OK);
    answer["http_status"] = response->status;
    answer["headers"] = response->headers;
    answer["body"] = response->body;
    return answer;
}

}  // namespace syncline::connect
