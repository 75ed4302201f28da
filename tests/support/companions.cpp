#include "support/companions.hpp"

#include "support/world.hpp"
#include "sync/core/adopt.hpp"
#include "sync/core/pending.hpp"
#include "sync/core/settle.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace syncline::testing {
namespace {

const std::vector<std::string> kSystems{"erp", "books", "desk", "shop"};

std::string number(int value, int system) {
    if (value == 0) return "";
    return (system % 2 == 0 ? "+322555010" : "02 555 01 0") + std::to_string(value);
}

int value_of(const std::string& text) {
    return text.empty() || text.back() == ')' ? 0 : text.back() - '0';
}

bool same(const std::string& a, const std::string& b) {
    return value_of(a) == value_of(b);
}

/// Names numbers by their rank among all that are noted.
class Ranks {
public:
    void note(std::uint64_t number) { known_.insert(number); }
    std::string name(std::uint64_t number) const {
        return std::to_string(std::distance(known_.begin(), known_.find(number)));
    }

private:
    std::set<std::uint64_t> known_{0};
};

std::uint64_t number_of(Timestamp moment) {
    return static_cast<std::uint64_t>(to_unix_ms(moment));
}

}  // namespace

Companions::Companions(int systems, const PolicySetting& policy)
    : bench(
          {kSystems.begin(), kSystems.begin() + systems},
          [&](HubSetting& hub) {
              hub.policies = {policy};
              for (SystemSetting& system : hub.systems) {
                  std::erase_if(system.mapping, [](const MappedFieldSetting& entry) {
                      return entry.field != kPhone;
                  });
              }
          }
      ),
      remotes_(static_cast<std::size_t>(systems)) {
    for (Link& link : bench.aggregate.links)
        link.token.clear();
}

int Companions::held(int system) const {
    return value_of(remotes_[index(system)].text);
}

void Companions::edit(int system, int value) {
    Remote& remote = at(system);
    remote.text = number(value, system);
    remote.is_unread = true;
    ++remote.token;
}

Observation Companions::see(int system) {
    const Remote& remote = at(system);
    Observation seen = bench.reading(kSystems[index(system)], bench.raw(kPhone, remote.text));
    seen.token = std::to_string(remote.token);
    seen.sent_at = Bench::at(now_);
    seen.received_at = Bench::at(now_ + 1);
    now_ += 2;
    bench.clock.set(Bench::at(now_));
    return seen;
}

void Companions::absorb(const Observation& seen) {
    const std::string text = seen.fields.begin()->second.text;
    const std::optional<Shadow> before = bench.entry(seen.system.text(), kPhone).shadow;
    const bool is_new = !before || !same(before->raw.begin()->second.text, text);
    const std::size_t known = journal.size();
    const bool is_edit = std::exchange(at(index_of(seen.system)).is_unread, false);
    bench.absorb(seen);
    decide();
    if (!is_edit) return;
    ++edits_seen;
    const FieldState* state = bench.standing(kPhone);
    const bool stands = state != nullptr && same(Bench::shown(state->value), text);
    const bool is_told = std::any_of(
        journal.begin() + static_cast<std::ptrdiff_t>(known),
        journal.end(),
        [&](const FieldChange& change) {
            return change.after && same(Bench::shown(*change.after), text);
        }
    );
    const bool says_nothing_yet = !before && text.empty();
    if (is_new && !stands && !is_told && !says_nothing_yet && state != nullptr)
        lost.push_back(text);
}

void Companions::store(int system, const std::string& sent) {
    Remote& remote = at(system);
    if (remote.is_unread && !same(remote.text, sent)) overwritten.push_back(remote.text);
    remote.text = number(value_of(sent), system);
    ++remote.token;
}

bool Companions::owes(int system) {
    const Link& link = bench.link(kSystems[index(system)]);
    sync::Effects unused;
    return sync::derive_update(bench.rules, bench.aggregate, link, {}, bench.moment(), unused)
        .has_value();
}

void Companions::write(int system, Way way) {
    Link& link = bench.link(kSystems[index(system)]);
    const auto owed =
        sync::derive_update(bench.rules, bench.aggregate, link, {}, bench.moment(), bench.effects);
    if (!owed) return;
    bench.aggregate.attempts.push_back(owed->attempt);
    Receipt receipt;
    receipt.attempt = owed->attempt.id;
    receipt.remote_id = link.remote_id;
    receipt.outcome = Receipt::Outcome::InDoubt;
    const std::string sent = owed->patch.begin()->second.text;
    if (way == Way::NotSent) {
        receipt.outcome = Receipt::Outcome::NotSent;
    } else if (way == Way::Lingers) {
        late_.push_back({system, sent, owed->if_version});
    } else if (way != Way::LostBefore) {
        if (owed->if_version != std::to_string(at(system).token)) {
            receipt.outcome = Receipt::Outcome::Conflict;
        } else {
            store(system, sent);
            if (way != Way::LostAfter) receipt.outcome = Receipt::Outcome::Stored;
            if (way == Way::Stored) receipt.stored = see(system);
        }
    }
    receipt.answered_at = Bench::at(++now_);
    bench.clock.set(Bench::at(now_));
    sync::settle(bench.rules, bench.aggregate, *owed, receipt, bench.moment(), bench.effects);
    decide();
}

void Companions::land(std::size_t request) {
    const Request landed = late_[request];
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(request));
    if (landed.if_version == std::to_string(at(landed.system).token))
        store(landed.system, landed.text);
}

void Companions::settle_all() {
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < count(); ++i)
            read(i);
        for (int i = 0; i < count(); ++i)
            write(i, Way::StoredUntold);
    }
}

std::size_t Companions::versions() const {
    return static_cast<std::size_t>(std::count_if(
        journal.begin(),
        journal.end(),
        [](const FieldChange& change) { return change.kind == ChangeKind::Version; }
    ));
}

std::vector<std::string> Companions::outcome() {
    std::vector<std::string> lines;
    const FieldState* state = bench.standing(kPhone);
    lines.push_back(state != nullptr ? Bench::shown(state->value) : "nothing");
    for (const sync::SystemRules& system : bench.rules.systems)
        lines.emplace_back(sync::name(
            sync::standing_of(bench.rules, bench.aggregate, system, bench.field(kPhone), {})
        ));
    return lines;
}

bool Companions::agree() {
    const std::vector<std::string> lines = outcome();
    return std::all_of(lines.begin() + 1, lines.end(), [](const std::string& line) {
        return line == "in_sync" || line == "unknown";
    });
}

int Companions::index_of(const SystemId& system) const {
    return static_cast<int>(
        std::find(kSystems.begin(), kSystems.end(), system.text()) - kSystems.begin()
    );
}

void Companions::decide() {
    sync::adopt(bench.rules, bench.aggregate, bench.moment(), bench.effects);
    sync::eliminate_no_ops(bench.rules, bench.aggregate, bench.effects);
    journal.insert(journal.end(), bench.effects.changes.begin(), bench.effects.changes.end());
    bench.effects = {};
}

void Companions::restore(const State& state) {
    bench.aggregate = state.aggregate;
    remotes_ = state.remotes;
    late_ = state.late;
    now_ = state.now;
    bench.clock.set(Bench::at(now_));
    journal.clear();
    edits_seen = 0;
    lost.clear();
    overwritten.clear();
}

std::string Companions::print() const {
    Ranks versions, moments;
    const auto each_number = [&](const auto& version, const auto& moment) {
        const auto interval = [&](const EditInterval& when) {
            moment(when.earliest);
            moment(when.latest);
        };
        for (const auto& [id, field] : bench.aggregate.customer.fields) {
            version(field.version);
            interval(field.interval);
        }
        for (const Link& link : bench.aggregate.links) {
            for (const auto& [id, entry] : link.fields) {
                if (entry.shadow) {
                    version(entry.shadow->base.version);
                    moment(entry.shadow->seen_at);
                }
                if (!entry.contribution) continue;
                version(entry.contribution->version);
                interval(entry.contribution->interval);
            }
        }
        for (const Attempt& attempt : bench.aggregate.attempts) {
            moment(attempt.issued_at);
            moment(attempt.answered_at);
            for (const auto& [id, sent] : attempt.fields)
                version(sent.version);
        }
        for (const QuarantineItem& item : bench.aggregate.quarantined)
            version(item.version);
    };
    each_number(
        [&](Version version) { versions.note(version.number); },
        [&](Timestamp moment) { moments.note(number_of(moment)); }
    );
    std::string text;
    each_number(
        [&](Version version) { text += " v" + versions.name(version.number); },
        [&](Timestamp moment) { text += " " + moments.name(number_of(moment)); }
    );
    for (const auto& [id, field] : bench.aggregate.customer.fields)
        text += "\n" + Bench::shown(field.value) + " " + field.origin.name;
    for (std::size_t i = 0; i < size(); ++i) {
        const Link& link = bench.aggregate.links[i];
        // Tokens only ever grow; what counts is how far the hub's is behind.
        text += "\n" + remotes_[i].text + (remotes_[i].is_unread ? " unread " : " ");
        const auto behind = [&](const std::string& token) {
            return token.empty() ? "none" : std::to_string(remotes_[i].token - std::stoi(token));
        };
        text += behind(link.token);
        for (const auto& [id, entry] : link.fields) {
            if (entry.shadow)
                text += " " + entry.shadow->raw.begin()->second.text + " " +
                        std::to_string(static_cast<int>(entry.shadow->base.kind));
            if (entry.contribution) text += " says " + Bench::shown(entry.contribution->value);
            text += " " + std::to_string(entry.ignored_pushes);
        }
        for (const Attempt& attempt : bench.aggregate.attempts) {
            if (attempt.link != link.id) continue;
            text += "\nsent " + std::to_string(static_cast<int>(attempt.state)) + " " +
                    behind(attempt.expected_token);
            for (const auto& [id, sent] : attempt.fields)
                text += " " + Bench::shown(sent.value);
        }
        for (const Request& request : late_) {
            if (index(request.system) == i)
                text += "\nlate " + request.text + " " + behind(request.if_version);
        }
    }
    for (const Case& item : bench.aggregate.cases) {
        if (item.is_open()) text += "\nasked " + item.system.text();
    }
    for (const QuarantineItem& item : bench.aggregate.quarantined)
        text += "\nset aside " + item.system.text();
    return text;
}

}  // namespace syncline::testing
