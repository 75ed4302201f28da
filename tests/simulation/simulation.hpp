#pragma once

#include "support/world.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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
    int events = 0;                ///< that could happen
    std::chrono::milliseconds simulated{0};
    std::map<std::string, std::uint64_t> met;  ///< what happened, and how often: for coverage
    std::vector<std::string> violations;  ///< of the invariants of docs/explanation/guarantees.md
    std::vector<std::string> trace;       ///< every event, when asked for
};

/// A hub's lifetime in one thread: the real engine over the real store, and two to six imitated
/// systems of different character. Everything that happens is drawn from the seed: what people
/// type, which requests are lost before or after they did their work, which arrive long after the
/// hub gave them up, when the hub dies between two steps, what an operator decides. After the
/// chaos the faults end, the hub comes to rest, and the systems' own records and logs are compared
/// with what it holds.
class Simulation {
public:
    enum class Trace { HashOnly, Keep };
    /// Each event draws from its own stream, so that a run `without` some of them (by number) is
    /// the same in all others: that is how a failing seed is shrunk.
    explicit Simulation(
        std::uint64_t seed, Trace trace = Trace::HashOnly, std::set<int> without = {}
    );
    ~Simulation();

    SimulationOutcome run();

private:
    struct Person {  ///< a customer as the world knows it, whatever the hub thinks
        std::string vat;
        std::map<std::string, RemoteId> records;  ///< system -> the record its people made
    };

    static std::vector<Member> draw_members(SeededRandom& random);
    void adjust(HubSetting& hub);
    void draw_policies(HubSetting& hub);

    // Restores: see restores.cpp.
    struct Restores {
        std::string system;  ///< that is restored in this life; "" = none
        int system_backed_up = 0;
        int system_restored = 0;
        bool has_system_backup = false;
        bool of_hub = false;  ///< the hub's memory is put back too: its world lies on a disk
        int hub_backed_up = 0;
        int hub_restored = 0;
        bool has_hub_backup = false;
    };
    Restores draw_restores(std::uint64_t seed) const;
    void restores_before(int event);
    void an_outage_passes(FakeSystem& system);
    void restore_system();
    void back_up_hub();
    void restore_hub();
    bool answer_holds(bool all);
    void approve();
    void retry_quarantined();
    using Asked = std::map<std::string, std::size_t>;  ///< system -> writes asked of it
    Asked asked_of_held();
    void check_held(const Asked& before);

    // One event each.
    void people_act();
    void add_customer();
    void edit_record();
    void remove_or_restore();
    void merge_remotely();
    void operator_acts();
    void resolve_one();
    void act_on_records();
    void answer_about_gone(const Case& item);
    sync::ValueAnswer any_answer();
    void undo_something();
    void tell_undone(const sync::UndoReport& report);
    void tell_act(const std::string& what, bool done);
    void something_breaks();
    void hub_passes();
    /// Does something of the hub's, which may die between two of its steps and is started again
    /// then: false.
    bool lives_through(const std::function<void()>& what);
    void late_requests_land();
    void edit_during_a_pass();

    void come_to_rest();
    bool decide_everything();
    void check_rest();
    void check_nothing_held_in_silence();
    void check_agreement();
    void check_nothing_invented();
    std::string last_typed(
        const std::string& system, const RemoteId& id, const std::string& remote
    );
    void check_nothing_lost();
    void check_no_duplicates();
    void check_deletions();
    void check_merge_and_back();
    /// Of a system's unique field: values that a record waits for because another has them, and who
    /// waits.
    struct Awaited {
        std::set<std::string> values;
        std::set<RemoteId> records;
    };
    Awaited awaited(const std::string& system);
    using Records = std::map<std::string, std::map<RemoteId, std::map<std::string, std::string>>>;
    Records everything();
    void count_what_was_met();

    std::string new_value(const std::string& field);
    /// What another system holds of the same customer: people there were told first. "" = nothing.
    std::string told_elsewhere(
        const std::string& system,
        const std::map<std::string, std::string>& record,
        const std::string& field
    );
    FakeSystem& any_system();
    /// Has somebody typed the value into this field, in any system? Values are not typed twice by
    /// chance.
    bool was_typed(const std::string& remote, const std::string& value);
    bool is_a_copy(
        const std::vector<FakeSystem::Character>& copying,
        const std::string& remote,
        const std::string& value
    );
    bool is_in_unknown_create(
        const sync::Aggregate& aggregate, const std::string& remote, const std::string& value
    );
    bool was_decided(const std::string& path, const std::string& value);
    bool may_be_a_copy(const std::string& remote, const std::string& value);
    void note(const std::string& event);
    void note_progress();
    void tell_memory();
    void remember(const std::string& line);
    void violate(const std::string& what) { outcome_.violations.push_back(what); }
    std::vector<sync::Aggregate> all_customers();
    std::optional<CustomerId> any_customer(CustomerState state);
    void concern(const CustomerId& customer);
    const std::set<std::string>& known_values(const std::string& path);

    SeededRandom random_;
    Trace keep_;
    SimulationOutcome outcome_;
    std::vector<std::string> names_;
    std::map<std::string, FakeSystem::Character> characters_;
    std::unique_ptr<World> world_;
    std::vector<Person> people_;
    const std::set<int> without_;
    std::set<CustomerId> merged_away_;
    /// VAT numbers of customers whom an operator merged, separated, deleted or brought back: that
    /// they have one record in a system each is the operator's business.
    std::set<std::string> by_hand_;
    Restores restores_;
    std::set<std::string> went_back_;  ///< systems that were restored
    bool hub_went_back_ = false;
    /// What was typed, by system and number, that a restored hub cannot know any more.
    std::set<std::pair<std::string, std::size_t>> forgotten_;
    std::map<std::string, std::set<std::string>> known_;  ///< path -> values in any journal
    std::uint64_t next_value_ = 1;
};

/// The remote field that a canonical path is mapped to in every imitated system.
const std::vector<std::pair<std::string, std::string>>& simulated_fields();

}  // namespace syncline::testing
