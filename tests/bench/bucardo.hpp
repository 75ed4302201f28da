#pragma once

#include "bench/edited_pair.hpp"
#include "bench/peer.hpp"

#include <cstdio>
#include <filesystem>

namespace syncline::bench {

/// Bucardo with its own control database in the server of the pair, as its package sets it up:
/// woken by its triggers, conflicts decided by `bucardo_latest`. Whatever happens to this process,
/// it is ended.
class Bucardo final : public Peer {
public:
    /// Are the packages there? Those that Debian 12 has it in: kPackages.
    static bool is_installed();
    static constexpr const char* kPackages = "bucardo postgresql-plperl-15";

    /// Sets it up for the pair. Files go below `folder`. Throws what it says when it fails.
    Bucardo(const EditedPair& pair, std::filesystem::path folder);
    ~Bucardo() override;

    std::string name() const override { return "bucardo"; }
    std::string rule() const override;
    void start() override;
    void stop() override;
    double cpu_now() const override;
    /// Looks for them in its control database and in its logs.
    std::size_t count_kept(const std::vector<std::string>& lost) const override;

private:
    /// Runs its command; what it printed.
    std::string command(const std::vector<std::string>& words) const;
    pid_t daemon() const;

    std::filesystem::path folder_;
    std::FILE* after_us_ = nullptr;
};

}  // namespace syncline::bench
