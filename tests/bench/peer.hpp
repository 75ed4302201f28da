#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace syncline::bench {

/// A program that keeps the tables `customers` of two databases equal while people edit both.
class Peer {
public:
    Peer() = default;
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    virtual ~Peer() = default;

    /// Its name in figures.
    virtual std::string name() const = 0;
    /// By which rule it decides who stands where both sides edited one field.
    virtual std::string rule() const = 0;

    virtual void start() = 0;
    virtual void stop() = 0;
    /// User and system time in seconds of all its processes since start().
    virtual double cpu_now() const = 0;

    /// How many telephone numbers that lost it can still tell somebody who asks: `lost[i]` is what
    /// lost to another one of customer i + 1. It runs.
    virtual std::size_t count_kept(const std::vector<std::string>& lost) const = 0;
};

}  // namespace syncline::bench
