#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/delivery.hpp"
#include "model/observation.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace syncline::connect {

enum class VersionKind : std::uint8_t {
    Ordered,  ///< a larger token is later; numeric when both are digits
    Opaque,   ///< equality only (ETag, row hash)
    None,
};

/// What one entity of a connected system can do: its `discover` document, typed.
struct Capabilities {
    std::string entity;
    /// Which connector says so, in which version (without its patch): "org.syncline.sql 1.4".
    std::string connector;
    VersionKind version = VersionKind::None;
    bool write_deferred = false;  ///< a write is left somewhere; the effect shows much later
    bool can_write = false;
    bool can_delete = false;
    bool conditional_write = false;  ///< if_version is enforced
    bool lookup_by_id = false;
    bool listing_proves_absence = false;  ///< a full read that ends well names every record
    bool incremental = false;
    bool can_watch = false;                ///< watch() tells when something changed
    bool creates_need_planned_id = false;  ///< the hub asks plan_ids() before a create
    std::string cannot_create;             ///< why no new record can be made; "" = it can
    std::vector<std::string> limits;       ///< what it does not promise, told to people
    std::uint32_t max_batch = 200;
    std::uint32_t max_inflight_ms = 60'000;  ///< how long a request may linger and still land
    std::uint32_t stale_window_ms = 0;       ///< how old a read may be; 0 = strong reads
    struct RemoteField {
        std::string name;
        bool writable = true;
        bool create_only = false;
        bool required_on_create = false;  ///< no record is made without a value of it
        std::uint32_t max_characters = 0;
    };
    std::vector<RemoteField>
        fields;  ///< all that can be mapped; none = the connector does not know
};

/// What reading hands over. `records` and `checkpoint` are called from read()'s own thread.
struct ReadSink {
    /// A page of observations. False = stop reading (the hub is going down).
    std::function<bool(std::vector<Observation>)> records;
    /// The position after everything handed over so far. Return true only when both are durable.
    std::function<bool(const std::string& cursor)> checkpoint;
};

enum class ReadMode : std::uint8_t { Incremental, Full };
enum class SideEffects : std::uint8_t {
    Allowed,
    None,  ///< plan: consume nothing, move nothing
};

struct ReadRequest {
    std::string entity;
    std::string cursor;  ///< "" = from the beginning
    ReadMode mode = ReadMode::Incremental;
    SideEffects side_effects = SideEffects::Allowed;
    std::vector<std::string> fields;  ///< remote names wanted: the mapped ones
};

/// A read that came to its end.
struct ReadSummary {
    bool complete_listing = false;  ///< every existing record was handed over
    std::uint64_t records = 0;
    Timestamp sent_at{};  ///< when the first request was sent
};

/// One connected system, behind whichever runtime runs its connector. Calls block; one at a time;
/// errors are values. A crash of the connector is PluginCrashed: writes in flight are InDoubt.
class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// Can the system be reached with these settings? Moves nothing.
    virtual Result<void> check() = 0;
    virtual Result<Capabilities> discover(const std::string& entity) = 0;
    virtual Result<ReadSummary> read(const ReadRequest& request, const ReadSink& sink) = 0;
    /// Looks up records by id: Present, or Gone when the system says that there is none.
    /// An id without an answer is missing from the result.
    virtual Result<std::vector<Observation>> lookup(
        const std::string& entity, std::span<const RemoteId> ids
    ) = 0;
    /// Finds what an earlier create of this attempt made, if anything: by planned id, idempotency
    /// key or the remote's own unique fields. Empty = nothing there.
    virtual Result<std::vector<Observation>> lookup_created(const Delivery& create) = 0;
    /// `count` ids that no record bears, for creates_need_planned_id.
    virtual Result<std::vector<RemoteId>> plan_ids(
        const std::string& entity, std::size_t count
    ) = 0;
    /// One receipt per delivery, in any order; a delivery without an answer gets InDoubt.
    virtual std::vector<Receipt> write(
        const std::string& entity, std::span<const Delivery> deliveries
    ) = 0;
    /// Waits, for at most `patience`, until something may have changed since the last read began:
    /// true as soon as it may. Only of what can_watch.
    virtual Result<bool> watch(const std::string& entity, std::chrono::milliseconds patience);
    /// Makes a watch() under way return soon, or the next one at once. From any thread.
    virtual void stop_watching() {}
};

inline Result<bool> Connection::watch(const std::string& entity, std::chrono::milliseconds) {
    return Error{
        ErrorCode::PluginUnsupported, Remedy::Stop, entity, "this connector does not watch"};
}

}  // namespace syncline::connect
