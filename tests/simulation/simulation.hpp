#pragma once

#include "support/world.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline::testing {

/// What one seed came to.
struct SimulationOutcome {
    std::uint64_t seed = 0;
    std::uint64_t trace_hash = 0;  ///< of every event and of the systems' final records
    std::uint64_t edits = 0;       ///< by the systems' own people
    std::uint64_t faults = 0;      ///< injected, crashes among them
    std::uint64_t writes = 0;      ///< of the hub
    std::chrono::milliseconds simulated{0};
    std::map<std::string, std::uint64_t> met;  ///< what happened, and how often: for coverage
    std::vector<std::string> violations;  ///< of the invariants of docs/explanation/guarantees.md
    std::vector<std::string> trace;       ///< every event, when asked for
};

/// A hub's lifetime in one thread: the real engine over the real store, and two to five imitated
/// systems of different character. Everything that happens is drawn from the seed: what people
/// type, which requests are lost before or after they did their work, which arrive long after the
/// hub gave them up, when the hub dies between two steps, what an operator decides. After the
/// chaos the faults end, the hub comes to rest, and the systems' own records and logs are compared
/// with what it holds.
class Simulation {
public:
    enum class Trace { HashOnly, Keep };
    explicit Simulation(std::uint64_t seed, Trace trace = Trace::HashOnly);
    ~Simulation();

    SimulationOutcome run();

private:
    struct Person {  ///< a customer as the world knows it, whatever the hub thinks
        std::string vat;
        std::map<std::string, RemoteId> records;  ///< system -> the record its people made
    };

    static std::vector<Member> draw_members(SeededRandom& random);
    void adjust(HubSetting& hub);

    // One event each.
    void people_act();
    void add_customer();
    void edit_record();
    void remove_or_restore();
    void operator_acts();
    void something_breaks();
    void hub_passes();
    void late_requests_land();

    void come_to_rest();
    bool decide_everything();
    void check_rest();
    void check_agreement();
    void check_nothing_invented();
    void check_nothing_lost();
    void check_no_duplicates();
    void count_what_was_met();

    std::string new_value(const std::string& field);
    /// What another system holds of the same customer: people there were told first. "" = nothing.
    std::string told_elsewhere(
        const std::string& system,
        const std::map<std::string, std::string>& record,
        const std::string& field
    );
    FakeSystem& any_system();
    /// Has the field's people's log of any record of this customer the value?
    bool was_typed(
        const sync::Aggregate& customer, const std::string& remote, const std::string& value
    );
    void note(const std::string& event);
    void note_progress();
    void violate(const std::string& what) { outcome_.violations.push_back(what); }
    std::vector<sync::Aggregate> all_customers();

    SeededRandom random_;
    Trace keep_;
    SimulationOutcome outcome_;
    std::vector<std::string> names_;
    std::map<std::string, FakeSystem::Character> characters_;
    std::unique_ptr<World> world_;
    std::vector<Person> people_;
    std::uint64_t next_value_ = 1;
};

/// The remote field that a canonical path is mapped to in every imitated system.
const std::vector<std::pair<std::string, std::string>>& simulated_fields();

}  // namespace syncline::testing
