// Taking runs back in random worlds: every system is afterwards as it was, whatever the run did.

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

using Records = std::map<std::string, std::map<RemoteId, std::map<std::string, std::string>>>;

const std::vector<std::string> kSystems{"erp", "books", "desk"};

/// A hub over three systems of drawn characters, and people who type.
class RandomWorld {
public:
    explicit RandomWorld(unsigned seed) : dice_(seed) {
        std::vector<Member> members;
        for (const std::string& name : kSystems) {
            FakeSystem::Character character;
            character.conditional_write = coin();
            character.states_what_it_stored = coin();
            if (below(4) == 0) character.version = connect::VersionKind::None;
            // What a system makes of a write is known as such where it says so.
            if (below(5) == 0) character.upper_cases = character.states_what_it_stored = true;
            if (below(5) == 0) character.cut_at = 9;
            if (character.version == connect::VersionKind::None)
                character.conditional_write = false;
            Member made = member(name, character);
            made.setting.rights.create = below(3) != 0;
            made.setting.rights.remove = coin();
            if (character.cut_at != 0) mapped(made.setting, "name").limit_characters = 9;
            members.push_back(std::move(made));
        }
        world_ = std::make_unique<World>(std::move(members));
    }

    World& operator*() { return *world_; }
    World* operator->() { return world_.get(); }
    bool coin() { return below(2) == 0; }
    int below(int limit) { return static_cast<int>(dice_() % static_cast<unsigned>(limit)); }

    Records records() {
        Records all;
        for (const std::string& name : kSystems) {
            all[name] = (*world_)[name].records();
            for (auto& [id, fields] : all[name])
                std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
        }
        return all;
    }

    /// A customer that some of the systems know, not always by the same values.
    void add_customer() {
        const std::string number = std::to_string(++customers_);
        for (const std::string& name : kSystems) {
            if (below(3) == 0) continue;
            std::map<std::string, std::string> fields{{"vat", vat(customers_)}};
            fields["name"] = "Firm " + number;
            if (coin()) fields["email"] = word() + "@firm" + number + ".example";
            if (coin()) fields["city"] = word();
            (*world_)[name].add(fields);
        }
    }

    struct Edit {
        std::string system;
        RemoteId id;
        std::string field;
    };
    /// People type in some records; what they typed, as the systems hold it.
    std::vector<Edit> edit(int times) {
        std::vector<Edit> edits;
        for (int i = 0; i < times; ++i) {
            const std::string& name = kSystems[static_cast<std::size_t>(below(3))];
            const auto all = (*world_)[name].records();
            if (all.empty()) continue;
            auto record = all.begin();
            std::advance(record, below(static_cast<int>(all.size())));
            const std::string field = coin() ? "email" : coin() ? "city" : "name";
            std::string value = below(4) == 0 && field != "name" ? "" : word();
            if (field == "email" && !value.empty()) value += "@firm.example";
            (*world_)[name].edit(record->first, field, value);
            edits.push_back({name, record->first, field});
        }
        return edits;
    }

    /// One pass, and the run that it was; nil when it did nothing.
    RunId pass() {
        const auto last = [&] {
            const auto runs = world_->store().runs(1);
            return runs.empty() ? RunId{} : runs.front().id;
        };
        const RunId before = last();
        world_->pass();
        return last() == before ? RunId{} : last();
    }

    /// Without the records that a run made where the hub may not delete: they stay.
    Records without(Records records, const Records& before, bool all = false) const {
        for (auto& entry : records) {
            const auto& systems = world_->hub().systems;
            const auto system = std::find_if(systems.begin(), systems.end(), [&](const auto& one) {
                return one.id.text() == entry.first;
            });
            if (system->rights.remove && !all) continue;
            const auto& known = before.at(entry.first);
            std::erase_if(entry.second, [&](const auto& one) {
                return !known.contains(one.first);
            });
        }
        return records;
    }

private:
    std::string word() {
        static const std::vector<std::string> words{
            "Gent", "Brugge", "Leuven", "Mons", "Namur", "Oostende", "gent", "Anderlecht"};
        return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
    }
    static std::string vat(int number) {
        const int first = 40'000'000 + number;  // eight digits, then what makes it divisible
        std::string check = std::to_string(97 - first % 97);
        if (check.size() == 1) check = "0" + check;
        return "BE0" + std::to_string(first).substr(1) + check;
    }

    std::mt19937 dice_;
    std::unique_ptr<World> world_;
    int customers_ = 0;
};

std::string text_of(const Records& records) {
    std::string text;
    for (const auto& [name, all] : records) {
        for (const auto& [id, fields] : all) {
            text += name + ":" + id.text();
            for (const auto& [field, value] : fields)
                text += " " + field + "=" + value;
            text += "\n";
        }
    }
    return text;
}

sync::UndoReport undo(World& world, const RunId& run) {
    world.clock.advance(std::chrono::seconds{1});
    auto done = world.engine().undo(run, "ann");
    if (!done) {
        ADD_FAILURE() << done.error().detail;
        return {};
    }
    return std::move(done).value();
}

class Undo : public ::testing::TestWithParam<unsigned> {};

TEST_P(Undo, LeavesEverySystemAsItWasBeforeTheRun) {
    RandomWorld world(GetParam());
    for (int i = 0; i < 3; ++i)
        world.add_customer();
    const bool is_first_contact = world.below(3) == 0;
    if (!is_first_contact) {
        world->settle();
        if (world.coin()) world.add_customer();
        world.edit(1 + world.below(6));
    }
    const Records before = world.records();
    const RunId run = world.pass();
    if (run.is_nil()) return;
    const Records after = world.records();

    const sync::UndoReport report = undo(*world, run);
    EXPECT_EQ(text_of(world.without(world.records(), before)), text_of(before))
        << "the run had made:\n"
        << text_of(after);
    for (const sync::UndoItem& item : report.items) {
        EXPECT_NE(item.state, sync::UndoItem::State::Due) << item.system.text() << item.reason;
        const bool is_write = item.what == sync::UndoItem::What::Write;
        EXPECT_FALSE(is_write && item.state == sync::UndoItem::State::Skipped)
            << item.system.text() << ":" << item.remote_id.text() << " " << item.reason;
    }
    for (int i = 0; i < 3; ++i)
        world->pass();
    EXPECT_EQ(text_of(world.without(world.records(), before)), text_of(before))
        << "something was written over afterwards";

    const auto twice = world->engine().undo(run, "ann");
    ASSERT_FALSE(twice.has_value());
    EXPECT_NE(twice.error().detail.find(to_text(report.undo)), std::string::npos);

    undo(*world, report.undo);
    EXPECT_EQ(
        text_of(world.without(world.records(), before, true)),
        text_of(world.without(after, before, true))
    ) << "an undo can be undone, but for what it deleted";
}

TEST_P(Undo, KeepsWhatPeopleTypedSince) {
    RandomWorld world(GetParam());
    for (int i = 0; i < 3; ++i)
        world.add_customer();
    world->settle();
    world.edit(1 + world.below(6));
    const RunId run = world.pass();
    if (run.is_nil()) return;
    const Records left = world.records();
    const auto edits = world.edit(1 + world.below(4));
    const Records typed = world.records();
    undo(*world, run);
    const Records now = world.records();
    for (const auto& edit : edits) {
        auto was = typed.at(edit.system).at(edit.id);
        auto is = now.at(edit.system).at(edit.id);
        auto had = left.at(edit.system).at(edit.id);
        if (was[edit.field] == had[edit.field]) continue;  // the same as the run left: no edit
        EXPECT_EQ(is[edit.field], was[edit.field]) << edit.system << ":" << edit.id.text();
    }
    for (const std::string& name : kSystems)
        EXPECT_TRUE((*world)[name].lost_edits().empty());
}

INSTANTIATE_TEST_SUITE_P(Worlds, Undo, ::testing::Range(0U, 60U));

}  // namespace
}  // namespace syncline::testing
