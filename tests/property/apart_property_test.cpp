// Who was told apart stays so through any merges and separations, until a person joins the two.

#include "support/world.hpp"
#include "sync/core/apart.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <rapidcheck/gtest.h>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline::testing {
namespace {

using Record = std::pair<SystemId, RemoteId>;

/// Customers with a record each, whom people join and separate.
class Lives {
public:
    Lives()
        : world_({member("erp"), member("books")}, [](HubSetting& hub) {
              for (SystemSetting& system : hub.systems)
                  system.rights.create = false;
          }) {
        for (const char* system : {"erp", "books"}) {
            for (int i = 0; i < 3; ++i) {
                const std::string name = system + std::to_string(i);
                const RemoteId id = world_[system].add({{"name", name}, {"email", name + "@x.be"}});
                records_.emplace_back(SystemId{system}, id);
            }
        }
        world_.settle();
    }

    const Record& record(std::size_t drawn) const { return records_[drawn % records_.size()]; }
    sync::Aggregate customer_of(const Record& record) {
        return world_.customer_of(record.first.text(), record.second);
    }
    CustomerId owner(const Record& record) { return customer_of(record).customer.id; }

    void merge(const Record& one, const Record& other) {
        const CustomerId loser = owner(other);
        if (owner(one) == loser) return;
        RC_ASSERT(world_.engine().merge(owner(one), loser, {}, "ann", sync::Carry::Out));
        merged_.push_back(loser);
    }
    void unmerge(std::size_t drawn) {
        if (merged_.empty()) return;
        static_cast<void>(  // refused where it was taken back before
            world_.engine().unmerge(merged_[drawn % merged_.size()], "ann", sync::Carry::Out)
        );
    }
    void unlink(const Record& record) {
        const CustomerId whole = owner(record);
        const auto done = world_.engine().unlink_record(
            whole, record.first, record.second, "ann", sync::Carry::Out
        );
        if (!done) return;  // it was the only one
        Record rest;
        for (const Record& other : records_) {
            if (other == record || owner(other) != whole) continue;
            if (rest.second.empty() || other < rest) rest = other;
        }
        told_.emplace_back(record, rest);
    }

    void check() {
        std::erase_if(told_, [&](const auto& pair) {
            return owner(pair.first) == owner(pair.second);
        });
        for (const auto& [one, other] : told_)
            RC_ASSERT(sync::are_apart(customer_of(one), owner(other)));
        for (const Case& item : world_.store().cases(CaseKind::Apart, /*open_only=*/false)) {
            if (!item.keeps_apart()) continue;
            const CustomerId& other = item.candidates.front().customer;
            RC_ASSERT(item.customer != other);
            const std::vector<CustomerId> ids{item.customer, other};
            for (const Customer& customer : world_.store().customers(ids))
                RC_ASSERT(customer.state == CustomerState::Active);
        }
    }

private:
    World world_;
    std::vector<Record> records_;
    std::vector<CustomerId> merged_;
    std::vector<std::pair<Record, Record>> told_;
};

RC_GTEST_PROP(ApartProperty, HoldsUntilThePairIsJoined, ()) {
    using Act = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;
    Lives lives;
    for (const auto& [what, one, other] : *rc::gen::container<std::vector<Act>>(rc::gen::tuple(
             rc::gen::inRange<std::uint8_t>(0, 5),
             rc::gen::inRange<std::uint8_t>(0, 6),
             rc::gen::inRange<std::uint8_t>(0, 6)
         ))) {
        if (what < 2)
            lives.merge(lives.record(one), lives.record(other));
        else if (what < 4)
            lives.unlink(lives.record(one));
        else
            lives.unmerge(one);
        lives.check();
    }
}

}  // namespace
}  // namespace syncline::testing
