#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "model/field_value.hpp"
#include "model/flat_map.hpp"
#include "model/ids.hpp"
#include "model/raw_fields.hpp"
#include "model/stamp.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace syncline {

/// Of which canonical version a shadow's raw value is an accepted image.
struct Base {
    enum class Kind : std::uint8_t {
        Fresh = 0,    ///< never compared with the canonical record yet (first contact)
        Image = 1,    ///< an accepted image of `version`
        Foreign = 2,  ///< a value the hub does not accept: lost conflict, drift. Will be re-pushed
        Contested = 3,  ///< waits for a person; neither side is written over
        Invalid = 4,    ///< could not be read by the mapping; quarantined, not pushed over
    };
    Kind kind = Kind::Fresh;
    Version version;

    static Base image_of(Version version) { return {Kind::Image, version}; }
    bool is_image_of(Version of) const { return kind == Kind::Image && version == of; }
    friend bool operator==(const Base&, const Base&) = default;
};

/// What the remote was last seen to hold in one field: raw, and of what that is an image.
struct Shadow {
    RawFields raw;  ///< only the remote fields this field is mapped to
    Base base;
    Timestamp seen_at{};   ///< when the request of the last read that showed `raw` was sent
    bool is_ours = false;  ///< `raw` is what the hub's last write left: nobody touched it since
    friend bool operator==(const Shadow&, const Shadow&) = default;
};

/// The last value that the remote's own people authored in one field. Our own writes never change
/// it; conflict decisions and unmerge read it.
struct Contribution {
    FieldValue value;
    Version version;
    EditInterval interval;
    friend bool operator==(const Contribution&, const Contribution&) = default;
};

/// The two stored memories of one field of one link. The third, the attempts, are rows of their
/// own.
struct LinkField {
    std::optional<Shadow> shadow;              ///< nothing: the remote was never seen to have it
    std::optional<Contribution> contribution;  ///< nothing: its people never said anything
    /// Consecutive answered pushes after which a fresh read still showed the old value.
    std::uint8_t ignored_pushes = 0;
    friend bool operator==(const LinkField&, const LinkField&) = default;
};

enum class LinkState : std::uint8_t {
    Unassociated = 0,  ///< read, but not yet known to be which customer (`customer` is provisional)
    Active = 1,
    Gone = 2,        ///< the remote proved that the record is no more
    OutOfScope = 3,  ///< left the configured scope; kept, not synchronised
    Suspended = 4,   ///< its customer was deleted and the record stays: nothing is taken from it
    Condemned = 5,   ///< its customer was deleted, and a person said that the record goes too
};
std::string_view name(LinkState state);

/// What a record is to its customer among the records of one system.
enum class LinkRole : std::uint8_t {
    Primary = 0,    ///< read and written; a customer has at most one in a system
    Secondary = 1,  ///< one more record of the same customer, or a former one: read, never written
};
std::string_view name(LinkRole role);

/// A remote record and the customer it belongs to.
struct Link {
    LinkId id;
    SystemId system;
    std::string entity;  ///< remote object type: "customer"
    RemoteId remote_id;
    /// Counts the records that bore this id one after the other: an id that is used again after its
    /// record was gone names another record.
    std::uint32_t generation = 0;
    CustomerId customer;
    LinkState state = LinkState::Unassociated;
    LinkRole role = LinkRole::Primary;
    std::uint64_t row_version = 0;  ///< of the stored row; 0 = not stored yet
    std::string token;              ///< the remote's own version when last read; "" = none
    Timestamp modified_at{};        ///< the remote's own time of change; the epoch = not told
    Timestamp read_at{};            ///< when the request of the last read was sent
    FlatMap<FieldId, LinkField> fields;
    friend bool operator==(const Link&, const Link&) = default;
};

}  // namespace syncline
