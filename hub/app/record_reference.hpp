#pragma once

#include "base/result.hpp"
#include "model/case.hpp"
#include "model/ids.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <string>

namespace syncline::app {

/// The customer a person names on the command line: a whole id, at least 8 characters of its
/// beginning or end, or "system:remote_id" ("erp:17"). NotFound, or UsageInvalid when several fit.
Result<CustomerId> find_record(store::Store& store, const std::string& reference);

/// What a person is asked: which value stands, or where a record belongs.
enum class Question : std::uint8_t { Conflict, Review };

/// The open or settled question a person names by its id, or at least 8 characters of its beginning
/// or end. NotFound, naming the right command when the id is of the other kind.
Result<Case> find_case(store::Store& store, Question question, const std::string& reference);

/// The run a person names as they name a question. NotFound, or UsageInvalid when several fit.
Result<store::Run> find_run(store::Store& store, const std::string& reference);

/// How ids are shown to people: the last 12 characters, which differ even between records made in
/// the same moment.
template <class Id>
std::string short_text(const Id& id) {
    constexpr std::size_t kShown = 12;
    const std::string text = to_text(id);
    return text.substr(text.size() - kShown);
}

}  // namespace syncline::app
