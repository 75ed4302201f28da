#pragma once

#include "codec/json.hpp"
#include "model/field.hpp"
#include "sync/run/engine.hpp"

#include <string>

namespace syncline::app {

/// What an undo did or would do, without values; with `systems` as a pass reports them.
codec::Json undo_json(const sync::UndoReport& report, const FieldTable& fields);

/// The same for people: a table of the systems, then what is taken back and what stays, the first
/// few or all.
std::string undo_text(const codec::Json& undo, bool all);

}  // namespace syncline::app
