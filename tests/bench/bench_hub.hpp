#pragma once

#include "bench/cost.hpp"
#include "bench/measured_program.hpp"
#include "codec/json.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace syncline::bench {

/// A hub in a folder with systems that are tables with triggers that keep a journal of changed
/// rows, behind the sql connector. Everything is made anew.
class BenchHub {
public:
    explicit BenchHub(std::filesystem::path folder);

    /// Connects a system that has a table `customers` and its journal. `database` and `journal` are
    /// these settings of the sql connector, `listen` the channel it listens on, if any.
    void connect(
        const std::string& name,
        const codec::Json& database,
        const codec::Json& journal,
        const std::string& listen = {}
    );
    /// Makes and connects a SQLite file whose table holds customers `first` to `first + count - 1`.
    void add_system(const std::string& name, std::size_t count, std::size_t first = 1);
    /// People give `edits` of its customers a new telephone number, in one transaction.
    /// `salt` makes the numbers of one round other ones than those of the rounds before.
    void edit(const std::string& name, std::size_t edits, std::size_t customers, std::size_t salt);
    /// How many of its rows bear the numbers of that round.
    std::size_t count_edited(
        const std::string& name, std::size_t edits, std::size_t customers, std::size_t salt
    ) const;

    /// Runs a command of the hub to its end.
    Cost run(const std::vector<std::string>& arguments, std::size_t count) const;
    /// `run --once`.
    Cost converge(std::size_t count) const { return run({"-q", "run", "--once"}, count); }
    /// The words that run a command of the hub.
    std::vector<std::string> command(const std::vector<std::string>& arguments) const;
    /// Starts the hub; it is ready when this returns.
    std::unique_ptr<MeasuredProgram> start() const;

    /// The hub's own folder.
    std::filesystem::path hub() const { return folder_ / "hub"; }
    std::filesystem::path database(const std::string& name) const;
    /// Bytes of hub.db and keys.db.
    std::uintmax_t stored_bytes() const;

private:
    void write_configuration() const;

    std::filesystem::path folder_;
    std::vector<std::string> systems_;  ///< best first
    std::map<std::string, codec::Json> settings_;
    bool is_made_ = false;
};

}  // namespace syncline::bench
