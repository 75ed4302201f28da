// The completion scripts, in the shells they are for.

#include "support/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace syncline::testing {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
    return fs::path(::testing::TempDir()) / "cli-completion";
}

/// The script of a shell, in a file.
std::string script(const std::string& shell) {
    fs::create_directories(folder());
    const Ended printed =
        run_program({std::string(BUILD_ROOT) + "/bin/syncline", "completion", shell}, folder());
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    const fs::path file = folder() / ("syncline." + shell);
    write_file(file, printed.out);
    return file.string();
}

std::string says(const std::vector<std::string>& words) {
    const Ended ended = run_program(words, folder());
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    return ended.out;
}

TEST(CommandLineScenario, BashCompletesCommandsAndOptions) {
    const std::string in = "source " + script("bash") + "; ";
    const auto completed = [&](const std::string& words, int at) {
        return says(
            {"/bin/bash",
             "-c",
             in + "COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                 "; _syncline; echo \"${COMPREPLY[*]}\""}
        );
    };
    EXPECT_EQ(completed("syncline rec", 1), "records\n");
    EXPECT_EQ(completed("syncline -C demo/hub records sh", 4), "show\n");
    EXPECT_EQ(completed("syncline records show --out", 3), "--output\n");
    EXPECT_EQ(completed("syncline records show x --as", 4), "--as-of\n");
    EXPECT_EQ(completed("syncline records nonsense", 2), "\n");
}

TEST(CommandLineScenario, FishCompletesCommandsAndSaysWhatTheyAreFor) {
    if (!fs::exists("/usr/bin/fish"))
        GTEST_SKIP() << "fish is not installed: its completion is NOT TESTED";
    const std::string in = "source " + script("fish") + "; complete -C ";
    EXPECT_EQ(
        says({"/usr/bin/fish", "--no-config", "-c", in + "'syncline -C demo/hub records sh'"}),
        "show\tOne record with its values and links\n"
    );
}

TEST(CommandLineScenario, ZshTakesItsScript) {
    if (!fs::exists("/usr/bin/zsh"))
        GTEST_SKIP() << "zsh is not installed: its completion is NOT TESTED";
    // An interactive zsh, typed to. Each wait ends as soon as the text is there.
    const fs::path typing = folder() / "typing.zsh";
    write_file(
        typing,
        "zmodload zsh/zpty\n"
        "zpty z env TERM=xterm zsh -f -i\n"
        "zpty -w z \"autoload -U compinit; compinit -u -D; source " +
            script("zsh") +
            "; PS1='REA''DY> '\"\n"
            "zpty -r -m z out '*READY> *'\n"
            "zpty -w -n z $'syncline -C demo/hub records sh\\t'\n"
            "zpty -r -m z out '*records show*'\n"
            "print completed\n"
    );
    EXPECT_EQ(
        says({"/usr/bin/timeout", "30", "/usr/bin/zsh", "-f", typing.string()}), "completed\n"
    );
}

}  // namespace
}  // namespace syncline::testing
