#pragma once

namespace syncline::sandbox {

/// The statements with which GnuCash 4 makes an empty SQLite book: every table and index of its
/// engine, so that it finds nothing to create or to convert.
const char* gnucash_schema();

}  // namespace syncline::sandbox
