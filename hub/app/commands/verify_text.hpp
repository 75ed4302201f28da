#pragma once

#include "app/output.hpp"
#include "app/workspace.hpp"
#include "sync/run/verify.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace syncline::app {

/// What a verification came to.
struct Verified {
    std::vector<sync::SystemParity> systems;
    std::vector<sync::Breach> breaches;
};

/// Prints a verification: for people the differences, else what was found about every field.
class VerifyOutput {
public:
    struct Shown {
        bool all = false;     ///< every difference, not 50
        bool values = false;  ///< the values that differ: personal data
    };
    VerifyOutput(const Workspace& workspace, Format format, Shown shown)
        : workspace_(workspace), format_(format), shown_(shown) {}

    void add(const SystemId& system, std::span<const sync::RecordVerdict> records);
    /// `command`: how the person calls this hub.
    void finish(const Verified& verified, const std::string& command);

private:
    std::string path_of(FieldId field) const;
    void add_difference(
        const SystemId& system, const RemoteId& record, const sync::FieldVerdict& field
    );
    void print_for_people(const Verified& verified, const std::string& command) const;
    codec::Json document_of(const Verified& verified) const;
    std::string text_of(const sync::Breach& breach) const;

    const Workspace& workspace_;
    const Format format_;
    const Shown shown_;
    std::vector<std::string> differences_;
    std::uint64_t left_out_ = 0;
    std::vector<std::vector<codec::Json>> rows_;
};

}  // namespace syncline::app
