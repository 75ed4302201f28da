#pragma once

#include "support/world.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace syncline::testing {

/// A world drawn from a seed: two to four systems of different character, the customers they know,
/// and people who work in them. Without people and faults it comes to rest.
class RandomWorld {
public:
    explicit RandomWorld(std::uint64_t seed, Memory memory = Memory::InMemory);

    World* operator->() { return world_.get(); }
    FakeSystem& operator[](const std::string& system) { return (*world_)[system]; }
    const std::vector<std::string>& systems() const { return names_; }
    const FakeSystem::Character& character(const std::string& system) const {
        return characters_.at(system);
    }
    SeededRandom& random() { return random_; }

    /// People edit, add, remove and mistype, requests fail, the hub passes now and then. What is
    /// left is anything: values owed, contested, set aside, refused, deferred.
    void live(int events);
    /// A customer becomes known in some systems, with values that its records may not agree on.
    void add_customer();
    void edit_something();
    /// A system by chance.
    std::string any_system() { return names_[random_.below(names_.size())]; }
    /// One of its records that are there and readable; "" when it has none.
    RemoteId any_record(const std::string& system);
    /// A value of a remote field that nobody typed before.
    std::string new_value(const std::string& remote);

private:
    Member draw_member(const std::string& name, bool may_be_deferred);
    void cause_trouble();

    SeededRandom random_;
    std::vector<std::string> names_;
    std::map<std::string, FakeSystem::Character> characters_;
    std::map<std::string, std::map<RemoteId, bool>> unreadable_;
    std::uint64_t customers_ = 0;
    std::uint64_t values_ = 0;
    std::unique_ptr<World> world_;
};

/// 1 … count; SYNCLINE_SEEDS=FIRST:COUNT chooses others, to try many or one.
std::vector<std::uint64_t> seeds(std::uint64_t count);

/// Remote field names of every fake system, by canonical path of the mapped leaf.
const std::map<std::string, std::string>& remote_fields();

}  // namespace syncline::testing
