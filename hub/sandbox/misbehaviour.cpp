#include "sandbox/misbehaviour.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <limits>
#include <utility>

namespace syncline::sandbox {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<const char*, std::uint32_t Misbehaviour::*>, 6> kCounters{{
    {"rate_limit_every", &Misbehaviour::rate_limit_every},
    {"server_error_every", &Misbehaviour::server_error_every},
    {"reset_before_every", &Misbehaviour::reset_before_every},
    {"reset_after_write_every", &Misbehaviour::reset_after_write_every},
    {"server_error_after_write_every", &Misbehaviour::server_error_after_write_every},
    {"times", &Misbehaviour::times},
}};

Error malformed(std::string detail) {
    return {ErrorCode::PayloadMalformed, Remedy::Reject, "misbehaviour", std::move(detail)};
}

/// False for a name that nothing is called.
bool assign(Misbehaviour& into, std::string_view name, std::uint32_t value) {
    if (name == "latency_ms") {
        into.latency = std::chrono::milliseconds(value);
        return true;
    }
    if (name == "retry_after_s") {
        into.retry_after = std::chrono::seconds(value);
        return true;
    }
    for (const auto& [known, member] : kCounters) {
        if (name != known) continue;
        into.*member = value;
        return true;
    }
    return false;
}

bool is_turn(std::uint64_t count, std::uint32_t every) {
    return every != 0 && count % every == 0;
}

}  // namespace

Result<Misbehaviour> read_misbehaviour(std::string_view text) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) return malformed("not a JSON object");
    Misbehaviour result;
    for (const auto& [name, value] : document.items()) {
        constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMost)
            return malformed(name + " is not a count");
        if (!assign(result, name, value.get<std::uint32_t>()))
            return malformed("there is no \"" + name + "\"");
    }
    return result;
}

std::string to_json(const Misbehaviour& misbehaviour) {
    json document{
        {"latency_ms", misbehaviour.latency.count()},
        {"retry_after_s", misbehaviour.retry_after.count()},
    };
    for (const auto& [name, member] : kCounters)
        document[name] = misbehaviour.*member;
    return document.dump();
}

void Mischief::set(Misbehaviour misbehaviour) {
    const std::lock_guard lock(mutex_);
    settings_ = misbehaviour;
    requests_ = writes_ = failures_ = 0;
}

Misbehaviour Mischief::settings() const {
    const std::lock_guard lock(mutex_);
    return settings_;
}

Fate Mischief::next(RequestKind kind) {
    const std::lock_guard lock(mutex_);
    ++requests_;
    if (kind == RequestKind::Write) ++writes_;
    if (settings_.times != 0 && failures_ >= settings_.times) return Fate::Served;
    const Fate fate = choose(kind);
    if (fate != Fate::Served) ++failures_;
    return fate;
}

Fate Mischief::choose(RequestKind kind) const {
    if (is_turn(requests_, settings_.reset_before_every)) return Fate::ResetBefore;
    if (is_turn(requests_, settings_.rate_limit_every)) return Fate::RateLimited;
    if (is_turn(requests_, settings_.server_error_every)) return Fate::ServerError;
    if (kind == RequestKind::Read) return Fate::Served;
    if (is_turn(writes_, settings_.reset_after_write_every)) return Fate::ResetAfter;
    if (is_turn(writes_, settings_.server_error_after_write_every)) return Fate::ServerErrorAfter;
    return Fate::Served;
}

}  // namespace syncline::sandbox
