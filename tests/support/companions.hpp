#pragma once

#include "support/core_fixture.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace syncline::testing {

/// What happens to a write on its way.
enum class Way { Stored, StoredUntold, LostAfter, LostBefore, NotSent, Lingers };

/// Two to four systems that hold one phone number, and a hub's memory of them. People edit, the hub
/// reads and writes, answers are lost. Only the pure core takes part; requests and readings take
/// turns, in the order in which they are called here.
///
/// Values are 1 to 9, and 0 for nothing; every other system stores them in the national spelling.
class Companions {
public:
    Companions(int systems, const PolicySetting& policy);

    std::size_t size() const { return remotes_.size(); }
    int count() const { return static_cast<int>(size()); }

    void edit(int system, int value);
    /// What a reading shows now; the hub takes it in when it is absorbed.
    Observation see(int system);
    void absorb(const Observation& seen);
    void read(int system) { absorb(see(system)); }
    bool owes(int system);
    /// The write that is owed, if any.
    void write(int system, Way way);
    /// A request that lingered reaches its system, if its condition still holds.
    void land(std::size_t request);
    std::size_t on_their_way() const { return late_.size(); }
    /// Reads and writes until nothing is owed.
    void settle_all();

    std::size_t versions() const;
    /// The canonical value, and how it stands in each system.
    std::vector<std::string> outcome();
    /// Do all systems hold what stands?
    bool agree();

    /// What a system holds: 0 to 9.
    int held(int system) const;

    /// All that later steps depend on.
    struct Remote {
        std::string text;
        int token = 1;
        bool is_unread = false;  ///< its people edited it since it was read
    };
    struct Request {
        int system = 0;
        std::string text;
        std::string if_version;
    };
    struct State {
        sync::Aggregate aggregate;
        std::vector<Remote> remotes;
        std::vector<Request> late;
        int now = 0;
    };
    State state() const { return {bench.aggregate, remotes_, late_, now_}; }
    void restore(const State& state);
    /// The state as text, the same for states that differ in nothing but the names of moments,
    /// versions and ids: what can follow is the same.
    std::string print() const;

    Bench bench;
    std::vector<FieldChange> journal;
    std::size_t edits_seen = 0;
    std::vector<std::string> lost;         ///< edits that neither stand nor are in the journal
    std::vector<std::string> overwritten;  ///< edits that a write replaced before they were read

private:
    std::size_t index(int system) const { return static_cast<std::size_t>(system) % size(); }
    Remote& at(int system) { return remotes_[index(system)]; }
    int index_of(const SystemId& system) const;
    void store(int system, const std::string& sent);
    void decide();

    std::vector<Remote> remotes_;
    std::vector<Request> late_;
    int now_ = 100;
};

}  // namespace syncline::testing
