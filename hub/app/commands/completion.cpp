#include "app/commands/commands.hpp"
#include "app/exit_code.hpp"
#include "app/output.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace syncline::app {
namespace {

/// What can follow a command: its subcommands, or its options.
struct Words {
    std::string path;  ///< "records show", "" for the program itself
    std::vector<std::pair<std::string, std::string>> commands;  ///< and what each is for
    std::vector<std::pair<std::string, std::string>> options;   ///< "--output", and what it is for
};

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

void gather(const CLI::App& app, const std::string& path, std::vector<Words>& all) {
    Words words;
    words.path = path;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames())
            words.options.emplace_back("--" + name, option->get_description());
    }
    for (const CLI::App* command : subcommands_of(app))
        words.commands.emplace_back(command->get_name(), command->get_description());
    all.push_back(words);
    for (const CLI::App* command : subcommands_of(app))
        gather(
            *command, path.empty() ? command->get_name() : path + " " + command->get_name(), all
        );
}

/// In single quotes, for any of the shells.
std::string in_quotes(const std::string& text) {
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? "’" : std::string(1, c);
    return result + "'";
}

/// Words that begin a command are joined to its path; what else stands there is skipped.
std::string bash_script(const std::vector<Words>& all) {
    std::string paths, cases;
    for (const Words& words : all) {
        if (!words.path.empty()) paths += (paths.empty() ? "" : "|") + in_quotes(words.path);
        std::string list;
        for (const auto& [command, about] : words.commands)
            list += command + " ";
        for (const auto& [option, about] : words.options)
            list += option + " ";
        cases += "        " + in_quotes(words.path) + ") words=" + in_quotes(list) + " ;;\n";
    }
    return "# Completion of syncline for bash.\n"
           "_syncline() {\n"
           "    local path='' word words='' i\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        word=\"${path:+$path }${COMP_WORDS[i]}\"\n"
           "        case \"$word\" in\n"
           "        " +
           paths +
           ") path=$word ;;\n"
           "        esac\n"
           "    done\n"
           "    case \"$path\" in\n" +
           cases +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "}\n"
           "complete -o default -F _syncline syncline\n";
}

std::string zsh_script(const std::vector<Words>& all) {
    return "#compdef syncline\n"
           "autoload -U +X bashcompinit && bashcompinit\n" +
           bash_script(all);
}

std::string fish_script(const std::vector<Words>& all) {
    std::string script =
        "# Completion of syncline for fish.\n"
        "function __syncline_at\n"
        "    set -l path ''\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        set -l longer (string trim -- \"$path $word\")\n"
        "        contains -- $longer $__syncline_paths; and set path $longer\n"
        "    end\n"
        "    test \"$path\" = \"$argv\"\n"
        "end\n"
        "set -g __syncline_paths";
    for (const Words& words : all) {
        if (!words.path.empty()) script += " " + in_quotes(words.path);
    }
    script += "\n";
    for (const Words& words : all) {
        const std::string begin = "complete -c syncline -n '__syncline_at " + words.path + "' ";
        for (const auto& [command, about] : words.commands)
            script += begin + "-f -a " + command + " -d " + in_quotes(about) + "\n";
        for (const auto& [option, about] : words.options)
            script += begin + "-l " + option.substr(2) + " -d " + in_quotes(about) + "\n";
    }
    return script;
}

}  // namespace

void add_completion_command(CLI::App& app, Session& session) {
    CLI::App* command = app.add_subcommand("completion", "Print the completion script of a shell");
    const auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([&app, &session, shell] {
        session.command = [&app, shell] {
            std::vector<Words> all;
            gather(app, "", all);
            const std::string script = *shell == "bash"  ? bash_script(all)
                                       : *shell == "zsh" ? zsh_script(all)
                                                         : fish_script(all);
            std::fputs(script.c_str(), stdout);
            return kDone;
        };
    });
}

}  // namespace syncline::app
