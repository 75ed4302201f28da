#include "encoding.hpp"

#include "syncline/connector.hpp"

#include <Poco/TextEncoding.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace files {
namespace {

using syncline::sdk::Failure;

constexpr std::size_t kBytes = 256;
constexpr char kBad = '\xFF';  ///< in no UTF-8
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kLittleMark = "\xFF\xFE";
constexpr std::string_view kBigMark = "\xFE\xFF";

constexpr std::array<std::pair<std::string_view, Encoding>, 7> kNames{{
    {"utf-8", Encoding::Utf8},
    {"utf-16", Encoding::Utf16},
    {"utf-16le", Encoding::Utf16Le},
    {"utf-16be", Encoding::Utf16Be},
    {"iso-8859-1", Encoding::Latin1},
    {"iso-8859-15", Encoding::Latin9},
    {"windows-1252", Encoding::Windows1252},
}};

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(SYNCLINE_E_INVALID, what);
}

/// Bytes of the character that begins here, as its first byte announces it; 1 for one that begins
/// none.
std::size_t announced_length(char first) {
    const auto lead = static_cast<unsigned char>(first);
    if (lead >= 0xF0) return 4;
    if (lead >= 0xE0) return 3;
    return lead >= 0xC0 ? 2 : 1;
}

void append(std::string& text, char32_t point) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0U | (point >> 6U));
        put(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        put(0xE0U | (point >> 12U));
        put(0x80U | ((point >> 6U) & 0x3FU));
        put(0x80U | (point & 0x3FU));
    } else {
        put(0xF0U | (point >> 18U));
        put(0x80U | ((point >> 12U) & 0x3FU));
        put(0x80U | ((point >> 6U) & 0x3FU));
        put(0x80U | (point & 0x3FU));
    }
}

/// The character of well-formed UTF-8 at `at`, which moves behind it.
char32_t next_point(std::string_view text, std::size_t& at) {
    const std::size_t length = announced_length(text[at]);
    const auto byte = [&](std::size_t i) -> char32_t {
        return static_cast<unsigned char>(text[i]);
    };
    static constexpr std::array<char32_t, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t point = byte(at) & kLeadBits.at(length);
    for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
        point = (point << 6U) | (byte(at + i) & 0x3FU);
    at += length;
    return point;
}

/// Notes bad places, one a line: that is how far one spoils anything.
class BadPlaces {
public:
    explicit BadPlaces(Decoded& out) : out_(out) {}
    void note(std::size_t in_text, std::size_t byte) {
        const std::string_view since =
            std::string_view(out_.text).substr(std::min(searched_, out_.text.size()));
        const bool is_same_line =
            !out_.bad.empty() &&
            since.substr(0, in_text - std::min(in_text, searched_)).find_first_of("\r\n") ==
                std::string_view::npos;
        searched_ = in_text;
        if (!is_same_line) out_.bad.push_back({in_text, byte + 1});
    }

private:
    Decoded& out_;
    std::size_t searched_ = 0;
};

Decoded from_utf8(std::string bytes) {
    if (bytes.starts_with(kLittleMark) || bytes.starts_with(kBigMark))
        refuse("it begins as UTF-16 does, and the settings say utf-8");
    const std::size_t mark = bytes.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0;
    bytes.erase(0, mark);
    Decoded out{std::move(bytes), {}};
    if (syncline::sdk::is_utf8(out.text)) return out;
    BadPlaces bad(out);
    const std::string_view text = out.text;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = announced_length(text[at]);
        const bool is_whole = syncline::sdk::is_utf8(text.substr(at, length));
        if (!is_whole) bad.note(at, at + mark);
        at += is_whole ? length : 1;
    }
    return out;
}

bool is_little_endian(std::string_view bytes, Encoding encoding) {
    const bool has_little = bytes.starts_with(kLittleMark);
    const bool has_big = bytes.starts_with(kBigMark);
    if (encoding == Encoding::Utf16) {
        if (!has_little && !has_big) refuse("it has no byte order mark: say utf-16le or utf-16be");
        return has_little;
    }
    const bool wants_little = encoding == Encoding::Utf16Le;
    if (wants_little ? has_big : has_little)
        refuse(
            "its byte order mark is that of " + std::string(wants_little ? "utf-16be" : "utf-16le")
        );
    return wants_little;
}

Decoded from_utf16(std::string_view bytes, Encoding encoding) {
    if (bytes.size() % 2 != 0) refuse("it ends within a character of UTF-16");
    const bool is_little = is_little_endian(bytes, encoding);
    const auto unit = [&](std::size_t at) -> char32_t {
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        return is_little ? first | (char32_t{second} << 8U) : second | (char32_t{first} << 8U);
    };
    Decoded out;
    out.text.reserve(bytes.size() / 2 + bytes.size() / 8);
    BadPlaces bad(out);
    const bool has_mark = bytes.size() >= 2 && unit(0) == 0xFEFF;
    for (std::size_t at = has_mark ? 2 : 0; at < bytes.size(); at += 2) {
        const char32_t first = unit(at);
        if (first < 0xD800 || first > 0xDFFF) {
            append(out.text, first);
            continue;
        }
        const char32_t second = first < 0xDC00 && at + 4 <= bytes.size() ? unit(at + 2) : 0;
        if (second >= 0xDC00 && second <= 0xDFFF) {
            append(out.text, 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00));
            at += 2;
        } else {
            out.text += kBad;
            bad.note(out.text.size() - 1, at);
        }
    }
    return out;
}

/// What each byte of an encoding of one byte a character stands for.
struct Table {
    std::array<char32_t, kBytes> points{};
    std::map<char32_t, char> bytes;
};

const Table& table_of(Encoding encoding) {
    static const auto kMade = [](Encoding of) {
        const auto& poco = Poco::TextEncoding::byName(std::string(name_of(of)));
        Table table;
        for (std::size_t i = 0; i < kBytes; ++i) {
            const auto byte = static_cast<unsigned char>(i);
            table.points.at(i) = static_cast<char32_t>(poco.convert(&byte));
            table.bytes.emplace(table.points.at(i), static_cast<char>(byte));
        }
        return table;
    };
    static const Table kLatin1 = kMade(Encoding::Latin1);
    static const Table kLatin9 = kMade(Encoding::Latin9);
    static const Table kWindows1252 = kMade(Encoding::Windows1252);
    if (encoding == Encoding::Latin1) return kLatin1;
    return encoding == Encoding::Latin9 ? kLatin9 : kWindows1252;
}

Decoded from_single_bytes(std::string_view bytes, Encoding encoding) {
    const Table& table = table_of(encoding);
    Decoded out;
    out.text.reserve(bytes.size() + bytes.size() / 8);
    for (const char byte : bytes)
        append(out.text, table.points.at(static_cast<unsigned char>(byte)));
    return out;
}

}  // namespace

std::optional<Encoding> encoding_named(std::string_view name) {
    for (const auto& [known, encoding] : kNames) {
        if (known == name) return encoding;
    }
    return std::nullopt;
}

std::string_view name_of(Encoding encoding) {
    for (const auto& [name, known] : kNames) {
        if (known == encoding) return name;
    }
    return "";
}

std::string encoding_names() {
    std::string names;
    for (const auto& [name, encoding] : kNames)
        names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

const BadByte* Decoded::bad_in(std::size_t begin, std::size_t end) const {
    const auto first = std::lower_bound(
        bad.begin(),
        bad.end(),
        begin,
        [](const BadByte& place, std::size_t offset) { return place.in_text < offset; }
    );
    return first != bad.end() && first->in_text < end ? &*first : nullptr;
}

Decoded decoded(std::string bytes, Encoding encoding) {
    switch (encoding) {
        case Encoding::Utf8:
            return from_utf8(std::move(bytes));
        case Encoding::Utf16:
        case Encoding::Utf16Le:
        case Encoding::Utf16Be:
            return from_utf16(bytes, encoding);
        default:
            return from_single_bytes(bytes, encoding);
    }
}

std::optional<std::string> encoded(std::string_view text, Encoding encoding) {
    if (encoding == Encoding::Utf8) return std::string(text);
    std::string out;
    const bool is_wide = encoding == Encoding::Utf16 || encoding == Encoding::Utf16Le ||
                         encoding == Encoding::Utf16Be;
    const auto put_unit = [&](char32_t unit) {
        const auto low = static_cast<char>(unit & 0xFFU);
        const auto high = static_cast<char>(unit >> 8U);
        out += encoding == Encoding::Utf16Be ? high : low;
        out += encoding == Encoding::Utf16Be ? low : high;
    };
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_point(text, at);
        if (!is_wide) {
            const Table& table = table_of(encoding);
            const auto byte = table.bytes.find(point);
            if (byte == table.bytes.end()) return std::nullopt;
            out += byte->second;
        } else if (point < 0x10000) {
            put_unit(point);
        } else {
            put_unit(0xD800 + ((point - 0x10000) >> 10U));
            put_unit(0xDC00 + ((point - 0x10000) & 0x3FFU));
        }
    }
    return out;
}

std::string_view byte_order_mark(Encoding encoding) {
    return encoding == Encoding::Utf16 ? kLittleMark : std::string_view();
}

std::vector<std::size_t> character_offsets(std::string_view text) {
    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < text.size();) {
        offsets.push_back(at);
        const std::size_t length = announced_length(text[at]);
        at += syncline::sdk::is_utf8(text.substr(at, length)) ? length : 1;
    }
    offsets.push_back(text.size());
    return offsets;
}

std::size_t length_in_characters(std::string_view text) {
    return character_offsets(text).size() - 1;
}

}  // namespace files
