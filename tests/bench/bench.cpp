// `./dev bench`: what the hub costs, beside a program that does the least there is to do.

#include "bench/measures.hpp"
#include "bench/peers.hpp"
#include "codec/json.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
namespace bench = syncline::bench;

struct Options {
    bench::Sizes sizes;
    std::string json;
    fs::path folder;
    std::set<std::string> only;  ///< empty: everything that needs no peer
    bool has_peers = false;
    bool has_bucardo = true;

    bool wants(const std::string& name) const {
        return only.empty() ? !has_peers : only.contains(name);
    }
};

constexpr int kMissingPackages = 3;
constexpr const char* kUsage =
    "usage: bench [--json FILE] [--tiny] [--large] [--import N] [--folder DIR] [MEASURE...]\n"
    "       bench --peers [--without-bucardo] [--json FILE] [--tiny] [--folder DIR] [MEASURE...]\n"
    "measures: import, propagation, latency, scale; all unless named\n"
    "--peers compares the hub with Bucardo, between two PostgreSQL databases\n";

/// Of everything so little that it takes seconds: to see that it works.
bench::Sizes tiny() {
    bench::Sizes sizes;
    sizes.import = 300;
    sizes.customers = 60;
    sizes.edits = 60;
    sizes.single_edits = 5;
    sizes.small = 50;
    sizes.middle = 100;
    sizes.scale_edits = 20;
    sizes.matched = 30;
    sizes.peer_customers = 200;
    sizes.peer_edits = 100;
    sizes.peer_conflicts = 10;
    sizes.peer_rounds = 1;
    sizes.peer_single_edits = 4;
    return sizes;
}

bool read(int argc, char** argv, Options& options) {
    const std::set<std::string> known{"import", "propagation", "latency", "scale"};
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const bool has_value = i + 1 < argc;
        if (word == "--json" && has_value)
            options.json = argv[++i];
        else if (word == "--folder" && has_value)
            options.folder = argv[++i];
        else if (word == "--import" && has_value)
            options.sizes.import = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--peers")
            options.has_peers = true;
        else if (word == "--without-bucardo")
            options.has_bucardo = false;
        else if (word == "--tiny")
            options.sizes = tiny();
        else if (word == "--large")
            options.sizes.large = 1'000'000;
        else if (known.contains(word))
            options.only.insert(word);
        else
            return false;
    }
    return options.sizes.import > 0;
}

bool write_json(const std::string& file, const bench::Figures& figures) {
    auto json = syncline::codec::Json::object();
    for (const auto& [name, value] : figures)
        json[syncline::codec::Json::json_pointer("/" + name)] = value;
    std::ofstream out(file);
    out << syncline::codec::to_pretty(json) << "\n";
    return static_cast<bool>(out.flush());
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    options.folder = fs::temp_directory_path() / ("syncline-bench-" + std::to_string(::getpid()));
    if (!read(argc, argv, options)) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    if (const std::string missing =
            options.has_peers ? bench::missing_for_peers(options.has_bucardo) : "";
        !missing.empty()) {
        std::fprintf(
            stderr,
            "bench: nothing was measured: install what is missing with apt-get install %s\n",
            missing.c_str()
        );
        return kMissingPackages;
    }
    bench::Figures figures;
    try {
        fs::create_directories(options.folder);
        if (options.wants("import")) bench::measure_import(options.sizes, options.folder, figures);
        if (options.wants("propagation"))
            bench::measure_propagation(options.sizes, options.folder, figures);
        if (options.wants("latency"))
            bench::measure_latency(options.sizes, options.folder, figures);
        if (options.wants("scale")) bench::measure_scale(options.sizes, options.folder, figures);
        if (options.has_peers)
            bench::measure_peers(options.sizes, options.has_bucardo, options.folder, figures);
        fs::remove_all(options.folder);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench: %s\n", failure.what());
        return 1;
    }
    if (!options.json.empty() && !write_json(options.json, figures)) {
        std::fprintf(stderr, "bench: cannot write %s\n", options.json.c_str());
        return 1;
    }
    return 0;
}
