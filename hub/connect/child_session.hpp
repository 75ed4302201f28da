#pragma once

#include "base/clock.hpp"
#include "codec/json.hpp"
#include "connect/child_process.hpp"
#include "connect/connector_voice.hpp"
#include "connect/http_mediator.hpp"
#include "connect/installation.hpp"
#include "connect/manifest.hpp"
#include "connect/outcome.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace syncline::connect {

/// One running child with its connector instance: sends an operation and serves what the connector
/// asks for meanwhile. One thread.
class ChildSession {
public:
    /// What the running operation hands over; each returns a syncline_status. Unset = not expected.
    struct Sinks {
        std::function<std::int32_t(const codec::Json& params)> records;
        std::function<std::int32_t(const codec::Json& params)> checkpoint;
        std::function<void(const codec::Json& params)> result;
        std::function<void(const codec::Json& params)> text;
        std::function<void()> changed;
    };

    /// Starts the child and makes the instance. `settings` are resolved.
    static Result<ChildSession> start(
        const Installation& installation,
        const Manifest& manifest,
        const codec::Json& settings,
        const std::string& system,
        Clock& clock,
        ConnectorVoice voice
    );

    /// Runs one operation to its end. A value: the connector's answer (status 0 or not). An error:
    /// the child is unusable and was ended (PluginCrashed says how).
    /// It is asked to stop early, and then most likely answers CANCELLED, once the descriptor
    /// `stop` has something to read; -1: there is none.
    Result<Outcome> run(
        const std::string& method, codec::Json params, const Sinks& sinks, int stop = -1
    );

private:
    ChildSession(
        ChildProcess process,
        std::optional<HttpMediator> http,
        std::string system,
        std::chrono::milliseconds patience,
        Clock& clock,
        ConnectorVoice voice
    );
    codec::Json serve(const std::string& method, const codec::Json& params, const Sinks& sinks);
    codec::Json serve_http(const codec::Json& params);
    Error broken(const Error& cause);

    ChildProcess process_;
    std::optional<HttpMediator> http_;
    std::chrono::milliseconds patience_;
    std::string system_;
    Clock* clock_;
    ConnectorVoice voice_;
    std::uint64_t next_id_ = 1;
};

}  // namespace syncline::connect
