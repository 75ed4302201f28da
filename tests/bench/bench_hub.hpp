#pragma once

#include "bench/cost.hpp"
#include "bench/measured_program.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace syncline::bench {

/// A hub in a folder with systems that are tables in SQLite files, with triggers that keep a
/// journal of changed rows, behind the sql connector. Everything is made anew.
class BenchHub {
public:
    explicit BenchHub(std::filesystem::path folder);

    /// Connects a system whose table holds customers `first` to `first + count - 1`.
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
    /// Starts the hub; it is ready when this returns.
    std::unique_ptr<MeasuredProgram> start() const;

    std::filesystem::path database(const std::string& name) const;
    /// Bytes of hub.db and keys.db.
    std::uintmax_t stored_bytes() const;

private:
    void write_configuration() const;
    std::vector<std::string> command(const std::vector<std::string>& arguments) const;

    std::filesystem::path folder_;
    std::vector<std::string> systems_;
    bool is_made_ = false;
};

}  // namespace syncline::bench
