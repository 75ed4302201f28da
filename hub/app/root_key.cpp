#include "app/root_key.hpp"

#include "app/dialog.hpp"
#include "app/output.hpp"
#include "connect/manifest.hpp"

#include <map>
#include <optional>
#include <utility>

namespace syncline::app {
namespace {

Result<vault::Passphrase> ask_passphrase(const HubSetting& hub, RootKeyUse use) {
    Dialog dialog;
    for (;;) {
        SYNCLINE_TRY(
            std::string typed, dialog.ask_secret("Passphrase of the hub \"" + hub.id + "\"")
        );
        if (use == RootKeyUse::Again) return vault::Passphrase(std::move(typed));
        if (typed.size() < vault::Passphrase::kShortest) {
            print_note("  too short: at least 12 bytes; five random words are a good one");
            continue;
        }
        SYNCLINE_TRY(const std::string again, dialog.ask_secret("The same once more"));
        if (typed == again) return vault::Passphrase(std::move(typed));
        print_note("  the two differ");
    }
}

}  // namespace

Result<vault::RootKeySource> root_key_of(const HubSetting& hub, RootKeyUse use) {
    if (hub.root_key.passphrase.empty()) return vault::RootKeySource(hub.root_key.file);
    // The commands of the command line run in one thread; a running hub asks before it starts more.
    static std::map<std::string, vault::Passphrase> typed;  // by hub
    if (const auto known = typed.find(hub.id); known != typed.end())
        return vault::RootKeySource(known->second);
    const bool is_kept = hub.root_key.passphrase != "ask";
    if (is_kept) {
        auto secret = connect::read_secret(hub.root_key.passphrase, hub.store_folder);
        if (secret) return vault::RootKeySource(vault::Passphrase(*std::move(secret)));
        if (!Dialog::has_person()) {
            Error refused = secret.error();
            refused.where = "keys.root.passphrase";
            return refused;
        }
    }
    if (!Dialog::has_person()) {
        return Error{
            ErrorCode::KeyMissing,
            Remedy::Reconfigure,
            "keys.root.passphrase",
            "the passphrase of this hub is asked for, and nobody is there; call this in a "
            "terminal, "
            "or name where it is kept: { \"$secret\": \"env:NAME\" }, file: or credential:"};
    }
    SYNCLINE_TRY(vault::Passphrase passphrase, ask_passphrase(hub, use));
    return vault::RootKeySource(typed.emplace(hub.id, std::move(passphrase)).first->second);
}

std::string root_key_text(const HubSetting& hub) {
    return hub.root_key.passphrase.empty() ? hub.root_key.file : "its passphrase";
}

}  // namespace syncline::app
