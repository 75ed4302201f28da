#pragma once

#include "support/world.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

namespace syncline::testing {

/// Two systems with one customer; then erp's people typed a new phone number and the hub carried
/// it.
class Carried {
public:
    explicit Carried(FakeSystem::Character desk = {})
        : world({member("erp"), member("desk", desk)}) {
        erp_id = world["erp"].add({{"name", "Acme"}, {"phone", "02 555 01 01"}, {"vat", kVat}});
        desk_id = world["desk"].add({{"name", "Acme"}, {"phone", "02/555.01.01"}, {"vat", kVat}});
        world.settle();
    }

    void carry() {
        world["erp"].edit(erp_id, "phone", "02 555 01 02");
        world.pass();
        run = world.store().runs(1).front().id;
    }
    Result<sync::UndoReport> undo() {
        world.clock.advance(std::chrono::seconds{1});
        return world.engine().undo(run, "ann");
    }
    std::string phone(const std::string& system) {
        const RemoteId& id = system == "erp" ? erp_id : desk_id;
        return world[system].record(id).at("phone");
    }
    std::size_t count(
        const sync::UndoReport& report, sync::UndoItem::What what, sync::UndoItem::State state
    ) {
        return static_cast<std::size_t>(std::count_if(
            report.items.begin(),
            report.items.end(),
            [&](const auto& item) { return item.what == what && item.state == state; }
        ));
    }

    static constexpr const char* kVat = "BE0000000480";
    World world;
    RemoteId erp_id, desk_id;
    RunId run;
};

}  // namespace syncline::testing
