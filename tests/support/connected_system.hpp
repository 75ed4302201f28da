#pragma once

#include "connect/open_connection.hpp"
#include "support/fakes.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace syncline::testing {

using Json = nlohmann::ordered_json;

/// Where the build has put the connectors that are shipped, and those made for tests.
connect::Installation shipped_connectors();
connect::Installation test_connectors();

/// An empty folder of the running test's own.
std::filesystem::path fresh_folder();
/// Writes a file, and the folders above it.
void place_file(const std::filesystem::path& file, const std::string& bytes);
std::string file_bytes(const std::filesystem::path& file);

/// What one read handed over.
struct Reading {
    std::vector<Observation> records;
    std::vector<std::string> cursors;
    std::vector<std::size_t> pages;  ///< how many records each held
    std::optional<connect::ReadSummary> summary;
    std::optional<Error> error;

    const Observation* find(const std::string& id) const;
    /// The text of a field; "(absent)" when it was not read, "(null)" for null.
    std::string text(const std::string& id, const std::string& field) const;
    std::string token(const std::string& id) const;
};

std::string text_in(const RawFields& fields, const std::string& name);

/// A system behind its real connector: the shared library, run by the real child host.
class ConnectedSystem {
public:
    ConnectedSystem(
        const std::string& connector,
        const Json& settings,
        connect::Installation installation = shipped_connectors()
    );

    connect::Connection& operator*() { return *connection_; }
    connect::Connection* operator->() { return connection_.get(); }

    Reading read(connect::ReadRequest request = full());
    static connect::ReadRequest full();
    static connect::ReadRequest after(const std::string& cursor);
    static connect::ReadRequest peek();

    std::vector<Observation> lookup(const std::vector<std::string>& ids);
    /// A change of one record; "(null)" clears.
    static Delivery change(
        const std::string& id,
        const std::string& if_version,
        const RawFields& patch,
        const RawFields& whole = {}
    );
    static Delivery deletion(const std::string& id, const std::string& if_version = {});
    /// A new record, with its own attempt; `planned` is "" where the remote numbers it.
    Delivery creation(const RawFields& whole, const std::string& planned = {});
    Receipt write(const Delivery& delivery);

    /// The configuration maps this remote field. Before the first call.
    void map(const std::string& remote) {
        setting_.mapping.emplace_back().remotes.push_back(remote);
    }

    FakeClock& clock() { return clock_; }
    MemoryLog& log() { return log_; }

private:
    SystemSetting setting_;
    FakeClock clock_;
    MemoryLog log_;
    SeededRandom random_;
    std::unique_ptr<connect::Connection> connection_;
};

}  // namespace syncline::testing
