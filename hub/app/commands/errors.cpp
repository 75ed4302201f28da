#include "app/commands/commands.hpp"
#include "app/error_advice.hpp"
#include "app/exit_code.hpp"
#include "base/error_catalogue.hpp"
#include "base/text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::app {
namespace {

using codec::Json;

/// "not_found", "[not_found]", as a message ends with it, or "402".
Result<ErrorCode> wanted_code(std::string word) {
    std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
    std::vector<std::string> names;
    for (const ErrorEntry& entry : error_catalogue()) {
        if (word == entry.name || word == std::to_string(static_cast<unsigned>(entry.code)))
            return entry.code;
        names.emplace_back(entry.name);
    }
    const std::string near = nearest(ascii_lower(word), names);
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        "",
        "there is no error \"" + word + "\"" +
            (near.empty() ? "; `syncline errors list` shows all of them"
                          : "; did you mean \"" + near + "\"?")};
}

Json texts(std::span<const std::string_view> list) {
    Json json = Json::array();
    for (const std::string_view text : list)
        json.push_back(text);
    return json;
}

Json document_of(const ErrorEntry& entry) {
    Json document{
        {"code", entry.name},
        {"number", static_cast<unsigned>(entry.code)},
        {"group", entry.group},
        {"meaning", entry.meaning},
        {"causes", texts(entry.causes)},
        {"fixes", texts(entry.fixes)}};
    document["who"] = Json::array();
    for (const Mender mender : entry.who)
        document["who"].push_back(name(mender));
    document["shows"] = texts(entry.shows);
    document["exit_code"] = entry.exit_code;
    document["see"] = Json::array();
    for (const std::string_view page : entry.see)
        document["see"].push_back("docs/" + std::string(page));
    return document;
}

std::string bullets(std::span<const std::string_view> list, const std::string& command) {
    std::string text;
    for (const std::string_view item : list)
        text += "  - " + with_commands_of(item, command) + "\n";
    return text;
}

std::string text_of(const ErrorEntry& entry, const std::string& command) {
    std::string text =
        std::string(entry.name) + " (" + std::to_string(static_cast<unsigned>(entry.code)) + ")\n" +
        std::string(entry.meaning) + "\n\nlikely causes\n" + bullets(entry.causes, command) +
        "\nwhat to do\n" + bullets(entry.fixes, command) + "\nwho: ";
    for (const Mender mender : entry.who)
        text += (mender == entry.who.front() ? "" : ", then ") + std::string(title(mender));
    text += "\nexit code: " + std::to_string(entry.exit_code) + "\n";
    for (const std::string_view page : entry.see)
        text += "more: docs/" + std::string(page) + "\n";
    return text;
}

int explain_error(Session& session, const std::string& word) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    const auto code = wanted_code(word);
    if (!code) return fail(code.error());
    const ErrorEntry& entry = entry_of(*code);
    print(document_of(entry), *format, text_of(entry, command_of(session)));
    return kDone;
}

int list_errors(Session& session) {
    const auto format = session.format();
    if (!format) return fail(format.error());
    Listing listing;
    listing.noun = "errors";
    listing.columns = {
        {"number", "NUMBER"},
        {"code", "CODE"},
        {"group", "GROUP"},
        {"exit_code", "EXIT"},
        {"meaning", "MEANING"}};
    for (const ErrorEntry& entry : error_catalogue())
        listing.rows.push_back(
            {static_cast<unsigned>(entry.code),
             entry.name,
             entry.group,
             entry.exit_code,
             entry.meaning}
        );
    print(listing, *format);
    return kDone;
}

}  // namespace

void add_error_commands(CLI::App& app, Session& session) {
    CLI::App* errors = app.add_subcommand("errors", "What errors mean, and what to do");
    errors->require_subcommand(1);
    CLI::App* list = errors->add_subcommand("list", "Every error");
    add_format(*list, session);
    list->callback([&] { session.command = [&] { return list_errors(session); }; });
    const auto code = std::make_shared<std::string>();
    CLI::App* explain =
        errors->add_subcommand("explain", "What one error means, its likely causes, what to do");
    explain->add_option("code", *code, "Its name or number, as in [not_found]")->required();
    add_format(*explain, session);
    explain->callback([&session, code] {
        session.command = [&session, code] { return explain_error(session, *code); };
    });
}

}  // namespace syncline::app
