#pragma once

#include "base/error.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::app {

enum class Format : std::uint8_t { Table, Json, Ndjson, Csv };

/// UsageInvalid for another word than table, json, ndjson, csv.
Result<Format> read_format(const std::string& word);

/// Rows of a list command. Keys are the stable names of JSON and CSV; titles are for people.
struct Listing {
    struct Column {
        std::string key;
        std::string title;
    };
    std::string noun;  ///< "reviews": what there are none of, and the key of the JSON list
    std::vector<Column> columns;
    std::vector<std::vector<codec::Json>> rows;
};

/// A list as a table for people, each line ended; what there is none of, when it is empty.
std::string table_text(const Listing& listing);
/// Prints a list to standard output.
void print(const Listing& listing, Format format);
/// Prints a document: JSON as it is, else `text`.
void print(const codec::Json& document, Format format, const std::string& text);
/// Prints lines to standard output, for people.
void print_line(std::string_view text);

/// Prints what went wrong to standard error: what, where and what to do.
void print_error(const Error& error);
/// A remark to standard error.
void print_note(std::string_view text);

/// A word as a shell takes it: in quotes where it needs them.
std::string as_shell_word(const std::string& word);

/// "3 customers", "1 customer".
std::string counted(std::uint64_t count, std::string_view singular);

}  // namespace syncline::app
