#include "app/approval.hpp"

#include "app/output.hpp"

namespace syncline::app {
namespace {

std::string held(const std::vector<std::string>& systems) {
    return "syncline: a safety threshold holds the writes to " + listed(systems);
}

std::string apply_command(const std::string& command, const std::string& file) {
    return "`" + command + " apply " + as_shell_word(file) +
           " --yes`; that writes what the plan lists, over the threshold and without asking. "
           "Without --yes it shows the plan and asks first";
}

}  // namespace

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string how_to_approve(const std::string& command, const std::vector<std::string>& systems) {
    return held(systems) + ". See what would be written with `" + command +
           " plan -o plan.json`, and approve it with " + apply_command(command, "plan.json");
}

std::string how_to_approve(
    const std::string& command, const std::vector<std::string>& systems, const std::string& file
) {
    return held(systems) + ". Approve them with " + apply_command(command, file);
}

}  // namespace syncline::app
