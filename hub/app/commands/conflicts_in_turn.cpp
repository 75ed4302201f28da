// `conflicts decide`: one open conflict after the other, with a person at the terminal.

#include "app/commands/commands.hpp"
#include "app/commands/resolving.hpp"
#include "app/conflict_view.hpp"
#include "app/dialog.hpp"
#include "app/exit_code.hpp"
#include "app/keyed_answer.hpp"
#include "app/record_reference.hpp"
#include "sync/run/engine.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

constexpr const char* kHelp =
    "  a number  the value of that system, for everybody\n"
    "  h         the value that the hub has now\n"
    "  n         the newest: the provably later edit, where there is one\n"
    "  e         another value, which you type\n"
    "  r ...     a number, h or n after an r: makes it the rule, after showing what follows\n"
    "  s         skip it, q  end, ?  this help";

/// One question as it is shown, and what it needs to be answered.
struct Turn {
    std::string text;
    std::vector<SystemId> voices;
    std::vector<std::string> parts;  ///< of an address; empty: a plain field
    std::uint64_t version = 0;
};

class Walk {
public:
    explicit Walk(Session& session) : session_(session) {}

    int run() {
        std::vector<CaseId> open;
        const int read = read_hub(session_, [&](Workspace& workspace, Format) -> Result<int> {
            for (const Case& item : workspace.store().cases(CaseKind::Conflict, /*open_only=*/true))
                open.push_back(item.id);
            return kDone;
        });
        if (read != kDone) return read;
        for (std::size_t i = 0; i < open.size() && !ends_; ++i) {
            print_note("\n" + std::to_string(i + 1) + " of " + std::to_string(open.size()));
            if (const int code = decide(to_text(open[i])); code != kDone) return code;
        }
        print_line(
            open.empty() ? "no conflicts"
                         : "Decided: " + std::to_string(decided_) + "; skipped: " +
                               std::to_string(skipped_) + "; left: " + std::to_string(count_open())
        );
        return kDone;
    }

private:
    /// Until it is decided or skipped; what changed meanwhile is shown again.
    int decide(const std::string& id) {
        while (!ends_) {
            std::optional<Turn> turn;
            const int code = look(id, turn);
            if (code != kDone) return code;
            if (!turn) {
                print_note("  settled meanwhile");
                return kDone;
            }
            print_line(turn->text);
            if (answer(id, *turn)) return kDone;
        }
        return kDone;
    }

    int look(const std::string& id, std::optional<Turn>& turn) {
        return read_hub(session_, [&](Workspace& workspace, Format) -> Result<int> {
            SYNCLINE_TRY(const Case item, find_case(workspace.store(), Question::Conflict, id));
            if (!item.is_open()) return kDone;
            SYNCLINE_TRY(
                const auto rules, sync::compile_rules(workspace.hub(), workspace.fields())
            );
            SYNCLINE_TRY(ConflictView view, view_of(workspace, rules->rules, item));
            turn.emplace();
            turn->text = std::move(view.text);
            turn->voices = std::move(view.voices);
            turn->version = view.version;
            if (view.field->is_composite()) {
                for (const FieldPart& part : view.field->parts)
                    turn->parts.push_back(part.name);
            }
            return kDone;
        });
    }

    /// False: it is to be shown again.
    bool answer(const std::string& id, const Turn& turn) {
        std::optional<KeyedAnswer> keyed;
        const auto line =
            dialog_.ask("Number, h, n, e, r, s, q or ?", "", [&](const std::string& given) {
                keyed = read_keyed_answer(given, turn.voices.size(), "hne", "hn");
                return keyed ? "" : "one of the numbers is meant, or a letter; ? explains them";
            });
        if (!line || keyed->key == KeyedAnswer::Key::Quit) {  // or the end of the input
            ends_ = true;
            return true;
        }
        Resolution resolution;
        resolution.conflicts = {id};
        switch (keyed->key) {
            case KeyedAnswer::Key::Help:
                print_note(kHelp);
                return answer(id, turn);
            case KeyedAnswer::Key::Skip:
                ++skipped_;
                return true;
            case KeyedAnswer::Key::Number:
                resolution.take = turn.voices[keyed->number - 1].text();
                break;
            case KeyedAnswer::Key::Letter:
                if (keyed->letter == 'e' && !edit(turn, resolution)) {
                    ends_ = true;
                    return true;
                }
                resolution.stands = keyed->letter == 'h';
                resolution.newest = keyed->letter == 'n';
                break;
            case KeyedAnswer::Key::Quit:
                return true;
        }
        resolution.makes_rule = keyed->is_rule;
        if (!keyed->is_rule) resolution.if_version = turn.version;
        const std::size_t before = count_open();
        if (keyed->is_rule && !choose_pattern(resolution)) {
            ends_ = true;
            return true;
        }
        const int code = resolve(session_, resolution);
        if (!keyed->is_rule) {
            decided_ += code == kDone ? 1 : 0;
            return code == kDone;
        }
        const std::size_t settled = before - std::min(before, count_open());
        decided_ += settled;
        return settled > 0;
    }

    /// For which fields the rule is to be; false at the end of the input.
    bool choose_pattern(Resolution& resolution) {
        const auto given =
            dialog_.ask("For which fields: a path, or one as phones.*; empty for this field alone");
        if (given) resolution.pattern = *given;
        return given.has_value();
    }

    /// Asks for a value; false at the end of the input.
    bool edit(const Turn& turn, Resolution& resolution) {
        if (turn.parts.empty()) {
            const auto given = dialog_.ask("Value, empty for none");
            if (!given) return false;
            if (given->empty())
                resolution.clears = true;
            else
                resolution.value = *given;
            return true;
        }
        for (const std::string& part : turn.parts) {
            const auto given = dialog_.ask("  " + part + ", empty for none");
            if (!given) return false;
            if (!given->empty()) resolution.parts.push_back(part + "=" + *given);
        }
        resolution.clears = resolution.parts.empty();
        return true;
    }

    std::size_t count_open() {
        std::size_t count = 0;
        read_hub(session_, [&](Workspace& workspace, Format) -> Result<int> {
            count = workspace.store().cases(CaseKind::Conflict, /*open_only=*/true).size();
            return kDone;
        });
        return count;
    }

    Session& session_;
    Dialog dialog_;
    std::size_t decided_ = 0;
    std::size_t skipped_ = 0;
    bool ends_ = false;
};

int decide_conflicts(Session& session) {
    if (const auto there = expect_hub(session.places()); !there) return fail(there.error());
    if (Dialog::has_person()) return Walk(session).run();
    return fail(
        {ErrorCode::UsageInvalid,
         Remedy::Reject,
         "conflicts decide",
         "nobody is at a terminal here; use `conflicts list`, `conflicts show` and `conflicts "
         "resolve`"}
    );
}

}  // namespace

void add_decide_conflicts_command(CLI::App& conflicts, Session& session) {
    CLI::App* command =
        conflicts.add_subcommand("decide", "One after the other, with a person at the terminal");
    command->callback([&session] {
        session.command = [&session] { return decide_conflicts(session); };
    });
}

}  // namespace syncline::app
