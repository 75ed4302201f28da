#pragma once

#include "bench/bench_hub.hpp"
#include "bench/edited_pair.hpp"
#include "bench/peer.hpp"

#include <memory>

namespace syncline::bench {

/// A running hub with two systems of the sql connector, set up as the how-to of SQL databases says:
/// triggers keep a journal of changed rows and notify.
class SynclinePeer final : public Peer {
public:
    /// Sets it up for the pair, and takes both databases in. Files go below `folder`.
    SynclinePeer(const EditedPair& pair, const std::filesystem::path& folder);

    std::string name() const override { return "syncline"; }
    std::string rule() const override;
    void start() override { running_ = hub_.start(); }
    void stop() override;
    double cpu_now() const override { return running_->cpu_now(); }
    /// Asks the hub to explain each of the customers' numbers.
    std::size_t count_kept(const std::vector<std::string>& lost) const override;

private:
    BenchHub hub_;
    std::filesystem::path folder_;
    std::unique_ptr<MeasuredProgram> running_;
};

}  // namespace syncline::bench
