#pragma once

#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace syncline::app {

/// A command as a person would type it, without "syncline", and what it is for.
struct Example {
    std::string_view words;
    std::string_view purpose;
};

/// The examples of a command, by its path: "records merge". None for a group of commands.
std::span<const Example> examples_of(std::string_view path);

/// Makes the help of every command begin with its examples.
void put_examples_first(CLI::App& app);

}  // namespace syncline::app
