#include "app/output.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdio>

namespace syncline::app {
namespace {

using codec::Json;

void write(std::FILE* to, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), to);
}

std::string cell_text(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    return codec::to_line(value);
}

/// One cell on one line: control characters would let a customer's name rewrite the terminal.
std::string shown(const Json& value) {
    std::string text = cell_text(value);
    std::replace_if(
        text.begin(),
        text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
        ' '
    );
    return text;
}

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

Json row_object(const Listing& listing, const std::vector<Json>& row) {
    Json object = Json::object();
    for (std::size_t i = 0; i < listing.columns.size(); ++i)
        object[listing.columns[i].key] = row[i];
    return object;
}

void print_csv(const Listing& listing) {
    std::string out;
    for (std::size_t i = 0; i < listing.columns.size(); ++i)
        out += (i > 0 ? "," : "") + csv_cell(listing.columns[i].key);
    print_line(out);
    for (const auto& row : listing.rows) {
        out.clear();
        for (std::size_t i = 0; i < row.size(); ++i)
            out += (i > 0 ? "," : "") + csv_cell(cell_text(row[i]));
        print_line(out);
    }
}

}  // namespace

Result<Format> read_format(const std::string& word) {
    if (word == "table") return Format::Table;
    if (word == "json") return Format::Json;
    if (word == "ndjson") return Format::Ndjson;
    if (word == "csv") return Format::Csv;
    return Error{
        ErrorCode::UsageInvalid,
        Remedy::Reject,
        "-o",
        "\"" + word + "\" is no output format; there are table, json, ndjson and csv"};
}

std::string table_text(const Listing& listing) {
    if (listing.rows.empty())
        return (listing.noun == "quarantined" ? "nothing in quarantine" : "no " + listing.noun) +
               std::string("\n");
    std::string table;
    std::vector<std::size_t> widths;
    for (const Listing::Column& column : listing.columns)
        widths.push_back(count_characters(column.title));
    for (const auto& row : listing.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], count_characters(shown(row[i])));
    }
    const auto line = [&](const auto& text_of) {
        std::string out;
        for (std::size_t i = 0; i < listing.columns.size(); ++i) {
            const std::string text = text_of(i);
            out += text;
            if (i + 1 < listing.columns.size())
                out.append(widths[i] - std::min(widths[i], count_characters(text)) + 2, ' ');
        }
        table += out + "\n";
    };
    line([&](std::size_t i) { return listing.columns[i].title; });
    for (const auto& row : listing.rows)
        line([&](std::size_t i) { return shown(row[i]); });
    return table;
}

void print(const Listing& listing, Format format) {
    switch (format) {
        case Format::Table:
            write(stdout, table_text(listing));
            return;
        case Format::Csv:
            print_csv(listing);
            return;
        case Format::Ndjson:
            for (const auto& row : listing.rows)
                print_line(codec::to_line(row_object(listing, row)));
            return;
        case Format::Json: {
            Json rows = Json::array();
            for (const auto& row : listing.rows)
                rows.push_back(row_object(listing, row));
            Json document = Json::object();
            document[listing.noun] = std::move(rows);
            print_line(codec::to_pretty(document));
            return;
        }
    }
}

void print(const Json& document, Format format, const std::string& text) {
    if (format == Format::Json)
        print_line(codec::to_pretty(document));
    else if (format == Format::Ndjson)
        print_line(codec::to_line(document));
    else
        write(stdout, text);
}

void print_line(std::string_view text) {
    write(stdout, text);
    write(stdout, "\n");
}

void print_error(const Error& error) {
    const std::string where = error.where.empty() ? "" : error.where + ": ";
    print_note("syncline: " + where + error.detail + " [" + std::string(name(error.code)) + "]");
}

void print_note(std::string_view text) {
    std::fflush(stdout);
    write(stderr, text);
    write(stderr, "\n");
}

std::string as_shell_word(const std::string& word) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./~+:,@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string counted(std::uint64_t count, std::string_view singular) {
    std::string text = std::to_string(count) + " " + std::string(singular);
    if (count == 1) return text;
    if (text.ends_with('y')) return text.replace(text.size() - 1, 1, "ies");
    return text + "s";
}

}  // namespace syncline::app
