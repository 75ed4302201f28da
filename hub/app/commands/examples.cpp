#include "app/commands/examples.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace syncline::app {
namespace {

struct Examples {
    std::string_view path;
    std::array<Example, 3> list;  ///< unused ones are empty
};

constexpr Examples kExamples[] = {
    {"init",
     {{{"-C hub init", "asks, and makes a hub in ./hub"},
       {"-C hub init --id acme --country AT", "asks nothing"},
       {"-C hub init --country AT --passphrase env:HUB_PASSPHRASE", "no root key on the disk"}}}},
    {"check",
     {{{"-C hub check", "configuration, connectors and systems"},
       {"-C hub check --offline", "the configuration alone"}}}},
    {"doctor",
     {{{"-C hub doctor", "what is wrong, and what to do"},
       {"-C hub doctor --offline -o json", "for a monitor that asks no system"}}}},
    {"config validate", {{{"-C hub config validate", "before a reload"}}}},
    {"config show",
     {{{"-C hub config show", "what somebody wrote"},
       {"-C hub config show --effective", "defaults too, with where each comes from"}}}},
    {"config export",
     {{{"-C hub config export", "the whole configuration as one document"},
       {"-C hub config export --to copy", "as files, into another folder"}}}},
    {"config reload",
     {{{"-C hub config reload", "the running hub goes on with the changed files"}}}},
    {"run",
     {{{"-C hub run", "until Ctrl-C"}, {"-C hub run --once", "until nothing is left to do"}}}},
    {"status",
     {{{"-C hub status", "how each system stands"},
       {"-C hub status --watch", "a live screen"},
       {"-C hub status --fail-on-conflict -o json", "for a monitor"}}}},
    {"plan",
     {{{"-C hub plan", "what would be written, and why"},
       {"-C hub plan -o plan.json", "to be applied as it is"},
       {"-C hub plan --release crm", "what would follow if crm took part"}}}},
    {"apply",
     {{{"-C hub apply plan.json", "shows it and asks"},
       {"-C hub apply plan.json --yes", "for a script"}}}},
    {"verify",
     {{{"-C hub verify", "every system"},
       {"-C hub verify erp --all --values", "where erp differs, and how"}}}},
    {"backup",
     {{{"-C hub backup", "into backups/ of the hub"},
       {"-C hub backup /mnt/nas/hub --keys /media/usb", "data and keys, apart"}}}},
    {"backup verify",
     {{{"-C hub backup verify /mnt/nas/hub/hub-20261201T020000Z.db", "can it be restored?"}}}},
    {"restore",
     {{{"-C hub restore /mnt/nas/hub/hub-20261201T020000Z.db --dry-run", "only looks"},
       {"-C hub restore /mnt/nas/hub/hub-20261201T020000Z.db", "asks, and puts it back"}}}},
    {"explain", {{{"-C hub explain erp:17 phones.main.number", "why this value, and who has it"}}}},
    {"records list", {{{"-C hub records list -o csv", "all of them, for a spreadsheet"}}}},
    {"records find", {{{"-C hub records find \"gulden reiger\"", "both words, in any value"}}}},
    {"records show",
     {{{"-C hub records show erp:17", "by its id in a system"},
       {"-C hub records show erp:17 --as-of 2026-11-30", "as it was"}}}},
    {"records history", {{{"-C hub records history erp:17", "everything that happened to it"}}}},
    {"records restore",
     {{{"-C hub records restore erp:17 --as-of 2h --field name", "one value, of two hours ago"},
       {"-C hub records restore erp:17 --as-of 2026-11-30", "the whole record; asks"}}}},
    {"records merge",
     {{{"-C hub records merge erp:17 erp:203 --dry-run", "what it would mean"},
       {"-C hub records merge erp:17 erp:203", "asks; erp:17 survives"}}}},
    {"records unmerge", {{{"-C hub records unmerge erp:17", "shows it and asks"}}}},
    {"records link",
     {{{"-C hub records link erp:17 helpdesk:24", "this ticket user is that customer"}}}},
    {"records unlink", {{{"-C hub records unlink erp:17 helpdesk:24", "and is somebody else"}}}},
    {"records delete",
     {{{"-C hub records delete erp:17 --dry-run", "what happens in each system"}}}},
    {"records undelete", {{{"-C hub records undelete erp:17", "brings them back"}}}},
    {"runs list", {{{"-C hub runs list", "the last runs"}}}},
    {"runs show", {{{"-C hub runs show 3f9a0c12", "what it did"}}}},
    {"runs undo",
     {{{"-C hub runs undo 3f9a0c12 --dry-run", "what would be taken back"},
       {"-C hub runs undo 3f9a0c12", "asks, and takes it back in every system"}}}},
    {"conflicts list", {{{"-C hub conflicts list", "fields that wait for a person"}}}},
    {"conflicts show", {{{"-C hub conflicts show 3f9a0c12", "who says what, since when"}}}},
    {"conflicts resolve",
     {{{"-C hub conflicts resolve 3f9a0c12 --take erp", "what erp says"},
       {"-C hub conflicts resolve --field \"phones.*\" --newest --dry-run", "what it would settle"},
       {"-C hub conflicts resolve 3f9a0c12 --take erp --make-rule", "shows the rule, and asks"}}}},
    {"conflicts decide", {{{"-C hub conflicts decide", "one after the other, side by side"}}}},
    {"reviews list", {{{"-C hub reviews list", "records that wait for a person"}}}},
    {"reviews show", {{{"-C hub reviews show 3f9a0c12", "the record, and whom it may be"}}}},
    {"reviews link",
     {{{"-C hub reviews link 3f9a0c12", "it is the one candidate"},
       {"-C hub reviews link 3f9a0c12 erp:17", "it is this customer"}}}},
    {"reviews new", {{{"-C hub reviews new 3f9a0c12", "it is nobody we know"}}}},
    {"reviews recreate",
     {{{"-C hub reviews recreate 3f9a0c12", "makes the missing record again"}}}},
    {"reviews delete", {{{"-C hub reviews delete 3f9a0c12", "deletes the customer too"}}}},
    {"reviews dismiss", {{{"-C hub reviews dismiss 3f9a0c12", "things stay as they are"}}}},
    {"reviews decide", {{{"-C hub reviews decide", "one after the other, side by side"}}}},
    {"quarantine list",
     {{{"-C hub quarantine list", "each item"},
       {"-C hub quarantine list --group", "counted by system, error and field"}}}},
    {"quarantine show", {{{"-C hub quarantine show 12", "with the values that were read"}}}},
    {"quarantine retry",
     {{{"-C hub quarantine retry 12 13", "these two"},
       {"-C hub quarantine retry --system erp", "everything of erp"}}}},
    {"errors list", {{{"errors list", "every error that the hub knows"}}}},
    {"errors explain", {{{"errors explain remote_conflict", "what it means, and what to do"}}}},
    {"systems list", {{{"-C hub systems list", "how each is reached"}}}},
    {"systems show", {{{"-C hub systems show erp", "state, rights and mapping"}}}},
    {"systems add",
     {{{"-C hub systems add", "asks step by step"},
       {"-C hub systems add crm --connector sql --set database.sqlite=crm.db --set "
        "entities.customer.table=clients --set entities.customer.key=id --set "
        "entities.customer.columns=name,tel --map-known",
        "asks nothing"}}}},
    {"systems release", {{{"-C hub systems release crm", "shows what follows, and asks"}}}},
    {"systems pause", {{{"-C hub systems pause erp", "while it is repaired"}}}},
    {"systems resume", {{{"-C hub systems resume erp", "and works again"}}}},
    {"systems resync",
     {{{"-C hub systems resync erp 17", "one record, now"},
       {"-C hub systems resync erp", "everything, with the next reading"}}}},
    {"systems test",
     {{{"-C hub systems test erp", "everything that the hub relies on"},
       {"-C hub systems test erp --save-again 17", "and whether a saved record stays as it is"}}}},
    {"map preview",
     {{{"-C hub map preview erp", "the first records, there and here"},
       {"-C hub map preview erp --record 17", "this one"}}}},
    {"connectors list", {{{"connectors list", "what can be connected"}}}},
    {"demo create", {{{"demo create --dir demo", "makes it, and runs nothing"}}}},
    {"demo run",
     {{{"demo run", "four systems in ./demo, kept in sync"},
       {"demo run --once --dir /tmp/demo", "ends when nothing is left to do"}}}},
    {"sandbox request-tracker",
     {{{"sandbox request-tracker --folder desk --port 8080", "an imitated helpdesk"}}}},
    {"completion",
     {{{"completion bash > /etc/bash_completion.d/syncline", "for everybody on this machine"},
       {"completion fish > ~/.config/fish/completions/syncline.fish", "for you"}}}},
};

/// "records merge" of the parser of that command.
std::string path_of(const CLI::App& app) {
    if (app.get_parent() == nullptr) return "";
    const std::string above = path_of(*app.get_parent());
    return above.empty() ? app.get_name() : above + " " + app.get_name();
}

/// The usual help, with the examples between what a command is for and how it is called.
class HelpWithExamples final : public CLI::Formatter {
public:
    std::string make_description(const CLI::App* app) const override {
        std::string text = Formatter::make_description(app);
        const auto examples = examples_of(path_of(*app));
        if (examples.empty()) return text;
        std::size_t widest = 0;
        constexpr std::size_t kWidest = 60;  // a longer one has its purpose on a line of its own
        for (const Example& example : examples) {
            if (example.words.size() <= kWidest) widest = std::max(widest, example.words.size());
        }
        text += "\nExamples:\n";
        for (const auto& [words, purpose] : examples) {
            text += "  syncline " + std::string(words);
            if (words.size() > kWidest)
                text += "\n" + std::string(2 + std::string_view("syncline ").size() + widest, ' ');
            else
                text += std::string(widest - words.size(), ' ');
            text += "  " + std::string(purpose) + "\n";
        }
        return text + "\n";
    }
};

void use(CLI::App& app, const std::shared_ptr<CLI::FormatterBase>& formatter) {
    app.formatter(formatter);
    for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        use(*command, formatter);
}

}  // namespace

std::span<const Example> examples_of(std::string_view path) {
    for (const Examples& examples : kExamples) {
        if (examples.path != path) continue;
        const auto end =
            std::find_if(examples.list.begin(), examples.list.end(), [](const Example& example) {
                return example.words.empty();
            });
        return {examples.list.begin(), end};
    }
    return {};
}

void put_examples_first(CLI::App& app) {
    use(app, std::make_shared<HelpWithExamples>());
}

}  // namespace syncline::app
