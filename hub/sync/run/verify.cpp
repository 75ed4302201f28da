#include "sync/run/verify.hpp"

#include "sync/run/check_invariants.hpp"
#include "sync/run/verification.hpp"
#include "sync/run/workbench.hpp"

#include <algorithm>
#include <utility>

namespace syncline::sync {

ParityClass class_of(const RecordVerdict& record) {
    ParityClass gravest = ParityClass::Equal;
    for (const FieldVerdict& field : record.fields)
        gravest = std::max(gravest, class_of(field.parity));
    return gravest;
}

void SystemParity::add(const RecordVerdict& record) {
    for (const FieldVerdict& field : record.fields) {
        if (field.parity == Parity::MissingThere) return void(++missing);
        if (field.parity == Parity::UnknownThere) return void(++unknown);
    }
    ++compared;
    switch (class_of(record)) {
        case ParityClass::Equal:
            ++equal;
            return;
        case ParityClass::Explained:
            ++explained;
            return;
        case ParityClass::Unread:
            ++unread;
            return;
        case ParityClass::Unconfirmed:
            ++unconfirmed;
            return;
        case ParityClass::Pending:
            ++pending;
            return;
        case ParityClass::Drift:
            ++different;
            return;
    }
}

struct Verifier::Body {
    Body(EngineParts parts, std::unique_ptr<CompiledRules> compiled)
        : bench(std::move(parts), std::move(compiled)) {}
    Workbench bench;
};

Verifier::Verifier(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Verifier::~Verifier() = default;

Result<std::unique_ptr<Verifier>> Verifier::create(EngineParts parts) {
    auto compiled = compile_rules(*parts.hub, *parts.fields);
    if (!compiled) return std::move(compiled).error();
    return std::unique_ptr<Verifier>(
        new Verifier(std::make_unique<Body>(std::move(parts), std::move(compiled).value()))
    );
}

SystemParity Verifier::verify(const SystemId& system, const VerifyOptions& options) {
    Workbench& bench = body_->bench;
    SystemParity parity;
    parity.system = system;
    const store::SystemState state = bench.state_of(system);
    if (state.paused) {
        parity.paused_by = state.paused_by.empty() ? "operator" : state.paused_by;
        return parity;
    }
    Station& station = bench.station(system);
    auto done = bench.reach(station);
    if (done) done = Verification(bench, station, options, parity).run();
    if (!done) parity.error = done.error();
    return parity;
}

std::vector<Breach> Verifier::check_invariants() {
    // What a system can do decides what is owed to it.
    for (Station& station : body_->bench.stations())
        static_cast<void>(body_->bench.reach(station));
    return sync::check_invariants(body_->bench);
}

const Rules& Verifier::rules() const {
    return body_->bench.rules();
}

}  // namespace syncline::sync
