// `reviews decide`: one open review after the other, with a person at the terminal.

#include "app/commands/commands.hpp"
#include "app/dialog.hpp"
#include "app/exit_code.hpp"
#include "app/keyed_answer.hpp"
#include "app/record_reference.hpp"
#include "app/review_view.hpp"
#include "app/session.hpp"

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

/// One review as it is shown, and what it needs to be answered.
struct Turn {
    CaseKind kind = CaseKind::Association;
    std::string text;
    std::vector<CustomerId> customers;
};

/// What a review of this kind can be answered beside a number.
std::string letters_for(CaseKind kind) {
    switch (kind) {
        case CaseKind::Association:
            return "n";
        case CaseKind::Gone:
            return "cdx";
        case CaseKind::Duplicate:
        case CaseKind::Conflict:
            return "x";
    }
    return "";
}

std::string help_for(CaseKind kind) {
    std::string help;
    if (kind == CaseKind::Association)
        help =
            "  a number  it is this customer\n"
            "  n         it is none of them, but a customer of its own\n";
    if (kind == CaseKind::Gone)
        help =
            "  c         make the missing record again\n"
            "  d         delete the customer too; or the record that outlived them\n";
    if (kind != CaseKind::Association) help += "  x         close it, things stay as they are\n";
    return help + "  s         skip it, q  end, ?  this help";
}

std::string question_for(CaseKind kind) {
    switch (kind) {
        case CaseKind::Association:
            return "Number, n, s, q or ?";
        case CaseKind::Gone:
            return "c, d, x, s, q or ?";
        case CaseKind::Duplicate:
        case CaseKind::Conflict:
            break;
    }
    return "x, s, q or ?";
}

class Walk {
public:
    explicit Walk(Session& session) : session_(session) {}

    int run() {
        std::vector<CaseId> open;
        const int read = read_hub(session_, [&](Workspace& workspace, Format) -> Result<int> {
            for (const Case& item : workspace.store().cases(std::nullopt, /*open_only=*/true)) {
                if (item.kind != CaseKind::Conflict) open.push_back(item.id);
            }
            return kDone;
        });
        if (read != kDone) return read;
        for (std::size_t i = 0; i < open.size() && !ends_; ++i) {
            print_note("\n" + std::to_string(i + 1) + " of " + std::to_string(open.size()));
            if (const int code = decide(to_text(open[i])); code != kDone) return code;
        }
        print_line(
            open.empty() ? "no reviews"
                         : "Decided: " + std::to_string(decided_) +
                               "; skipped: " + std::to_string(skipped_) +
                               "; left: " + std::to_string(open.size() - decided_)
        );
        return kDone;
    }

private:
    int decide(const std::string& id) {
        std::optional<Turn> turn;
        const int code = read_hub(session_, [&](Workspace& workspace, Format) -> Result<int> {
            SYNCLINE_TRY(const Case item, find_case(workspace.store(), Question::Review, id));
            if (!item.is_open()) return kDone;
            ReviewView view = view_of(workspace, item);
            turn = Turn{item.kind, std::move(view.text), std::move(view.customers)};
            return kDone;
        });
        if (code != kDone) return code;
        if (!turn) {
            ++decided_;
            print_note("  settled meanwhile");
            return kDone;
        }
        print_line(turn->text);
        while (!ends_ && !answer(id, *turn)) {
        }
        return kDone;
    }

    /// False: it is asked again.
    bool answer(const std::string& id, const Turn& turn) {
        std::optional<KeyedAnswer> keyed;
        const std::size_t listed = turn.kind == CaseKind::Association ? turn.customers.size() : 0;
        const auto line = dialog_.ask(question_for(turn.kind), "", [&](const std::string& given) {
            keyed = read_keyed_answer(given, listed, letters_for(turn.kind), "");
            return keyed ? "" : "one of those is meant; ? explains them";
        });
        if (!line || keyed->key == KeyedAnswer::Key::Quit) {  // or the end of the input
            ends_ = true;
            return true;
        }
        Json params{{"review", id}, {"user", current_user()}};
        switch (keyed->key) {
            case KeyedAnswer::Key::Help:
                print_note(help_for(turn.kind));
                return false;
            case KeyedAnswer::Key::Skip:
                ++skipped_;
                return true;
            case KeyedAnswer::Key::Number:
                params["answer"] = "link";
                params["record"] = to_text(turn.customers[keyed->number - 1]);
                break;
            case KeyedAnswer::Key::Letter:
            case KeyedAnswer::Key::Quit:
                params["answer"] = keyed->letter == 'n'   ? "new"
                                   : keyed->letter == 'c' ? "recreate"
                                   : keyed->letter == 'd' ? "delete"
                                                          : "dismiss";
                break;
        }
        int exit_code = kDone;
        const auto done = change_hub(session_, "answer_review", params, exit_code);
        if (!done) return false;
        print_line("Settled: " + done->at("state").get<std::string>() + ".");
        ++decided_;
        return true;
    }

    Session& session_;
    Dialog dialog_;
    std::size_t decided_ = 0;
    std::size_t skipped_ = 0;
    bool ends_ = false;
};

int decide_reviews(Session& session) {
    if (const auto there = expect_hub(session.places()); !there) return fail(there.error());
    if (Dialog::has_person()) return Walk(session).run();
    return fail(
        {ErrorCode::UsageInvalid,
         Remedy::Reject,
         "reviews decide",
         "nobody is at a terminal here; use `reviews list`, `reviews show`, and `reviews link`, "
         "`new` or `dismiss`"}
    );
}

}  // namespace

void add_decide_reviews_command(CLI::App& reviews, Session& session) {
    CLI::App* command =
        reviews.add_subcommand("decide", "One after the other, with a person at the terminal");
    command->callback([&session] {
        session.command = [&session] { return decide_reviews(session); };
    });
}

}  // namespace syncline::app
